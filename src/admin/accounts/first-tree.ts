/**
 * The tree that an empty directory begins with: the suffix, `ou=People`, `ou=Groups`, `ou=Hosts` (spec/bonfire.md 4.2)
 * and the group of administrators.
 */
import { CodedError } from '../../base/index.ts';
import type { Attribute, Directory, DirectoryResult, ImportEntry } from '../../directory/index.ts';
import type { DistinguishedName } from '../../x500/index.ts';
import type { ContentPort } from '../ports.ts';
import { textAttribute } from './account-book.ts';

/** The class of an entry that a naming attribute makes the top of a tree. */
const SUFFIX_CLASSES: Readonly<Record<string, readonly string[]>> = {
  dc: ['organization', 'dcObject'],
  o: ['organization'],
  ou: ['organizationalUnit'],
  c: ['country'],
};

const CONTAINERS = ['People', 'Groups', 'Hosts'];

export const ADMINISTRATORS = 'administrators';
/** The suffix, the containers and that group. */
export const FIRST_TREE_SIZE = 2 + CONTAINERS.length;

/**
 * Plants the first tree when the directory is empty, all of it at once; true when it did.
 * @throws CodedError ADMIN_SUFFIX for a suffix that no class makes an entry of.
 */
export async function plantFirstTree({ view, suffix }: Directory, content: ContentPort): Promise<boolean> {
  if (view.size > 0) return false;
  const refused = (_entry: ImportEntry, { message }: DirectoryResult) => {
    throw new CodedError('ADMIN_SUFFIX', `the first tree cannot be planted: ${message}`);
  };
  await content.replace(firstTree(suffix), { onProblem: refused });
  return true;
}

function firstTree(suffix: DistinguishedName): readonly ImportEntry[] {
  const below = (type: string, value: string, parent: DistinguishedName): DistinguishedName => ({
    rdns: [[{ type, value }], ...parent.rdns],
  });
  const unit = (name: string): ImportEntry => ({
    dn: below('ou', name, suffix),
    attributes: [textAttribute('objectClass', ['organizationalUnit']), textAttribute('ou', [name])],
  });
  return [
    { dn: suffix, attributes: suffixAttributes(suffix) },
    ...CONTAINERS.map(unit),
    {
      dn: below('cn', ADMINISTRATORS, below('ou', 'Groups', suffix)),
      attributes: [
        textAttribute('objectClass', ['groupOfMembers']),
        textAttribute('cn', [ADMINISTRATORS]),
        textAttribute('description', ['May read and write everything in this directory but passwords']),
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
      'ADMIN_SUFFIX',
      'directory.suffix: name the tree by dc, o, ou or c, such as dc=example,dc=org',
    );
  }
  return [
    textAttribute('objectClass', classes),
    textAttribute(naming.type, [naming.value]),
    ...(type === 'dc' ? [textAttribute('o', [naming.value])] : []),
  ];
}
