/** The documents: every path, link and heading that they name exists, and every configuration that they show loads. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { formatProblem, loadConfiguration } from '../../src/config/index.ts';
import { configurationSchema } from '../../src/realmgate/index.ts';
import { REPOSITORY, repositoryFiles, repositoryText } from '../support/repository.ts';

const files = repositoryFiles();
const documents = files.filter((file) => file.endsWith('.md'));
const sources = files.filter((file) => /^(?:src|scripts|bench|examples)\/.*\.(?:ts|mjs|py|lua|java)$/.test(file));

/** A path from the top of the repository, as text in backticks or in a comment. */
const FOLDERS = 'src|tests?|docs|scripts|bench|examples|bin|tools|fuzz|portal|\\.ci';
const QUOTED_PATH = new RegExp(`^(?:(?:${FOLDERS})(?:/[\\w.@-]+)*/?|[A-Z]+\\.md|\\./(?:quickstart|test))$`);
const PATH_IN_COMMENT = /(?<![\w/.-])(?:docs|tests?|examples)\/[\w./-]+\.(?:md|ts|mjs|py|lua|json)\b/g;

/** What `text` says outside of fenced blocks. */
function prose(text: string): string {
  return text.replace(/^```.*$[\s\S]*?^```$/gm, '');
}

function linksIn(text: string): readonly string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The names under which headings can be linked to, as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

interface ShownConfiguration {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Blocks that begin with ```yaml realmgate are whole configurations. */
function configurationsIn(file: string): readonly ShownConfiguration[] {
  const text = repositoryText(file);
  return [...text.matchAll(/^```yaml realmgate\n([\s\S]*?)^```$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length + 1,
    text: match[1] ?? '',
  }));
}

describe('the documents', () => {
  it('name only paths that exist', () => {
    const missing: string[] = [];
    for (const file of documents) {
      for (const [, quoted = ''] of prose(repositoryText(file)).matchAll(/`([^`\n]+)`/g)) {
        if (QUOTED_PATH.test(quoted) && !existsSync(join(REPOSITORY, quoted))) missing.push(`${file}: ${quoted}`);
      }
    }
    assert.deepEqual(missing, []);
  });

  it('link only to files and headings that exist', () => {
    const broken: string[] = [];
    for (const file of documents) {
      for (const target of linksIn(repositoryText(file))) {
        if (/^[a-z]+:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const linked = path === '' ? file : normalize(join(dirname(file), path));
        const exists = existsSync(join(REPOSITORY, linked));
        const leads = exists && (anchor === undefined || anchorsOf(repositoryText(linked)).has(anchor));
        if (!leads) broken.push(`${file}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });

  it('are there when a comment in the code names them', () => {
    const missing: string[] = [];
    for (const file of sources) {
      for (const [path] of repositoryText(file).matchAll(PATH_IN_COMMENT)) {
        if (!existsSync(join(REPOSITORY, path))) missing.push(`${file}: ${path}`);
      }
    }
    assert.deepEqual(missing, []);
  });

  const shown = documents.flatMap(configurationsIn);
  it('show whole configurations', () => assert.ok(shown.length >= 3));

  for (const { file, line, text } of shown) {
    it(`show a configuration that loads: ${file}:${line}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'realmgate-documents-'));
      try {
        const path = join(folder, 'realmgate.yaml');
        writeFileSync(path, text);
        const octets = (content: string) => ({ kind: 'read', octets: Buffer.from(content), mode: 0o600 }) as const;
        const loaded = await loadConfiguration({
          paths: [path],
          environment: {},
          schema: configurationSchema,
          // The secret files that it names are on no machine.
          readFile: async (read) => octets(read === path ? text : 'a secret'),
        });
        assert.deepEqual(loaded.kind === 'refused' ? loaded.problems.map(formatProblem) : [], []);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
