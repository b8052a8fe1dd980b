/**
 * The ldap login module against real slapds of Debian: who is let in, with which groups, and what happens when the
 * directory is stopped, paused, restarted or behind a hostile relay (spec: BonFIRE 4.2, 4.3; RELIABILITY S14-S19, F28).
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Secret, silentLogger, systemClock } from '../../src/base/index.ts';
import { createDirectoryClient } from '../../src/ldap/index.ts';
import { checkLdapOptions, type LoginModuleDefinition, ldapModule, ldapModuleSchema } from '../../src/realm/index.ts';
import { BONFIRE_LDIF, BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../support/bonfire-tree.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { loginOnce } from '../support/one-module-login.ts';
import { type CertificateRequest, makeCertificate } from '../support/openssl-certificates.ts';
import { Slapd } from '../support/slapd.ts';
import { TcpRelay } from '../support/tcp-relay.ts';

const folder = mkdtempSync(join(tmpdir(), 'realmgate-ldap-'));
const opened: LoginModuleDefinition[] = [];
let slapd: Slapd;
let second: Slapd;

/** A started module for the given URLs with the options of the seed, and further ones. */
async function portal(urls: readonly string[], more: Record<string, unknown> = {}): Promise<LoginModuleDefinition> {
  const options = ldapModuleSchema.superRefine(checkLdapOptions).parse({
    use: 'ldap',
    urls,
    bindDn: PORTAL_DN,
    bindPassword: new Secret(PORTAL_PASSWORD),
    userBase: `ou=People,${BONFIRE_SUFFIX}`,
    ...more,
  });
  const client = createDirectoryClient(options, { clock: systemClock, logger: silentLogger });
  const definition = ldapModule({ domain: 'campus', options, client });
  await definition.start?.();
  opened.push(definition);
  return definition;
}

const ssl = (request: CertificateRequest) => makeCertificate(folder, request);
const toClose: { close(): Promise<void> }[] = [];
const startSlapd = async (tls?: { certificateFile: string; keyFile: string }) => {
  const server = await Slapd.start({
    suffix: BONFIRE_SUFFIX,
    ldif: BONFIRE_LDIF,
    readers: [PORTAL_DN],
    ...(tls === undefined ? {} : { tls }),
  });
  toClose.push(server);
  return server;
};
const startRelay = async (port: number) => {
  const relay = await TcpRelay.start(port);
  toClose.push(relay);
  return relay;
};

before(async () => {
  ssl({ name: 'ca', commonName: 'Test CA', authority: true });
  const tls = ssl({
    name: 'good',
    commonName: 'slapd',
    signedBy: 'ca',
    alternativeNames: ['DNS:localhost', 'IP:127.0.0.1'],
  });
  slapd = await startSlapd(tls);
  second = await startSlapd();
});

afterEach(async () => {
  for (const definition of opened.splice(0)) await definition.close?.();
});

after(async () => {
  for (const resource of toClose.toReversed()) await resource.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a login against slapd', () => {
  it('lets in who is in the directory and tells the canonical name', async () => {
    const module = await portal([slapd.url]);
    const login = await loginOnce(module, 'alice', 'alice-secret');
    assert.equal(login.result, 'success');
    assert.equal(login.user, 'alice');
    assert.deepEqual(login.shared.get('verified-user'), { name: 'alice', domain: 'campus' });
    const upper = await loginOnce(module, 'ALICE', 'alice-secret');
    assert.equal(upper.user, 'alice', 'uid is case-insensitive in the directory; what is asserted is its own spelling');
  });

  it('tells unknown users, wrong passwords and several hits apart', async () => {
    const module = await portal([slapd.url], { userFilter: '(|(uid={name})(cn={name}))' });
    const results = async (name: string, password: string) => (await loginOnce(module, name, password)).result;
    assert.equal(await results('nobody', 'x'), 'unknown-user');
    assert.equal(await results('alice', 'wrong'), 'wrong-credential');
    assert.equal(await results('nopassword', 'x'), 'wrong-credential');
    const twin = await loginOnce(module, 'twin', 'twin-secret');
    assert.equal(twin.result, 'unknown-user');
    assert.match(twin.detail, /several entries/);
    assert.equal(await results('twin1', 'twin-secret'), 'success');
  });

  it('calls an entry with several uids by the one in its DN, whichever was typed', async () => {
    const module = await portal([slapd.url]);
    assert.equal((await loginOnce(module, 'dora.alias', 'dora-secret')).user, 'dora');
    assert.equal((await loginOnce(module, 'dora', 'dora-secret')).user, 'dora');
  });

  it('reads groups by memberUid with the canonical name, by member, and from memberOf, each once', async () => {
    const groups = async (more: Record<string, unknown>, name = 'Alice') => {
      const module = await portal([slapd.url], more);
      const { principals } = await loginOnce(module, name, 'alice-secret');
      return principals.filter(({ type }) => type === 'group').sort((a, b) => (a.name < b.name ? -1 : 1));
    };
    const group = (name: string) => ({
      type: 'group' as const,
      name,
      aliases: [`cn=${name},ou=Groups,${BONFIRE_SUFFIX}`],
    });
    const base = { groupBase: `ou=Groups,${BONFIRE_SUFFIX}` };
    const memberUid = '(&(objectClass=posixGroup)(memberUid={name}))';
    assert.deepEqual(await groups({ ...base, groupFilter: memberUid }), [group('eco2clouds'), group('experimenters')]);
    assert.deepEqual(await groups({ ...base, groupFilter: '(member={dn})' }), [group('labs')]);
    assert.deepEqual(await groups({ memberOf: true }), [group('labs')]);
    const all = { ...base, groupFilter: `(|${memberUid}(member={dn}))`, memberOf: true };
    assert.deepEqual(await groups(all), [group('eco2clouds'), group('experimenters'), group('labs')]);
    assert.deepEqual(await groups({}), []);
  });

  it('finds nobody by sixty hostile names, and is never unavailable because of one', async () => {
    const module = await portal([slapd.url]);
    for (const name of HOSTILE_NAMES) {
      const { result } = await loginOnce(module, name, 'alice-secret');
      // A blank around the name and compatibility forms are the same uid to caseIgnoreMatch.
      const same = [' alice', 'alice ', 'ａｌｉｃｅ'].includes(name) || result === 'unknown-user';
      assert.ok(same, `${JSON.stringify(name)}: ${result}`);
    }
  });

  it('sends no bind for an empty, blank or NUL password (RELIABILITY S14)', async () => {
    const relay = await startRelay(slapd.port);
    const module = await portal([`ldap://127.0.0.1:${relay.port}`]);
    for (const password of [undefined, '', ' ', '   \t', '\0', '\0abc', 'alice-secret\0']) {
      assert.match((await loginOnce(module, 'alice', password)).result, /^(missing|wrong)-credential$/);
    }
    assert.equal(relay.connections, 0);
  });

  it('is unavailable, not wrong, when the service account is refused, and when groups cannot be read', async () => {
    const refused = await portal([slapd.url], { bindPassword: new Secret('wrong') });
    const login = await loginOnce(refused, 'alice', 'alice-secret');
    assert.equal(login.result, 'unavailable');
    assert.match(login.detail, /service account is refused/);
    const blind = await portal([slapd.url], {
      groupBase: `ou=Nowhere,${BONFIRE_SUFFIX}`,
      groupFilter: '(member={dn})',
    });
    const groupless = await loginOnce(blind, 'alice', 'alice-secret');
    assert.equal(groupless.result, 'unavailable');
    assert.equal(groupless.user, undefined);
  });

  it('serves many logins at once over few connections', async () => {
    const relay = await startRelay(slapd.port);
    const module = await portal([`ldap://127.0.0.1:${relay.port}`], { poolSize: 2 });
    const logins = Array.from({ length: 100 }, (_, index) =>
      loginOnce(module, 'alice', index % 2 === 0 ? 'alice-secret' : 'wrong'),
    );
    for (const [index, { result }] of (await Promise.all(logins)).entries()) {
      assert.equal(result, index % 2 === 0 ? 'success' : 'wrong-credential');
    }
    assert.ok(relay.connections <= 4, `${relay.connections} connections`);
  });
});

describe('a directory that fails', () => {
  it('is unavailable while stopped, and works again after its start without anybody doing anything', async () => {
    const module = await portal([second.url]);
    assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'success');
    await second.stop();
    assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'unavailable');
    assert.equal((await loginOnce(module, 'alice', 'wrong')).result, 'unavailable');
    await second.start();
    await wait(1_000);
    assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'success');
    await second.stop('SIGKILL');
    await second.start();
    assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'success', 'restarted between two logins');
  });

  it('is replaced by the next URL, at once and for each login', async () => {
    const module = await portal([second.url, slapd.url]);
    await second.stop();
    for (let login = 0; login < 5; login += 1) {
      assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'success');
      assert.equal((await loginOnce(module, 'alice', 'wrong')).result, 'wrong-credential');
    }
    await second.start();
  });

  it('costs a bounded wait while it hangs, for a hundred logins as for one', async () => {
    const module = await portal([second.url], { timeout: '700ms', connectTimeout: '500ms' });
    const other = await portal([slapd.url]);
    assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'success');
    second.pause();
    const began = performance.now();
    const stuck = Promise.all(Array.from({ length: 100 }, () => loginOnce(module, 'alice', 'alice-secret')));
    assert.equal((await loginOnce(other, 'alice', 'alice-secret')).result, 'success');
    assert.ok(performance.now() - began < 600, 'others proceed meanwhile');
    for (const { result } of await stuck) assert.equal(result, 'unavailable');
    assert.ok(performance.now() - began < 1_500, 'nobody waits for another one’s time-out');
    second.resume();
    await wait(700);
    assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'success');
  });

  it('fails over from a server that hangs', async () => {
    const module = await portal([second.url, slapd.url], { timeout: '500ms' });
    second.pause();
    assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'success');
    const began = performance.now();
    assert.equal((await loginOnce(module, 'alice', 'alice-secret')).result, 'success');
    assert.ok(performance.now() - began < 300, 'the second login does not wait for the dead server');
    second.resume();
  });

  it('ends at once when the login is given up', async () => {
    const module = await portal([second.url]);
    second.pause();
    const login = new AbortController();
    const began = performance.now();
    const pending = loginOnce(module, 'alice', 'alice-secret', { signal: login.signal });
    await wait(100);
    login.abort();
    assert.equal((await pending).result, 'unavailable');
    assert.ok(performance.now() - began < 500);
    second.resume();
  });

  it('is never believed by half: cut or stalled after every number of octets', async () => {
    const relay = await startRelay(slapd.port);
    for (let octets = 0; octets < 90; octets += 1) {
      relay.behaviour = octets % 2 === 0 ? { cutAfter: octets } : { stallAfter: octets };
      const module = await portal([`ldap://127.0.0.1:${relay.port}`], { timeout: '60ms' });
      const { result } = await loginOnce(module, 'alice', 'wrong');
      // The service bind is answered with 14 octets, the search with more; the user's bind with 14 on its own connection.
      assert.ok(result === 'unavailable' || (octets >= 14 && result === 'wrong-credential'), `${octets}: ${result}`);
    }
  });
});

describe('TLS to a directory', () => {
  const ca = () => join(folder, 'ca.pem');
  const trying = async (urls: readonly string[], more: Record<string, unknown> = {}) =>
    await loginOnce(await portal(urls, { caFile: ca(), ...more }), 'alice', 'alice-secret');

  it('works by ldaps and by StartTLS with a verified certificate', async () => {
    assert.equal((await trying([`ldaps://localhost:${slapd.tlsPort}`])).result, 'success');
    assert.equal((await trying([`ldaps://127.0.0.1:${slapd.tlsPort}`])).result, 'success');
    assert.equal((await trying([`ldap://localhost:${slapd.port}`], { startTls: true })).result, 'success');
  });

  it('refuses every bad certificate, by ldaps and by StartTLS (RELIABILITY S19)', async () => {
    const names = ['DNS:localhost'];
    ssl({ name: 'other-ca', commonName: 'Other CA', authority: true });
    ssl({ name: 'old-ca', commonName: 'Old CA', authority: true, validity: [-30, -10] });
    ssl({ name: 'impostor-ca', commonName: 'Test CA', authority: true });
    ssl({ name: 'leaf-as-ca', commonName: 'Leaf', signedBy: 'ca', alternativeNames: names });
    const leaf = (name: string, more: Partial<CertificateRequest>) => ({
      name,
      commonName: 'localhost',
      signedBy: 'ca',
      alternativeNames: names,
      ...more,
    });
    const { signedBy: _, ...selfSigned } = leaf('self-signed', {});
    const bad: readonly CertificateRequest[] = [
      leaf('wrong-host', { commonName: 'ldap.example.org', alternativeNames: ['DNS:ldap.example.org'] }),
      leaf('wrong-host-cn-right', { alternativeNames: ['DNS:ldap.example.org'] }),
      leaf('suffix-host', { alternativeNames: ['DNS:localhost.example.org'] }),
      leaf('wildcard', { alternativeNames: ['DNS:*'] }),
      leaf('wrong-address', { commonName: '127.0.0.2', alternativeNames: ['IP:127.0.0.2'] }),
      leaf('address-as-name', { alternativeNames: ['DNS:127.0.0.1'] }),
      leaf('mail-only', { alternativeNames: ['email:localhost@example.org'] }),
      leaf('expired', { validity: [-30, -1] }),
      leaf('not-yet', { validity: [2, 30] }),
      leaf('common-name-only', { alternativeNames: [] }),
      leaf('unknown-authority', { signedBy: 'other-ca' }),
      leaf('expired-authority', { signedBy: 'old-ca' }),
      leaf('signed-by-leaf', { signedBy: 'leaf-as-ca' }),
      leaf('weak-key', { key: 'rsa1024' }),
      leaf('sha1', { digest: 'sha1' }),
      leaf('impostor', { signedBy: 'impostor-ca' }),
      leaf('client-only', { extendedKeyUsage: 'clientAuth' }),
      leaf('code-signing', { extendedKeyUsage: 'codeSigning' }),
      selfSigned,
      { ...selfSigned, name: 'self-signed-authority', authority: true },
    ];
    assert.equal(bad.length, 20);
    for (const request of bad) {
      const server = await startSlapd(ssl(request)).catch(() => undefined);
      if (server === undefined) {
        assert.equal(request.name, 'weak-key', `slapd refuses ${request.name} itself`);
        continue;
      }
      const relay = await startRelay(server.port);
      const host = request.name === 'address-as-name' ? '127.0.0.1' : 'localhost';
      const byTls = await trying([`ldaps://${host}:${server.tlsPort}`]);
      const byStartTls = await trying([`ldap://${host}:${relay.port}`], { startTls: true });
      assert.equal(byTls.result, 'unavailable', `${request.name}: ${byTls.result}`);
      assert.equal(byStartTls.result, 'unavailable', `${request.name}: ${byStartTls.result}`);
      assert.ok(!relay.fromClients.includes('secret'), request.name);
    }
  });

  it('never falls back to clear text when StartTLS is stripped (RELIABILITY S18)', async () => {
    const relay = await startRelay(slapd.port);
    const bindSuccess = Buffer.from('300c02010261070a010004000400', 'hex');
    const startTlsSuccess = Buffer.from('300c02010178070a010004000400', 'hex');
    const startTlsRefused = Buffer.from('300c02010178070a013404000400', 'hex');
    for (const [what, behaviour] of Object.entries({
      'answers StartTLS with an error': { answerFirst: startTlsRefused },
      'drops the answer': { stallAfter: 0 },
      'resets instead': { cutAfter: 0 },
      'cuts within the answer': { cutAfter: 7 },
      'appends a bind answer before TLS': { append: bindSuccess },
      'appends half a bind answer before TLS': { append: bindSuccess.subarray(0, 9) },
      'appends one octet': { append: Buffer.from([0x30]) },
      'says success and stays in clear text': { answerFirst: startTlsSuccess },
      'answers with a bind response': { answerFirst: Buffer.from('300c02010161070a010004000400', 'hex') },
      'answers with garbage': { answerFirst: Buffer.from('HTTP/1.1 200 OK\r\n\r\n') },
    })) {
      relay.behaviour = behaviour;
      const { result } = await trying([`ldap://localhost:${relay.port}`], { startTls: true, connectTimeout: '300ms' });
      assert.equal(result, 'unavailable', what);
    }
    assert.ok(!relay.fromClients.includes('secret'), 'no password octet in clear text');
    assert.ok(relay.connections >= 10);
    const plain = await startSlapd();
    assert.equal((await trying([plain.url], { startTls: true })).result, 'unavailable', 'a server without TLS');
  });

  it('refuses a caFile that holds no certificate when it starts', async () => {
    await assert.rejects(portal([slapd.url], { caFile: join(folder, 'ca.key') }), { code: 'LDAP_CA_FILE' });
    await assert.rejects(portal([slapd.url], { caFile: join(folder, 'missing.pem') }), { code: 'LDAP_CA_FILE' });
  });
});
