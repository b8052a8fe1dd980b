/** The offline tools of OpenLDAP over a folder of their own: `slapadd`, `slapcat`, `slapdn`. No server runs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCHEMAS = ['core', 'cosine', 'nis', 'inetorgperson'];

export class SlapdTools {
  readonly #folder = mkdtempSync(join(tmpdir(), 'realmgate-slapd-tools-'));
  readonly #configuration = join(this.#folder, 'slapd.conf');

  constructor(suffix: string) {
    mkdirSync(join(this.#folder, 'data'));
    const lines = [
      ...SCHEMAS.map((name) => `include /etc/ldap/schema/${name}.schema`),
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'database mdb',
      `suffix "${suffix}"`,
      `directory ${this.#folder}/data`,
      'maxsize 67108864',
      'dbnosync',
      '',
    ];
    writeFileSync(this.#configuration, lines.join('\n'));
  }

  /** Adds the entries of an LDIF; returns what slapadd had to say, empty when it took all of them. */
  add(ldif: string | Uint8Array): string {
    const file = join(this.#folder, 'input.ldif');
    writeFileSync(file, ldif);
    const { status, stderr } = spawnSync('/usr/sbin/slapadd', ['-f', this.#configuration, '-l', file]);
    return status === 0 ? '' : stderr.toString();
  }

  cat(): Buffer {
    return execFileSync('/usr/sbin/slapcat', ['-f', this.#configuration], { maxBuffer: 2 ** 28, stdio: 'pipe' });
  }

  /** The names as slapd writes them; undefined for those that it takes for none. No text may have a line end in it. */
  names(texts: readonly string[]): readonly (string | undefined)[] {
    const names: (string | undefined)[] = [];
    while (names.length < texts.length) {
      // slapdn ends with the first that is none.
      const args = ['-f', this.#configuration, '-P', ...texts.slice(names.length)];
      const { status, stdout } = spawnSync('/usr/sbin/slapdn', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
      names.push(...stdout.split('\n').slice(0, -1));
      if (status !== 0) names.push(undefined);
    }
    return names;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
