/** `realmgate serve`: opens the installation, serves, and drains when told to stop. */
import { systemClock, systemRandom } from '../base/index.ts';
import { openInstallation } from './installation.ts';
import { load } from './load.ts';
import { pinoLogger } from './pino-logger.ts';
import { Server } from './server.ts';

/** Serves until SIGTERM or SIGINT; SIGHUP reloads. Resolves the exit code. */
export async function serve(paths: readonly string[]): Promise<number> {
  const { value: configuration } = await load(paths);
  const logger = pinoLogger(configuration.log.level);
  const installation = await openInstallation(configuration, { clock: systemClock, random: systemRandom, logger });
  const server = new Server(installation, paths, process.env);
  try {
    await server.start(configuration);
    await untilStopped(() => void server.reload());
    logger.info('stopping', { grace: configuration.shutdownGrace });
  } finally {
    await server.stop(configuration.shutdownGrace);
    await installation.close();
  }
  logger.info('stopped');
  return 0;
}

function untilStopped(onReload: () => void): Promise<void> {
  return new Promise((resolve) => {
    // The timers of the clock do not keep the process alive; this one does until it is told to stop.
    process.on('SIGHUP', onReload);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.off('SIGHUP', onReload);
        resolve();
      });
    }
  });
}
