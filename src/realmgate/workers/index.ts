/**
 * The workers of a server: processes that share its web port, while everything that may exist only once stays in the
 * primary. The pool is the primary's side, runWorker the other one. See docs/operations/workers.md.
 */
export { generationText } from './generation-text.ts';
export type { GenerationText, WorkerSettings } from './messages.ts';
export { runWorker } from './run-worker.ts';
export { WorkerPool } from './worker-pool.ts';
