/**
 * The tree that an empty directory begins with: the suffix, `ou=People`, `ou=Groups`, `ou=Hosts` (spec/bonfire.md 4.2)
 * and the group of administrators.
 */
import { CodedError } from '../../base/index.ts';
import { type Attribute, type Directory, type DirectoryChange, SYSTEM } from '../../directory/index.ts';
import type { DistinguishedName } from '../../x500/index.ts';

/** The class of an entry that a naming attribute makes the top of a tree. */
const SUFFIX_CLASSES: Readonly<Record<string, readonly string[]>> = {
  dc: ['organization', 'dcObject'],
  o: ['organization'],
  ou: ['organizationalUnit'],
  c: ['country'],
};

const CONTAINERS = ['People', 'Groups', 'Hosts'];

export const ADMINISTRATORS = 'administrators';

/**
 * Plants the first tree when the directory is empty; true when it did.
 * @throws CodedError DIRECTORY_SUFFIX for a suffix that no class makes an entry of.
 */
export async function plantFirstTree(directory: Directory): Promise<boolean> {
  if (directory.view.size > 0) return false;
  for (const change of firstTree(directory.suffix)) {
    const result = await directory.apply(change, SYSTEM);
    if (result.code !== 'success') {
      throw new CodedError('DIRECTORY_SUFFIX', `the first tree cannot be planted: ${result.message}`);
    }
  }
  return true;
}

function firstTree(suffix: DistinguishedName): readonly DirectoryChange[] {
  const below = (type: string, value: string, parent: DistinguishedName): DistinguishedName => ({
    rdns: [[{ type, value }], ...parent.rdns],
  });
  const unit = (name: string): DirectoryChange => ({
    kind: 'add',
    dn: below('ou', name, suffix),
    attributes: [attribute('objectClass', 'organizationalUnit'), attribute('ou', name)],
  });
  return [
    { kind: 'add', dn: suffix, attributes: suffixAttributes(suffix) },
    ...CONTAINERS.map(unit),
    {
      kind: 'add',
      dn: below('cn', ADMINISTRATORS, below('ou', 'Groups', suffix)),
      attributes: [
        attribute('objectClass', 'groupOfMembers'),
        attribute('cn', ADMINISTRATORS),
        attribute('description', 'May read and write everything in this directory but passwords'),
      ],
    },
  ];
}

function suffixAttributes(suffix: DistinguishedName): readonly Attribute[] {
  const [naming] = suffix.rdns[0] ?? [];
  const type = naming?.type.toLowerCase() ?? '';
  const classes = Object.hasOwn(SUFFIX_CLASSES, type) ? SUFFIX_CLASSES[type] : undefined;
  if (naming === undefined || classes === undefined || typeof naming.value !== 'string') {
    throw new CodedError(
      'DIRECTORY_SUFFIX',
      'directory.suffix: name the tree by dc, o, ou or c, such as dc=example,dc=org',
    );
  }
  return [
    attribute('objectClass', ...classes),
    attribute(naming.type, naming.value),
    ...(type === 'dc' ? [attribute('o', naming.value)] : []),
  ];
}

function attribute(name: string, ...values: readonly string[]): Attribute {
  return { attribute: name, values: values.map((value) => Buffer.from(value)) };
}
