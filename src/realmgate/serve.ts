/** `realmgate serve`: opens the installation, serves, and drains when told to stop. */
import { systemClock, systemRandom } from '../base/index.ts';
import { openInstallation } from './installation.ts';
import { load } from './load.ts';
import { pinoLogger } from './pino-logger.ts';
import { Server } from './server.ts';

/** Serves until SIGTERM or SIGINT; SIGHUP reloads. Resolves the exit code. */
export async function serve(paths: readonly string[], version: string): Promise<number> {
  const signals = new Signals();
  const { value: configuration } = await load(paths);
  const logger = pinoLogger(configuration.log.level);
  const installation = await openInstallation(configuration, {
    clock: systemClock,
    random: systemRandom,
    logger,
    version,
  });
  const server = new Server(installation, paths, process.env);
  try {
    await server.start(configuration);
    signals.onReload = () => void server.reload();
    await signals.stopped;
    logger.info('stopping', { grace: configuration.shutdownGrace });
  } finally {
    signals.onReload = () => {};
    await server.stop(configuration.shutdownGrace);
    await installation.close();
  }
  logger.info('stopped');
  return 0;
}

/**
 * Heard from the beginning to the end: a SIGHUP while the server starts or drains must not end it, as it would by default.
 * A second SIGTERM ends it at once.
 */
class Signals {
  readonly stopped: Promise<void>;
  onReload: () => void = () => {};

  constructor() {
    process.on('SIGHUP', () => this.onReload());
    this.stopped = new Promise((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    });
  }
}
