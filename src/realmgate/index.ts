/**
 * realmgate, floor 7: the composition root. The only room that knows all others: it composes the schema of the
 * configuration, builds generations of it, and opens and closes the process.
 */

export { dataFolderOf, openActs } from './acts-in-process.ts';
export { checkConfiguration } from './check.ts';
export { configurationSchema } from './configuration.ts';
export { serve } from './serve.ts';
export { verifyTrail } from './verify-trail.ts';
export { runWorker } from './workers/index.ts';
