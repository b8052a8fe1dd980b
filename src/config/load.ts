/**
 * Loads the configuration: files in order, environment over them, secrets from their files, all validated by one schema.
 *
 * Precedence: environment over a later file over an earlier file over the schema's defaults.
 * INVARIANT: either a complete valid value or problems; a file that cannot be read or parsed is never skipped.
 */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { type ConfigFiles, listConfigFiles } from './config-files.ts';
import {
  type ConfigNode,
  type ConfigSource,
  type KeyPath,
  type MapNode,
  mergeNodes,
  placeAt,
  problemAt,
} from './config-tree.ts';
import { applyEnvironment, type Environment } from './environment.ts';
import { formatKeyPath } from './key-path.ts';
import { type Problem, sortProblems } from './problem.ts';
import { type FileReading, type ReadFile, readRegularFile } from './read-file.ts';
import { resolveFiles } from './resolve-files.ts';
import { unknownKeys } from './unknown-keys.ts';
import { validate } from './validation.ts';
import { MAX_FILE_OCTETS, parseYamlFile } from './yaml-text.ts';
import { treeOf } from './yaml-tree.ts';

const MAX_PROBLEMS = 100;

export interface LoadOptions<S extends z.ZodType> {
  /** Files and folders, later ones over earlier ones. */
  readonly paths: readonly string[];
  readonly environment: Environment;
  /** Of the whole file; see secretShape and path for what it can mark. */
  readonly schema: S;
  /** Reads from the disk unless another reader is handed in. */
  readonly readFile?: ReadFile;
}

/** The octets of a configuration as they were read, so that another process can make the same value of them. */
export interface ConfigurationText {
  /** In the order of reading, as they were named. */
  readonly files: readonly string[];
  /** What stood in each file that was read, secret files too, by absolute path. */
  readonly readings: ReadonlyMap<string, FileReading>;
}

/** What the configuration was read from; all of it is worth watching. */
export interface Sources {
  /** Configuration files in the order of reading, as they were named. */
  readonly files: readonly string[];
  /** Folders whose *.yaml files belong to the configuration. */
  readonly folders: readonly string[];
  /** Absolute paths of files that hold a secret, also those that could not be read. */
  readonly secretFiles: readonly string[];
}

export type LoadResult<T> =
  | {
      readonly kind: 'loaded';
      readonly value: T;
      readonly sources: Sources;
      /** What works and should not stay so, such as a secret that every user may read. */
      readonly warnings: readonly Problem[];
      /** A problem that only a room can see, at the place where `path` was written. */
      problemAt(path: KeyPath, message: string): Problem;
    }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[]; readonly sources: Sources };

/** Never throws for anything that files or variables hold. */
export async function loadConfiguration<S extends z.ZodType>(
  options: LoadOptions<S>,
): Promise<LoadResult<z.output<S>>> {
  const { readFile = readRegularFile } = options;
  return await loadListed(await listConfigFiles(options.paths), { ...options, readFile });
}

/** Loads from what another process has read; asks no disk. */
export async function loadFromText<S extends z.ZodType>(
  { files, readings }: ConfigurationText,
  options: Pick<LoadOptions<S>, 'environment' | 'schema'>,
): Promise<LoadResult<z.output<S>>> {
  const readFile: ReadFile = async (file) => readings.get(file) ?? { kind: 'failed', reason: 'was not read' };
  return await loadListed({ files, folders: [], problems: [] }, { ...options, readFile });
}

async function loadListed<S extends z.ZodType>(
  listed: ConfigFiles,
  { schema, environment, readFile }: Pick<LoadOptions<S>, 'environment' | 'schema'> & { readonly readFile: ReadFile },
): Promise<LoadResult<z.output<S>>> {
  const read = await readTrees(listed, readFile);
  const sources: Sources = { files: listed.files, folders: listed.folders, secretFiles: [] };
  if (read.broken) return refused(read.problems, sources);

  const overrides = applyEnvironment(read.root, environment, schema, resolve('.'));
  const found = [...read.problems, ...overrides.problems, ...unknownKeys(overrides.root, schema)];
  const { root, problems, warnings, secretFiles } = await resolveFiles(overrides.root, schema, readFile);
  found.push(...problems);
  const validation = validate(root, schema);
  if (validation.kind === 'invalid') {
    // What was already said about a key is not said again in zod's words.
    const said = new Set(found.map((problem) => `${problem.file}:${problem.line}:${problem.column}`));
    found.push(
      ...validation.problems.filter(({ file, line, column }) => line === 0 || !said.has(`${file}:${line}:${column}`)),
    );
  }
  const all: Sources = { ...sources, secretFiles };
  if (validation.kind === 'invalid' || found.length > 0) return refused(found, all);
  return {
    kind: 'loaded',
    value: validation.value,
    sources: all,
    warnings: sortProblems(warnings, listed.files),
    problemAt: (path, message) => problemAt(placeAt(root, path), formatKeyPath(path), message),
  };
}

interface ReadTrees {
  readonly root: MapNode;
  readonly problems: readonly Problem[];
  /** True when a file is missing or unreadable as a whole: to validate the rest would only mislead. */
  readonly broken: boolean;
}

async function readTrees(listed: ConfigFiles, readFile: ReadFile): Promise<ReadTrees> {
  const problems = [...listed.problems];
  let broken = problems.length > 0;
  const first = sourceOf(listed.files[0] ?? 'configuration', 0);
  let root: ConfigNode = { kind: 'map', entries: new Map(), place: { source: first, line: 1, column: 1 } };
  for (const [rank, file] of broken ? [] : listed.files.entries()) {
    const tree = await readTree(sourceOf(file, rank), readFile);
    problems.push(...tree.problems);
    if (tree.root === undefined) broken = true;
    else root = mergeNodes(root, tree.root);
  }
  return { root: root as MapNode, problems, broken };
}

async function readTree(
  source: ConfigSource,
  readFile: ReadFile,
): Promise<{ root: ConfigNode | undefined; problems: readonly Problem[] }> {
  const reading = await readFile(resolve(source.name), MAX_FILE_OCTETS);
  if (reading.kind === 'failed') {
    const place = { source, line: 0, column: 0 };
    return { root: undefined, problems: [problemAt(place, '', reading.reason)] };
  }
  const parsed = parseYamlFile(reading.octets, source.name);
  if (parsed.kind === 'refused') return { root: undefined, problems: parsed.problems };
  const { root, problems, exhausted } = treeOf(parsed.yaml, source);
  return { root: exhausted ? undefined : root, problems };
}

function sourceOf(file: string, rank: number): ConfigSource {
  return { name: file, folder: dirname(resolve(file)), rank };
}

function refused(problems: readonly Problem[], sources: Sources): LoadResult<never> {
  const sorted = sortProblems(problems, sources.files);
  return { kind: 'refused', problems: sorted.slice(0, MAX_PROBLEMS), sources };
}
