/** Schema text: every form that OpenLDAP and RFC 4512 have, and what is said of text that is wrong. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { standardSchema } from '../../../src/directory/schema/standard-schema.ts';
import { parseSchema, type Schema, type SchemaProblem, type SchemaSource } from '../../../src/x500/index.ts';

function site(text: string): SchemaSource {
  return { name: 'site.schema', text };
}

function parsed(...sources: readonly SchemaSource[]): Schema {
  const result = standardSchema(sources);
  assert.equal(result.kind, 'parsed', result.kind === 'refused' ? JSON.stringify(result.problems) : '');
  return result.schema;
}

function problems(...sources: readonly SchemaSource[]): readonly SchemaProblem[] {
  const result = standardSchema(sources);
  assert.equal(result.kind, 'refused');
  return result.problems;
}

/** The one problem of a text as `line: message`. */
function problem(text: string): string {
  const found = problems(site(text));
  assert.equal(found.length, 1, JSON.stringify(found));
  assert.equal(found[0]!.source, 'site.schema');
  return `${found[0]!.line}: ${found[0]!.message}`;
}

const SYNTAX = 'SYNTAX 1.3.6.1.4.1.1466.115.121.1.15';

describe('parseSchema', () => {
  it('reads a schema file of OpenLDAP', () => {
    const schema = parsed(
      site(`# The lab's own.
objectidentifier lab 1.3.6.1.4.1.99999
objectIdentifier labAttributes lab:1
attributetype ( labAttributes:1
\tNAME ( 'labBadge' 'badge' )

  DESC 'a \\27badge\\27'
\tEQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{64} SINGLE-VALUE
)
attributetype ( lab:1.2 NAME labCode SUP labBadge DESC 'LAB\\code' X-ORIGIN ( 'lab' 'us' ) )
objectclass ( lab:2.1 NAME 'labMember' SUP top AUXILIARY MUST ( labBadge ) MAY ( labCode $ description ) )
`),
    );
    const badge = schema.attributeType('BADGE');
    assert.equal(badge?.oid, '1.3.6.1.4.1.99999.1.1');
    assert.equal(badge?.description, "a 'badge'");
    assert.equal(badge?.singleValue, true);
    const code = schema.attributeType('labCode');
    assert.equal(code?.superior, badge);
    assert.equal(code?.equality, badge?.equality);
    assert.equal(code?.syntax, badge?.syntax);
    assert.equal(code?.singleValue, false, 'SINGLE-VALUE is not inherited (RFC 4512, 2.5.1)');
    assert.equal(code?.description, 'LAB\\code');
    assert.deepEqual(code?.extensions.get('X-ORIGIN'), ['lab', 'us']);
    assert.deepEqual(
      badge?.subtypes.map(({ name }) => name),
      ['labBadge', 'labCode'],
    );
    const member = schema.objectClass('labMember');
    assert.deepEqual(
      [...member!.allMust].map(({ name }) => name),
      ['objectClass', 'labBadge'],
    );
  });

  it('reads the LDIF of cn=config, folded and numbered', () => {
    const encoded = Buffer.from(`( 1.3.6.1.4.1.99999.2 NAME 'labTwo' ${SYNTAX} )`).toString('base64');
    const schema = parsed(
      site(`dn: cn=lab,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: lab
# a comment
  that goes on
olcObjectIdentifier: {0}lab 1.3.6.1.4.1.99999
olcAttributeTypes: {0}( lab:1 NAME 'labOne' DESC 'one' EQUALI
 TY caseIgnoreMatch
  ${SYNTAX} )
olcAttributeTypes:: ${encoded}
olcObjectClasses: {0}( lab:3 NAME 'labThing' SUP top STRUCTURAL MUST labOne )
`),
    );
    assert.equal(schema.attributeType('labOne')?.equality?.name, 'caseIgnoreMatch');
    assert.equal(schema.attributeType('labTwo')?.oid, '1.3.6.1.4.1.99999.2');
    assert.equal(schema.objectClass('labThing')?.kind, 'structural');
  });

  it('reads what a search for the subschema prints, and definitions as they are', () => {
    const text = `attributeTypes: ( 1.3.6.1.4.1.99999.1 NAME 'labOne' ${SYNTAX} )\nobjectClasses: ( 1.3.6.1.4.1.99999.2 NAME 'labThing' SUP top MAY labOne )\n`;
    assert.ok(parsed(site(text)).objectClass('labThing'));
    const definitions: SchemaSource = {
      name: 'realmgate.yaml',
      attributeTypes: [`( 1.3.6.1.4.1.99999.1 NAME 'labOne' ${SYNTAX} )`],
      objectClasses: ["( 1.3.6.1.4.1.99999.2 NAME 'labThing' SUP top MAY labOne )"],
    };
    assert.ok(parsed(definitions).objectClass('labThing'));
  });

  it('takes definitions in any order and over several sources', () => {
    const schema = parsed(
      { name: 'one', text: "objectclass ( 1.2.3.1 NAME 'labThing' SUP labAbove MUST labCode )" },
      {
        name: 'two',
        text: `attributetype ( 1.2.3.2 NAME 'labCode' SUP labBadge )\nobjectclass ( 1.2.3.3 NAME 'labAbove' ABSTRACT )`,
      },
      { name: 'three', text: `attributetype ( 1.2.3.4 NAME 'labBadge' ${SYNTAX} )` },
    );
    assert.equal(schema.objectClass('labThing')?.lineage.has(schema.objectClass('labAbove')!), true);
  });

  it('keeps what it has where a later source repeats it, and says where that differs', () => {
    const same =
      "objectclass ( 1.3.6.1.1.1.2.0 NAME 'posixAccount' DESC 'x' SUP top AUXILIARY MUST ( cn $ uid $ uidNumber $ gidNumber $ homeDirectory ) MAY ( userPassword $ loginShell $ gecos $ description ) )";
    const other =
      "objectclass ( 1.3.6.1.4.1.24552.500.1.1.2.0 NAME 'ldapPublicKey' SUP top AUXILIARY MUST ( sshPublicKey $ uid ) )";
    const result = standardSchema([site(`${same}\n${other}`)]);
    assert.equal(result.kind, 'parsed');
    assert.equal(result.warnings.length, 1);
    assert.equal(result.warnings[0]!.line, 2);
    assert.match(
      result.warnings[0]!.message,
      /^ldapPublicKey is already defined in ldapPublicKey schema line \d+; this definition is left out$/,
    );
    assert.equal(result.schema.objectClass('ldapPublicKey')!.must.length, 0);
  });

  it('knows a syntax by another name', () => {
    const schema = parsed(
      site(`ldapsyntax ( 1.2.840.113556.1.4.906 DESC 'Large Integer' X-SUBST '1.3.6.1.4.1.1466.115.121.1.27' )
attributetype ( 1.2.3.4 NAME 'largeNumber' EQUALITY integerMatch SYNTAX 1.2.840.113556.1.4.906 )`),
    );
    assert.match(schema.attributeType('largeNumber')!.syntax.fault(Buffer.from('x')) ?? '', /integer/);
  });
});

describe('a schema that is wrong', () => {
  it('is refused with file, line and reason', () => {
    for (const [text, expected] of [
      [`\nattributetype ( 1.2.3 NAME 'a' SUP nothing )`, '2: a names the unknown superior nothing'],
      [`attributetype ( 1.2.3 NAME 'a' )`, '1: a has neither SYNTAX nor SUP'],
      [`attributetype ( 1.2.3 NAME 'a' SYNTAX 1.2.3.4.5 )`, '1: a names the unknown syntax 1.2.3.4.5'],
      [`attributetype ( 1.2.3 NAME 'a' EQUALITY nothing ${SYNTAX} )`, '1: a names the unknown matching rule nothing'],
      [
        `attributetype ( 1.2.3 NAME 'a' SUBSTR caseIgnoreMatch ${SYNTAX} )`,
        '1: a names caseIgnoreMatch as SUBSTR, which it is not',
      ],
      [
        `attributetype ( 2.5.4.3 NAME 'a' ${SYNTAX} )`,
        /^1: the object identifier 2\.5\.4\.3 is taken by cn in core schema line \d+$/,
      ],
      [`attributetype ( 1.2.3 NAME 'CN' ${SYNTAX} )`, /^1: the name cn is taken by cn in core schema line \d+$/],
      [`attributetype ( 1.2.3 NAME 'a_b' ${SYNTAX} )`, "1: 'a_b' is no name: letters, digits and hyphens"],
      [`attributetype ( lab:1 NAME 'a' ${SYNTAX} )`, '1: lab:1 is no object identifier'],
      [`attributetype ( 1.2.3 NAME 'a' ${SYNTAX} USAGE always )`, '1: a has the unknown USAGE always'],
      [`attributetype ( 1.2.3 NAME 'a' ${SYNTAX} COLLECTIVE SINGLE-VALUE )`, '1: a is COLLECTIVE and SINGLE-VALUE'],
      [
        `attributetype ( 1.2.3 NAME 'a' ${SYNTAX} NO-USER-MODIFICATION )`,
        '1: a is NO-USER-MODIFICATION and not operational',
      ],
      [`attributetype ( 1.2.3 NAME 'a' SUP name USAGE dSAOperation )`, '1: a has another USAGE than its superior name'],
      [`attributetype ( 1.2.3 NAME 'a' ${SYNTAX} MUST cn )`, '1: a has the unknown field MUST'],
      [`attributetype ( 1.2.3 NAME 'a' ${SYNTAX}`, '1: the definition has no ) at its end'],
      [`attributetype ( 1.2.3 NAME 'a ${SYNTAX} )`, /^1: the definition has a quote that does not end: 'a SYNTAX/],
      [`attributetype ( 1.2.3 NAME 'a' NAME 'b' ${SYNTAX} )`, '1: the definition has NAME twice'],
      [`attributetype 1.2.3`, '1: the definition does not begin with ('],
      [`attributetype ( )`, '1: the definition has no object identifier after its ('],
      [`objectclass ( 1.2.3 NAME 'a' MUST nothing )`, '1: a names the unknown attribute nothing in MUST'],
      [`objectclass ( 1.2.3 NAME 'a' SUP nothing )`, '1: a names the unknown superior nothing'],
      [`objectclass ( 1.2.3 NAME 'a' SUP top AUXILIARY STRUCTURAL )`, '1: a is structural and auxiliary'],
      [
        `objectclass ( 1.2.3 NAME 'a' SUP posixAccount STRUCTURAL )`,
        '1: a is structural and its superior posixAccount is auxiliary',
      ],
      [`objectidentifier lab 1.2.3\nobjectIdentifier LAB 1.2.4`, '2: LAB stands for 1.2.3 already'],
      [`objectidentifier lab`, '1: an objectidentifier has a name and an object identifier'],
      [`ldapsyntax ( 1.2.3 DESC 'x' )`, '1: the syntax 1.2.3 is unknown, and X-SUBST names none that is known'],
      [`frobnicate ( 1.2.3 )`, '1: is no definition: frobnicate ( 1.2.3 )'],
    ] as const) {
      if (typeof expected === 'string') assert.equal(problem(text), expected);
      else assert.match(problem(text), expected);
    }
  });

  it('names the way around a circle', () => {
    const found = problems(
      site(
        "attributetype ( 1.2.1 NAME 'x' SUP z )\nattributetype ( 1.2.2 NAME 'y' SUP x )\nattributetype ( 1.2.3 NAME 'z' SUP y )",
      ),
    );
    assert.deepEqual(
      found.map(({ line, message }) => `${line}: ${message}`),
      ['1: x is above itself: x under z under y under x'],
    );
    assert.match(problem("objectclass ( 1.2.1 NAME 'a' SUP a )"), /a is above itself: a under a/);
  });

  it('says everything at once, each thing once', () => {
    const found = problems(
      site(
        `attributetype ( 1.2.1 NAME 'a' SUP nothing )\nattributetype ( 1.2.2 NAME 'b' SUP a )\nobjectclass ( 1.2.3 NAME 'c' MUST ( a $ b $ d ) )`,
      ),
    );
    assert.deepEqual(
      found.map(({ line, message }) => `${line}: ${message}`),
      ['1: a names the unknown superior nothing', '3: c names the unknown attribute d in MUST'],
    );
  });

  it('is refused by its size', () => {
    assert.match(problem(`attributetype ( 1.2.3 DESC '${'x'.repeat(70_000)}' )`), /longer than 65536 characters/);
    assert.match(problem(`objectclass ( 1.2.3 MAY ( ${'cn $ '.repeat(5000)} cn ) )`), /more than 8192 words/);
  });
});

describe('the rules of a type', () => {
  it('are brought into one family, with a warning', () => {
    // As Samba's schema has it.
    const result = standardSchema([
      site(`attributetype ( 1.3.6.1.4.1.7165.2.1.20 NAME 'sambaSID' EQUALITY caseIgnoreIA5Match
  SUBSTR caseExactIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26{64} SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.7165.2.2.6 NAME 'sambaSamAccount' SUP top AUXILIARY MUST sambaSID )`),
    ]);
    assert.equal(result.kind, 'parsed');
    assert.deepEqual(
      result.warnings.map(({ line, message }) => `${line}: ${message}`),
      [
        '1: sambaSID has caseExactIA5SubstringsMatch beside caseIgnoreIA5Match, which does not compare as it does: caseIgnoreIA5SubstringsMatch is taken',
      ],
    );
    assert.equal(result.schema.attributeType('sambaSID')?.substrings?.name, 'caseIgnoreIA5SubstringsMatch');
  });

  it('follow the equality of a subtype that has its own', () => {
    const schema = parsed(site("attributetype ( 1.2.3 NAME 'exactName' SUP name EQUALITY caseExactMatch )"));
    assert.equal(schema.attributeType('exactName')?.substrings?.name, 'caseExactSubstringsMatch');
  });
});

describe('lint', () => {
  it('warns of what is allowed and still a mistake', () => {
    const result = standardSchema([
      site(`attributetype ( 1.2.3.1 NAME 'labPhoto' ${SYNTAX} )
attributetype ( 1.2.3.2 NAME 'labNumber' EQUALITY integerMatch ${SYNTAX} )
attributetype ( 1.2.3.3 NAME 'labLost' EQUALITY caseIgnoreMatch ${SYNTAX} )
objectclass ( 1.2.3.4 NAME 'labThing' STRUCTURAL MUST ( labNumber $ entryUUID ) MAY ( labNumber $ labPhoto ) )
objectclass ( 1.2.3.5 NAME 'labMember' SUP posixAccount AUXILIARY MAY uid )`),
    ]);
    assert.equal(result.kind, 'parsed');
    assert.deepEqual(
      result.warnings.map(({ source, line, message }) => `${source}:${line} ${message}`),
      [
        'site.schema:1 labPhoto has no EQUALITY: no search finds a value of it, and none can be deleted alone',
        'site.schema:2 labNumber has integerMatch, which does not compare values of the syntax Directory String',
        'site.schema:3 labLost is in no object class: only entries of extensibleObject can have it',
        'site.schema:4 labThing has no superior; structural classes are below top (RFC 4512, 2.4.2)',
        'site.schema:4 labThing names entryUUID, which nobody can give an entry',
        'site.schema:4 labThing names labNumber in MUST and in MAY',
        'site.schema:5 labMember names uid in MAY, which a superior has in MUST',
      ],
    );
  });

  it('says nothing of the standard schema', () => {
    const result = standardSchema([site('')]);
    assert.equal(result.kind, 'parsed');
    assert.deepEqual(result.warnings, []);
  });
});

describe('schema text', () => {
  it('may be anything without an exception', () => {
    const word = fc.constantFrom(
      '(',
      ')',
      '$',
      "'",
      "'a'",
      '1.2.3',
      'NAME',
      'SUP',
      'MUST',
      'top',
      'SYNTAX',
      'attributetype',
      'objectclass',
      'objectidentifier',
      'olcAttributeTypes:',
      '__proto__',
      '{0}',
      '\n',
      '\n ',
      '\\27',
      '#',
      'é',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        parseSchema([{ name: 'x', text: words.join(' ') }]);
        parseSchema([{ name: 'x', attributeTypes: [words.join(' ')], objectClasses: [words.join('')] }]);
      }),
      { numRuns: 500 },
    );
  });

  it('has superiors to a depth that is told', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, index) => {
        const above = index === 0 ? SYNTAX : `SUP chain${index - 1}`;
        return `attributetype ( 1.2.${index} NAME 'chain${index}' ${above} )`;
      });
    assert.equal(parsed(site(chain(64).reverse().join('\n'))).attributeType('chain0')?.subtypes.length, 64);
    assert.match(problems(site(chain(5000).reverse().join('\n')))[0]!.message, /has more than 64 below it/);
  });

  it('is read in a time that grows with its length', () => {
    const many = Array.from(
      { length: 4000 },
      (_, index) => `attributetype ( 1.2.${index} NAME 'many${index}' SUP name )`,
    );
    assert.equal(parsed(site(many.join('\n'))).attributeType('name')!.subtypes.length, 4016);
  });
});
