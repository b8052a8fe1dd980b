/**
 * config, floor 1: the configuration as one immutable generation, read from YAML with positions, environment and secret files.
 *
 * The room knows no realm and no service: the composition root hands in one zod schema. Rooms build their part of it with
 * zod and with the constructors below.
 */
export { type AddressRange, cidr, parseAddressRange } from './address-range.ts';
export { byteSize, parseByteSize } from './byte-size.ts';
export type { KeyPath } from './config-tree.ts';
export {
  type ApplyResult,
  ConfigurationWatcher,
  type Generation,
  type ReloadOutcome,
  type WatcherOptions,
} from './configuration-watcher.ts';
export { duration, parseDuration } from './duration.ts';
export {
  appendKey,
  type EditOptions,
  type EditResult,
  type EditTarget,
  type GetResult,
  getKey,
  type KeyListing,
  listKeys,
  removeKey,
  setKey,
} from './edit.ts';
export type { Environment } from './environment.ts';
export { path } from './file-path.ts';
export { generateJsonSchema } from './json-schema.ts';
export { formatKeyPath, parseKeyPath } from './key-path.ts';
export { address, type ListenAddress, parseListenAddress } from './listen-address.ts';
export {
  type ConfigurationText,
  type LoadOptions,
  type LoadResult,
  loadConfiguration,
  loadFromText,
  type Sources,
} from './load.ts';
export { mapOf } from './map-of.ts';
export { nearestKey } from './nearest-key.ts';
export { formatProblem, type Problem, problemOf } from './problem.ts';
export { type FileReading, type ReadFile, readRegularFile } from './read-file.ts';
export { secretShape } from './secret-keys.ts';
