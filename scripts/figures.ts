/**
 * Turns the measured figures of bench/results/latest.json into the Markdown table of the README.
 *
 *   (nothing)   prints the table
 *   --write     puts it between the marks of README.md
 *
 * A test compares the two, so that the README never shows a figure that nobody measured.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { publishPart } from './generated-part.ts';

const ROOT = join(import.meta.dirname, '..');
const RESULTS = join(ROOT, 'bench', 'results', 'latest.json');

const amount = z.union([z.number(), z.string()]);
const figureSchema = z.strictObject({
  id: z.string(),
  what: z.string(),
  /** What Realmgate reached. */
  ours: amount,
  /** What the peer reached in the same run; null where there is none. */
  peer: amount.nullable(),
  peerName: z.string().nullable(),
  /** Ours over the peer's, turned so that larger is better; null for a count. */
  ratio: z.number().nullable(),
  /** What was asked: of the ratio where there is one, else of `ours`. */
  atLeast: amount,
  holds: z.boolean(),
  commit: z.string(),
  date: z.string(),
  machine: z.string(),
});
type Figure = z.output<typeof figureSchema>;

function readFigures(): readonly Figure[] {
  if (!existsSync(RESULTS)) return [];
  return z.array(figureSchema).parse(JSON.parse(readFileSync(RESULTS, 'utf8')));
}

function figuresTable(figures: readonly Figure[]): string {
  if (figures.length === 0) return 'not measured yet\n';
  const rows = figures.map(({ what, ours, peer, peerName, ratio, atLeast, holds }) => [
    what,
    written(ours),
    peer === null ? '' : `${written(peer)}${peerName === null ? '' : ` (${peerName})`}`,
    ratio === null ? '' : times(ratio),
    ratio === null || typeof atLeast === 'string' ? written(atLeast) : times(atLeast),
    holds ? 'yes' : '**no**',
  ]);
  const head = ['what', 'Realmgate', 'beside it, in the same run', 'ratio', 'asked', 'holds'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return `${table.join('\n')}\n\n${sources(figures).join('\n')}\n`;
}

/** A line for each run that the rows come from. */
function sources(figures: readonly Figure[]): readonly string[] {
  const runs = figures.map(({ date, commit, machine }) => `Measured ${date} on ${machine}, commit \`${commit}\`.`);
  return [...new Set(runs)];
}

function written(value: number | string): string {
  if (typeof value === 'string') return value;
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
}

function times(ratio: number): string {
  return `${written(ratio)}×`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

publishPart(figuresTable(readFigures()), 'figures', join(ROOT, 'README.md'));
