/**
 * Reads and changes single keys of the configuration files in place, with every comment kept.
 *
 * A key is changed in the file that holds it (of several the last, which is the one in force), a new one is made in the last file.
 * INVARIANT: what is written parses, differs from the old file in exactly the change that was asked for, and is a valid
 * configuration; otherwise nothing is written.
 */

import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { listConfigFiles } from './config-files.ts';
import {
  type ConfigNode,
  type ConfigSource,
  type KeyPath,
  mergeNodes,
  nodeAt,
  placeAt,
  problemAt,
} from './config-tree.ts';
import type { Environment } from './environment.ts';
import { formatKeyPath, parseKeyPath } from './key-path.ts';
import { loadConfiguration } from './load.ts';
import { type Problem, problemOf } from './problem.ts';
import { type ReadFile, readRegularFile } from './read-file.ts';
import { replaceFile } from './replace-file.ts';
import { HIDDEN, hideSecrets, secretPaths } from './secret-places.ts';
import { previewOf } from './text-preview.ts';
import { spliced } from './yaml-spans.ts';
import { type Splices, spliceAppend, spliceRemove, spliceSet } from './yaml-splice.ts';
import { MAX_FILE_OCTETS, parseYaml, parseYamlFile, type YamlText } from './yaml-text.ts';
import { treeOf, valueTreeOf } from './yaml-tree.ts';
import { changedAt, isList, obstacleTo, renderForReading, valueAt, type YamlValue, yamlValue } from './yaml-value.ts';

export interface EditTarget {
  /** As for loadConfiguration. */
  readonly paths: readonly string[];
  readonly environment: Environment;
  readonly schema: z.ZodType;
}

export interface EditOptions {
  /** Makes the preview and checks the result, and writes nothing. */
  readonly dryRun?: boolean;
}

export type EditResult =
  | {
      readonly kind: 'changed';
      readonly file: string;
      /** In the manner of `diff -u`, secrets hidden. */
      readonly preview: string;
      /** Other files that hold the key: earlier ones, whose value comes into force when a later one is removed. */
      readonly alsoIn: readonly string[];
    }
  /** The key had that value already. */
  | { readonly kind: 'unchanged'; readonly file: string }
  /** There is nothing to remove. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

export interface KeyListing {
  readonly key: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type GetResult =
  | (KeyListing & {
      readonly kind: 'found';
      /** A scalar as it is, anything else as YAML; `[secret]` in place of a secret. */
      readonly value: string;
    })
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

interface EditableFile {
  readonly name: string;
  readonly octets: Uint8Array;
  readonly yaml: YamlText;
  readonly root: ConfigNode;
}

/** No URL of the configuration may hold a password, but one that is refused for it can still be looked at. */
const PASSWORD_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]*@/gi;

/** What the files (not the environment, not a default) say of `key`. */
export async function getKey(target: EditTarget, key: string): Promise<GetResult> {
  const path = parseKeyPath(key);
  if (path === undefined) return refused(badKey(key));
  const opened = await openFiles(target);
  if (opened.kind === 'refused') return opened;
  const node = nodeAt(opened.root, path);
  if (node === undefined) return { kind: 'absent' };
  let shown: YamlValue | undefined = yamlValue(opened.root);
  for (const secret of secretPaths(opened.root, target.schema)) shown = changedAt(shown, secret, () => HIDDEN);
  const value = renderForReading(valueAt(shown, path) ?? null).replace(PASSWORD_IN_URL, `$1${HIDDEN}@`);
  return { kind: 'found', value, ...listing(opened.root, path) };
}

/** The keys below `prefix` (all for the empty text) that hold a scalar, a list of scalars or nothing, in the order of the files. */
export async function listKeys(
  target: EditTarget,
  prefix = '',
): Promise<
  | { readonly kind: 'listed'; readonly keys: readonly KeyListing[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
> {
  const path = parseKeyPath(prefix);
  if (path === undefined) return refused(badKey(prefix));
  const opened = await openFiles(target);
  if (opened.kind === 'refused') return opened;
  const node = nodeAt(opened.root, path);
  const hidden = new Set(secretPaths(opened.root, target.schema).map(formatKeyPath));
  const keys = node === undefined ? [] : leavesOf(node, path, (leaf) => hidden.has(formatKeyPath(leaf)));
  return { kind: 'listed', keys: keys.map((leaf) => listing(opened.root, leaf)) };
}

/** Sets `key` to the value that `text` means as YAML. */
export function setKey(target: EditTarget, key: string, text: string, options: EditOptions = {}): Promise<EditResult> {
  return editValue(target, key, text, options, (value) => ({
    splice: (yaml, path) => spliceSet(yaml, path, value),
    change: () => value,
  }));
}

/** Appends the value that `text` means as YAML to the list at `key`, which is made when there is none. */
export function appendKey(
  target: EditTarget,
  key: string,
  text: string,
  options: EditOptions = {},
): Promise<EditResult> {
  return editValue(target, key, text, options, (value) => ({
    splice: (yaml, path) => spliceAppend(yaml, path, value),
    change: (old) => (isList(old) ? [...old, value] : [value]),
    wantsList: true,
  }));
}

/** Removes `key` from the last file that holds it. */
export function removeKey(target: EditTarget, key: string, options: EditOptions = {}): Promise<EditResult> {
  return edit(target, key, options, { splice: spliceRemove, change: () => undefined, isRemoval: true });
}

interface Edit {
  splice(yaml: YamlText, path: KeyPath): Splices;
  /** What the value at the path is afterwards; undefined for none. */
  change(old: YamlValue | undefined): YamlValue | undefined;
  /** Makes sense only where a list is, or nothing. */
  readonly wantsList?: boolean;
  readonly isRemoval?: boolean;
}

/** An edit with the value that `text` means as YAML. */
function editValue(
  target: EditTarget,
  key: string,
  text: string,
  options: EditOptions,
  how: (value: YamlValue) => Edit,
): Promise<EditResult> {
  const source: ConfigSource = { name: 'value', folder: '', rank: 0 };
  const parsed = parseYaml(text, source.name);
  if (parsed.kind === 'refused') return Promise.resolve(parsed);
  const { root, problems } = valueTreeOf(parsed.yaml, source);
  if (problems.length > 0) return Promise.resolve({ kind: 'refused', problems });
  return edit(target, key, options, how(yamlValue(root)));
}

async function edit(target: EditTarget, key: string, options: EditOptions, how: Edit): Promise<EditResult> {
  const path = parseKeyPath(key);
  if (path === undefined || path.length === 0) return refused(badKey(key));
  const opened = await openFiles(target);
  if (opened.kind === 'refused') return opened;
  const holders = opened.files.filter((file) => nodeAt(file.root, path) !== undefined);
  if (how.isRemoval && holders.length === 0) return { kind: 'absent' };
  const file = holders.at(-1) ?? fileOfList(opened.files, path) ?? opened.files.at(-1)!;

  const before = yamlValue(file.root);
  const old = valueAt(before, path);
  const isNoList = how.wantsList === true && !isList(old) && (old ?? null) !== null;
  const obstacle = isNoList ? `${formatKeyPath(path)} is not a list` : obstacleTo(before, path);
  if (obstacle !== undefined) return refused(problemAt(placeAt(file.root, path), formatKeyPath(path), obstacle));
  const changed = changedText(file, path, how);
  if (changed === undefined) return refused(notEditable(file, path));
  if (changed.yaml.text === file.yaml.text) return { kind: 'unchanged', file: file.name };
  const next = Buffer.from(changed.yaml.text);
  const problems = await problemsWith(target, file.name, next);
  if (problems.length > 0) return { kind: 'refused', problems };
  const alsoIn = holders.filter((holder) => holder !== file).map((holder) => holder.name);
  const preview = previewOf(file.name, file.yaml.text, changed.yaml.text, {
    before: hideSecrets(file.yaml, secretPaths(file.root, target.schema)),
    after: hideSecrets(changed.yaml, secretPaths(changed.root, target.schema)),
  });
  if (options.dryRun !== true) {
    const replacement = await replaceFile(file.name, file.octets, next);
    if (replacement.kind === 'refused') return refused(problemOf(file.name, replacement.reason));
  }
  return { kind: 'changed', file: file.name, preview, alsoIn };
}

/** The new text and its tree, if it says exactly what was meant. */
function changedText(file: EditableFile, path: KeyPath, how: Edit): { yaml: YamlText; root: ConfigNode } | undefined {
  const before = yamlValue(file.root);
  const meant = changedAt(before, path, how.change);
  if (isDeepStrictEqual(meant, before)) return { yaml: file.yaml, root: file.root };
  const splices = how.splice(file.yaml, path);
  if (splices === undefined || meant === undefined) return undefined;
  const parsed = parseYaml(spliced(file.yaml.text, splices), file.name);
  if (parsed.kind === 'refused') return undefined;
  const { root, problems } = treeOf(parsed.yaml, file.root.place.source);
  const isMeant = problems.length === 0 && isDeepStrictEqual(yamlValue(root), meant);
  return isMeant ? { yaml: parsed.yaml, root } : undefined;
}

/** The file whose list `path` leads into: its items have no meaning in another file. */
function fileOfList(files: readonly EditableFile[], path: KeyPath): EditableFile | undefined {
  const index = path.findLastIndex((segment) => typeof segment === 'number');
  return index < 0 ? undefined : files.findLast((file) => nodeAt(file.root, path.slice(0, index + 1)) !== undefined);
}

async function problemsWith(target: EditTarget, file: string, next: Uint8Array): Promise<readonly Problem[]> {
  const edited = resolve(file);
  const readFile: ReadFile = async (name, limit) =>
    name === edited ? { kind: 'read', octets: next, mode: 0o600 } : readRegularFile(name, limit);
  const result = await loadConfiguration({ ...target, readFile });
  return result.kind === 'refused' ? result.problems : [];
}

type Opened =
  | { readonly kind: 'opened'; readonly files: readonly EditableFile[]; readonly root: ConfigNode }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

async function openFiles(target: EditTarget): Promise<Opened> {
  const listed = await listConfigFiles(target.paths);
  if (listed.problems.length > 0 || listed.files.length === 0) return { kind: 'refused', problems: listed.problems };
  const files: EditableFile[] = [];
  for (const [rank, name] of listed.files.entries()) {
    const reading = await readRegularFile(resolve(name), MAX_FILE_OCTETS);
    if (reading.kind === 'failed') return refused(problemOf(name, reading.reason));
    const parsed = parseYamlFile(reading.octets, name);
    if (parsed.kind === 'refused') return parsed;
    const { root, problems } = treeOf(parsed.yaml, { name, folder: '', rank });
    if (problems.length > 0) return { kind: 'refused', problems };
    files.push({ name, octets: reading.octets, yaml: parsed.yaml, root });
  }
  return { kind: 'opened', files, root: files.map((file) => file.root).reduce(mergeNodes) };
}

/** The paths of what has nothing below it, or nothing that may be seen. */
function leavesOf(node: ConfigNode, path: KeyPath, isHidden: (path: KeyPath) => boolean): KeyPath[] {
  if (node.kind === 'scalar' || isHidden(path)) return [path];
  if (node.kind === 'map') {
    return node.entries.size === 0
      ? [path]
      : [...node.entries].flatMap(([key, entry]) => leavesOf(entry.node, [...path, key], isHidden));
  }
  const isPlain = node.items.every((item) => item.kind === 'scalar');
  return isPlain ? [path] : node.items.flatMap((item, index) => leavesOf(item, [...path, index], isHidden));
}

function listing(root: ConfigNode, path: KeyPath): KeyListing {
  const { source, line, column } = placeAt(root, path);
  return { key: formatKeyPath(path), file: source.name, line, column };
}

function notEditable(file: EditableFile, path: KeyPath): Problem {
  const message = 'cannot be changed here without changing something else; edit the file by hand';
  return problemAt(placeAt(file.root, path), formatKeyPath(path), message);
}

function badKey(key: string): Problem {
  return problemOf('key', `${JSON.stringify(key)} is no key path; write one such as realms.staff.modules[1].urls`);
}

function refused(problem: Problem): { readonly kind: 'refused'; readonly problems: readonly Problem[] } {
  return { kind: 'refused', problems: [problem] };
}
