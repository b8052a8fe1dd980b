/** Passwords that an operator types are judged as those that people choose, and can be forced. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AccountSite, generatedIn, person, SUFFIX } from '../../support/account-site.ts';

const GOOD = 'three lanterns under water';
const PORTAL = `cn=Portal,ou=Hosts,${SUFFIX}`;

describe('a password that an operator types', () => {
  let site: AccountSite;
  before(async () => {
    site = await AccountSite.start({ directory: 'passwords: { length: 12 }' });
    await site.run('user', 'add', 'rosalind', '--common-name', 'Rosalind Quayle', '--mail', 'roz@example.org');
    await site.run('host', 'add', 'Portal');
  });
  after(() => site.close());

  const COMMANDS = [
    ['user', 'passwd', 'rosalind'],
    ['host', 'passwd', 'Portal'],
    ['user', 'add', 'someone'],
    ['host', 'add', 'Something'],
  ];

  it('is refused with what the policy wants', async () => {
    const before = await site.export('--with-passwords');
    for (const command of COMMANDS) {
      for (const [password, says] of [
        [
          'short',
          /at least 12 characters; take another one, or --generate one \(--force sets it all the same\) \(ADMIN_PASSWORD\)/,
        ],
        ['password12345', /among the first that are tried; .*--force/],
        ['abababababab', /only repeats or counts; .*--force/],
      ] as const) {
        assert.match(await site.refusedWith(password, ...command, '--password-stdin'), says);
        assert.match(await site.refusedWith(password, ...command, '--password-stdin', '--dry-run'), says);
      }
    }
    const own = 'Rosalind Quayle!';
    assert.match(
      await site.refusedWith(own, 'user', 'passwd', 'rosalind', '--password-stdin'),
      /beside the name of its owner/,
    );
    const adding = ['user', 'add', 'other', '--common-name', 'Rosalind Quayle', '--password-stdin'];
    assert.match(await site.refusedWith(own, ...adding), /beside the name of its owner/);
    assert.equal(await site.export('--with-passwords'), before);
  });

  it('is taken with --force', async () => {
    await site.runWith('short\n', 'user', 'passwd', 'rosalind', '--password-stdin', '--force');
    assert.equal(await site.bind(person('rosalind'), 'short'), 'bound');
    await site.runWith('short\n', 'host', 'passwd', 'Portal', '--password-stdin', '--force');
    assert.equal(await site.bind(PORTAL, 'short'), 'bound');
    await site.runWith('short\n', 'user', 'add', 'someone', '--password-stdin', '--force');
    assert.equal(await site.bind(person('someone'), 'short'), 'bound');
  });

  it('is refused for good when it can be no password', async () => {
    for (const password of ['   ', 'nul\0nul\0nul\0nul\0', `${'x'.repeat(4090)}\u00e9\u00e9\u00e9\u00e9`]) {
      for (const force of [[], ['--force']]) {
        const said = await site.refusedWith(password, 'user', 'passwd', 'rosalind', '--password-stdin', ...force);
        assert.doesNotMatch(said, /--force/);
      }
    }
    assert.match(await site.refusedWith('', 'user', 'passwd', 'rosalind', '--password-stdin'), /ADMIN_INPUT/);
    assert.equal(await site.bind(person('rosalind'), 'short'), 'bound');
  });

  it('is set when it is good, and has to be changed when that was said', async () => {
    await site.runWith(`${GOOD}\r\n`, 'user', 'passwd', 'rosalind', '--password-stdin');
    assert.equal(await site.bind(person('rosalind'), GOOD), 'bound');
    assert.equal(await site.bind(person('rosalind'), 'short'), 'InvalidCredentialsError');
    const made = generatedIn(await site.run('user', 'passwd', 'rosalind', '--generate', '--must-change'));
    assert.match(await site.run('user', 'show', 'rosalind'), /state +has to change the password/);
    assert.match(
      await site
        .ldap(person('rosalind'), made, (client) => client.search(SUFFIX))
        .then(String, (error: Error) => error.name),
      /Error$/,
    );
    await site.run('user', 'passwd', 'rosalind', '--generate');
    assert.doesNotMatch(await site.run('user', 'show', 'rosalind'), /has to change/);
  });
});
