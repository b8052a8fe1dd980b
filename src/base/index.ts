/**
 * base, floor 0: ports to the world (time, randomness, log) and the two things every room needs:
 * Secret and coded errors. Nothing of the domain lives here.
 */
export { type Clock, type Instant, keepAlive, type Milliseconds, soon, systemClock, type Timer } from './clock.ts';
export { CodedError, messageOf, unreachable } from './errors.ts';
export { type LogFields, type Logger, type LogLevel, silentLogger } from './logger.ts';
export { type Random, randomToken, systemRandom } from './random.ts';
export { Registrations } from './registrations.ts';
export { Secret } from './secret.ts';
