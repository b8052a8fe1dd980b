/**
 * The group classes as RFC 2307 and its successor (draft-howard-rfc2307bis) both want them, and as one stored
 * membership allows them.
 *
 * `posixGroup` is auxiliary, beside `groupOfNames` or `groupOfMembers`, and makes a group of its own where it stands alone, as in
 * RFC 2307. Classes of groups do not insist on a member: a group is not deleted because its last member left.
 */
import type { SchemaSource } from '../../x500/index.ts';

export const GROUPS_SCHEMA: SchemaSource = {
  name: 'groups schema',
  text: `
objectclass ( 1.3.6.1.1.1.2.2 NAME 'posixGroup' DESC 'Abstraction of a group of accounts' SUP top AUXILIARY
  MUST ( cn $ gidNumber ) MAY ( userPassword $ memberUid $ description ) X-STANDS-ALONE 'TRUE' )
objectclass ( 1.3.6.1.1.1.2.18 NAME 'groupOfMembers' DESC 'A group with members, or none yet' SUP top STRUCTURAL
  MUST cn MAY ( member $ businessCategory $ seeAlso $ owner $ ou $ o $ description ) )
objectclass ( 2.5.6.9 NAME 'groupOfNames' DESC 'A group of names' SUP top STRUCTURAL
  MUST cn MAY ( member $ businessCategory $ seeAlso $ owner $ ou $ o $ description ) )
objectclass ( 2.5.6.17 NAME 'groupOfUniqueNames' DESC 'A group of unique names' SUP top STRUCTURAL
  MUST cn MAY ( uniqueMember $ businessCategory $ seeAlso $ owner $ ou $ o $ description ) )
`,
};
