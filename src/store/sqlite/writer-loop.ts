/**
 * The loop of a writer thread: it owns the only connection that writes, and commits everything that waits in one transaction.
 *
 * While one transaction is being fsynced the next orders gather in the port; they are then taken together. So the number of
 * fsyncs follows the disk, and the number of commits follows the callers.
 */
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { sqliteFailure } from './database.ts';
import type { Answer, Failure, Order, Report } from './writer-protocol.ts';

/** Most writes of one transaction: bounds how long the first of a group waits for the last. */
const GROUP_LIMIT = 10_000;

/** What a writer thread does with its database. */
export interface Writing<Request, Result> {
  /**
   * Checks what has to be right before anything is written, which may take long. Called once, when somebody asks or for the first
   * task; when it throws, every task is refused with what it threw.
   */
  check?(): void;
  /** How many writes a request is. */
  weigh(request: Request): number;
  /** Performs the group in one transaction and gives a result for each; throws only when nothing of the group is visible. */
  run(group: readonly Request[]): readonly Result[];
  close(): void;
}

/** Opens what this thread writes to, reports how that went, and serves orders until it is told to close. */
export function serveWriter<Request, Result>(path: string, open: () => Writing<Request, Result>): void {
  const port = parentPort!;
  const report = (message: Report<Result>) => port.postMessage(message);
  const failureOf = (error: unknown): Failure => {
    const { code, message } = sqliteFailure(error, path);
    return { code, message };
  };

  let writing: Writing<Request, Result>;
  try {
    writing = open();
  } catch (error) {
    report({ kind: 'refused', failure: failureOf(error) });
    return;
  }

  type Task = Extract<Order<Request>, { kind: 'task' }>;

  let checked: { readonly failure?: Failure } | undefined;
  const soundness = () => {
    checked ??= attempt(() => writing.check?.());
    return checked;
  };
  const attempt = (check: () => void) => {
    try {
      check();
      return {};
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };

  /** A full disk refuses the group as a whole: each is then tried alone, so that a large one does not take small ones with it. */
  const settle = (group: readonly Task[]): Answer<Result>[] => {
    const { failure } = soundness();
    if (failure !== undefined) return group.map(({ id }) => ({ id, failure }));
    try {
      const results = writing.run(group.map(({ request }) => request));
      return results.map((result, at) => ({ id: group[at]!.id, result }));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'STORE_FULL' && group.length > 1) return group.flatMap((task) => settle([task]));
      return group.map(({ id }) => ({ id, failure }));
    }
  };

  port.on('message', (first: Order<Request>) => {
    const receive = () => (receiveMessageOnPort(port) as { message: Order<Request> } | undefined)?.message;
    for (let next: Order<Request> | undefined = first; next !== undefined; ) {
      if (next.kind === 'check') {
        report({ kind: 'checked', ...soundness() });
        next = receive();
        continue;
      }
      const group: Task[] = [];
      let weight = 0;
      while (next !== undefined && next.kind === 'task' && weight < GROUP_LIMIT) {
        group.push(next);
        weight += writing.weigh(next.request);
        next = receive();
      }
      if (group.length > 0) report({ kind: 'done', answers: settle(group) });
      if (next?.kind === 'close') {
        writing.close();
        port.close();
        return;
      }
    }
  });
  report({ kind: 'ready' });
}
