/**
 * Logger is the port for operational messages. Decisions go to the audit trail, not here.
 *
 * Fields are structured; a Secret among them prints as `[secret]`.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** The least level that a log writes. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}

/** Drops everything; for tests and for callers that want no output. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
