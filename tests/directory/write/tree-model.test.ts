/** Any sequence of changes, made one after the other or many at once, comes to what a naive model says, also after a restart. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import type { DirectoryChange } from '../../../src/directory/index.ts';
import { attributesOf, DirectorySite, dn, modification, SUFFIX, type Written } from '../directory/directory-site.ts';
import { type Kind, type Step, TreeModel, type Whom } from './tree-model.ts';

const TOP = `ou=Model,${SUFFIX}`;

const name = fc.constantFrom('a', 'b', 'c', 'A');
const kind = fc.constantFrom<Kind>('ou', 'uid', 'cn');
const UNITS = [TOP, `ou=a,${TOP}`, `ou=b,${TOP}`];
const unit = fc.constantFrom(...UNITS);
const named = (type: Kind, names: readonly string[]) =>
  UNITS.flatMap((at) => names.map((each) => `${type}=${each},${at}`));
const group = fc.constantFrom(...named('cn', ['a', 'b']).slice(0, 4));
/** In lower case, as the model keeps names that nobody has. */
const place = fc.oneof(unit, fc.constantFrom(...named('uid', ['a', 'b', 'c'])), group);
const whom: fc.Arbitrary<Whom> = fc.oneof(
  place.map((text): Whom => ({ dn: text.toLowerCase() })),
  name.map((uid): Whom => ({ uid })),
);
const dns = fc.uniqueArray(place, { maxLength: 3, selector: (text) => text.toLowerCase() });
const uids = fc.uniqueArray(name, { maxLength: 3 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      kind,
      name,
      parent: fc.oneof({ weight: 8, arbitrary: unit }, { weight: 1, arbitrary: place }),
      members: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        fc.uniqueArray(whom, { maxLength: 3, selector: (each) => each.dn ?? each.uid }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), dn: place, subtree: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('rename' as const),
      dn: place,
      name,
      superior: fc.option(unit, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('mail' as const),
      dn: place,
      operation: fc.constantFrom('add' as const, 'delete' as const),
      value: fc.constantFrom('x@x', 'X@x', 'y@x'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.oneof({ weight: 6, arbitrary: group }, { weight: 1, arbitrary: place }),
        fc.constantFrom('add' as const, 'delete' as const, 'replace' as const),
        fc.boolean(),
        dns,
        uids,
      )
      .map(
        ([at, operation, byName, names, ids]): Step => ({
          do: 'members',
          dn: at,
          operation,
          form: byName ? 'member' : 'memberUid',
          members: byName ? names.map((each) => ({ dn: each.toLowerCase() })) : ids.map((uid) => ({ uid })),
        }),
      ),
  },
);

const SEED: readonly Step[] = [
  { do: 'add', kind: 'ou', name: 'a', parent: TOP, members: [] },
  { do: 'add', kind: 'cn', name: 'a', parent: TOP, members: [{ uid: 'a' }, { dn: `uid=b,ou=a,${TOP}`.toLowerCase() }] },
  { do: 'add', kind: 'cn', name: 'b', parent: `ou=a,${TOP}`, members: [{ uid: 'c' }] },
  { do: 'add', kind: 'uid', name: 'a', parent: `ou=a,${TOP}`, members: [] },
];

const CLASSES: Record<Kind, Written> = {
  ou: { objectClass: 'organizationalUnit' },
  uid: { objectClass: 'inetOrgPerson', cn: 'x', sn: 'x' },
  cn: { objectClass: ['groupOfNames', 'posixGroup'], gidNumber: '1' },
};

function changeOf(step: Step): DirectoryChange {
  switch (step.do) {
    case 'add': {
      const member = step.members.flatMap((each) => each.dn ?? []);
      const memberUid = step.members.flatMap((each) => each.uid ?? []);
      const written: Written = {
        ...CLASSES[step.kind],
        ...(member.length > 0 ? { member } : {}),
        ...(memberUid.length > 0 ? { memberUid } : {}),
      };
      return { kind: 'add', dn: dn(`${step.kind}=${step.name},${step.parent}`), attributes: attributesOf(written) };
    }
    case 'delete':
      return { kind: 'delete', dn: dn(step.dn), subtree: step.subtree };
    case 'rename': {
      const [type] = step.dn.split('=');
      return {
        kind: 'rename',
        dn: dn(step.dn),
        newRdn: dn(`${type}=${step.name}`).rdns[0]!,
        deleteOldRdn: true,
        ...(step.superior === undefined ? {} : { newSuperior: dn(step.superior) }),
      };
    }
    case 'mail':
      return { kind: 'modify', dn: dn(step.dn), modifications: [modification(step.operation, 'mail', step.value)] };
    default: {
      const values = step.members.map((each) => (each.dn ?? each.uid)!);
      return { kind: 'modify', dn: dn(step.dn), modifications: [modification(step.operation, step.form, ...values)] };
    }
  }
}

/** Changes that say nothing, or what only the schema forbids, are no question of the model. */
function isMeant(step: Step): boolean {
  if (step.do === 'members') return step.members.length > 0 || step.operation === 'replace';
  return !('dn' in step) || step.dn !== TOP;
}

/** Everything below the top as the directory shows it. */
function stateOf(site: DirectorySite): ReturnType<TreeModel['state']> {
  const { view } = site.directory;
  const state: ReturnType<TreeModel['state']> = {};
  const waiting = [site.entry(TOP)!];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    waiting.push(...view.children(entry));
    const text = view.dnText(entry);
    const values = (attribute: string) => site.values(text, attribute).sort();
    state[text] = {
      mail: values('mail'),
      member: values('member'),
      memberUid: values('memberUid'),
      memberOf: values('memberOf'),
    };
  }
  return state;
}

describe('any changes', async () => {
  const site = await DirectorySite.open({ after });

  async function begin(): Promise<TreeModel> {
    await site.delete(TOP, true);
    await site.mustAdd(TOP, CLASSES.ou);
    const model = new TreeModel(TOP);
    for (const each of SEED) {
      assert.equal((await site.apply(changeOf(each))).code, 'success');
      assert.equal(model.apply(each), 'success');
    }
    return model;
  }

  it('one after the other come to what the model says, and refused ones change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step.filter(isMeant), { maxLength: 25 }), async (steps) => {
        const model = await begin();
        for (const each of steps) {
          const head = site.store.head();
          const result = await site.apply(changeOf(each));
          assert.equal(result.code, model.apply(each), `${JSON.stringify(each)}: ${result.message}`);
          assert.equal(site.store.head(), result.code === 'success' ? head + 1 : head);
        }
        assert.deepEqual(stateOf(site), model.state());
      }),
      { numRuns: 60 },
    );
  });

  it('many at once come to what the model says of them in the order of their answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step.filter(isMeant), { minLength: 10, maxLength: 40 }), async (steps) => {
        const model = await begin();
        await Promise.all(
          steps.map(async (each) => {
            const result = await site.apply(changeOf(each));
            assert.equal(result.code, model.apply(each), `${JSON.stringify(each)}: ${result.message}`);
          }),
        );
        assert.deepEqual(stateOf(site), model.state());
      }),
      { numRuns: 60 },
    );
  });

  it('are the same after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step.filter(isMeant), { minLength: 20, maxLength: 60 }), async (steps) => {
        const model = await begin();
        for (const each of steps) {
          await site.apply(changeOf(each));
          model.apply(each);
        }
        const { contextCsn } = site.directory;
        const reader = await site.twin();
        assert.deepEqual(stateOf(reader), model.state());
        assert.equal(reader.directory.contextCsn, contextCsn);
        await reader.close();
      }),
      { numRuns: 10 },
    );
  });
});
