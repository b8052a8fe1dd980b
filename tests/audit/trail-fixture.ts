/** A trail in a folder of its own, with a key of its own and a clock that the test moves. */
import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ActRecord,
  type AttemptRecord,
  type AuditReport,
  type AuditTrail,
  type AuditTrailOptions,
  auditSchema,
  type DecisionRecord,
  type HeadSigner,
  type HeadVerifier,
  openAuditTrail,
  verifyAudit,
} from '../../src/audit/index.ts';
import { silentLogger, systemRandom } from '../../src/base/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

export function headSigner(key: KeyObject = privateKey): HeadSigner {
  return { keyId: 'key', sign: (octets) => sign(null, octets, key) };
}

export const headVerifier: HeadVerifier = (keyId, octets, signature) =>
  keyId === 'key' && verify(null, octets, publicKey, signature);

export class TrailFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'realmgate-audit-'));
  readonly clock = new ManualClock();

  open(more: Partial<AuditTrailOptions> = {}): AuditTrail {
    return openAuditTrail({
      ...auditSchema.parse({}),
      folder: this.folder,
      chain: 'a',
      clock: this.clock,
      random: systemRandom,
      signer: headSigner(),
      logger: silentLogger,
      ...more,
    });
  }

  /** Lets time pass, and the signing of heads that it started come to its end. */
  async advance(span: number): Promise<void> {
    this.clock.advance(span);
    for (let wait = 0; wait < 5 || !this.#isHeadLaidDown(); wait++) {
      if (wait === 1000) throw new Error('the head was not laid down');
      await new Promise((settle) => setTimeout(settle, wait < 5 ? 0 : 2));
    }
  }

  #isHeadLaidDown(): boolean {
    const last = this.lines().findLast((line) => line.includes('"kind":"head"'));
    const [, id = ''] = /"id":"([^"]+)"/.exec(last ?? '') ?? [];
    return last === undefined || this.text('audit-a.head').includes(id);
  }

  files(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort();
  }

  text(name: string): string {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  lines(): readonly string[] {
    return this.files().flatMap((name) => this.text(name).split('\n').slice(0, -1));
  }

  verify(): Promise<AuditReport> {
    return verifyAudit({ folder: this.folder, verify: headVerifier });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function attempt(trail: AuditTrail, more: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    kind: 'attempt',
    id: trail.newId(),
    door: 'form',
    realm: 'staff',
    service: 'portal',
    name: 'alice',
    client: '192.0.2.7',
    modules: [{ position: 1, use: 'htpasswd', domain: 'guests', flag: 'sufficient', result: 'success', ms: 1.5 }],
    outcome: 'authenticated',
    domain: 'guests',
    principals: [{ type: 'user', name: 'alice', domain: 'guests', module: '1:htpasswd' }],
    ...more,
  };
}

export function refusedAttempt(trail: AuditTrail, more: Partial<AttemptRecord> = {}): AttemptRecord {
  const { domain: _, ...rest } = attempt(trail);
  return { ...rest, outcome: 'refused', reason: 'wrong-credential', principals: [], ...more };
}

export function decision(trail: AuditTrail, more: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    kind: 'decision',
    id: trail.newId(),
    service: 'portal',
    session: 's-1',
    host: 'portal.example.org',
    path: '/idm/',
    method: 'GET',
    client: '192.0.2.7',
    realm: 'staff',
    name: 'alice',
    domain: 'guests',
    permitted: true,
    reason: 'allowed-group',
    generation: 1,
    matched: ['campus\\labs'],
    roles: ['experimenter'],
    ...more,
  };
}

export function act(trail: AuditTrail, more: Partial<ActRecord> = {}): ActRecord {
  return { kind: 'act', id: trail.newId(), action: 'session.revoke', by: 'operator', target: 's-1', ...more };
}
