/** What is installed: the list that people read is what the lock file says, and nothing runs when it is installed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { repositoryText } from '../support/repository.ts';

const manifestSchema = z.object({
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), dev: z.boolean().optional(), hasInstallScript: z.boolean().optional() }),
  ),
});

const MANIFESTS = ['package.json', 'tools/node/package.json'];
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
/** Declares one for machines that its prebuilt binaries do not cover; optional, and works without. */
const MAY_DECLARE_AN_INSTALL_SCRIPT = ['koffi'];

const manifest = (file: string) => manifestSchema.parse(JSON.parse(repositoryText(file)));

/** The production tree: what `npm install --omit=dev` may install, on whatever machine. */
function production(lockFile: string) {
  return Object.entries(lockSchema.parse(JSON.parse(repositoryText(lockFile))).packages).flatMap(([path, entry]) => {
    const name = path.split('node_modules/').at(-1) ?? '';
    return name === '' || entry.dev === true ? [] : [{ name, ...entry }];
  });
}

describe('dependencies', () => {
  it('are listed in docs/dependencies.txt as the lock file has them', () => {
    const expected = production('package-lock.json').map(({ name, version }) => `${name} ${version}`);
    assert.equal(repositoryText('docs/dependencies.txt'), `${[...new Set(expected)].sort().join('\n')}\n`);
  });

  it('have each a line in the decision about dependencies', () => {
    const decision = repositoryText('docs/decisions/0008-dependencies.md');
    const { dependencies, optionalDependencies } = manifest('package.json');
    const named = [...decision.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
    assert.deepEqual(named.sort(), Object.keys({ ...dependencies, ...optionalDependencies }).sort());
  });

  it('run nothing when they are installed', () => {
    for (const file of MANIFESTS) {
      const own = Object.keys(manifest(file).scripts).filter((name) => INSTALL_SCRIPTS.includes(name));
      assert.deepEqual(own, [], `${file} has scripts that npm runs by itself`);
    }
    for (const file of ['.npmrc', 'tools/node/.npmrc']) assert.match(repositoryText(file), /^ignore-scripts=true$/m);
    for (const file of ['package-lock.json', 'tools/node/package-lock.json']) {
      const declared = production(file).flatMap(({ name, hasInstallScript }) => (hasInstallScript ? [name] : []));
      const others = declared.filter((name) => !MAY_DECLARE_AN_INSTALL_SCRIPT.includes(name));
      assert.deepEqual(others, [], `${file} has packages with install scripts`);
    }
  });
});
