/**
 * The Logger of the server: JSON lines by pino, written to a file descriptor.
 *
 * Here and not in base, because only a process needs it, and each of its threads would load it too.
 */
import { type Logger as Pino, pino } from 'pino';
import type { Logger, LogLevel } from '../base/index.ts';

/** A logger that writes JSON lines of `level` and above to `fileDescriptor` (2 is standard error). */
export function pinoLogger(level: LogLevel, fileDescriptor = 2): Logger {
  const sink = pino.destination({ fd: fileDescriptor, sync: true });
  return wrap(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink));
}

function wrap(target: Pino): Logger {
  return {
    debug: (message, fields) => target.debug(fields ?? {}, message),
    info: (message, fields) => target.info(fields ?? {}, message),
    warn: (message, fields) => target.warn(fields ?? {}, message),
    error: (message, fields) => target.error(fields ?? {}, message),
    child: (fields) => wrap(target.child(fields)),
  };
}
