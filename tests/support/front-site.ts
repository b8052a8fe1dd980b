/** What stands behind a front proxy under test: an application, a directory, users, and Realmgate as documented. */
import type { Answer } from '../../scripts/quickstart/browser.ts';
import { BONFIRE_LDIF, BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from './bonfire-tree.ts';
import { type FrontPlaces, type FrontProxyKind, siteBehind } from './front-proxies.ts';
import { guardedApp } from './guarded-app.ts';
import { htpasswdLine, RealmgateSite } from './realmgate-site.ts';
import type { ServerProcess } from './server-process.ts';
import { Slapd } from './slapd.ts';

/** alice of the directory is in labs; the others are of the file: gamer in a denied group, Zoë not of ASCII. */
export const ALICE = ['alice', 'alice-secret'] as const;
export const BOB = ['bob', 'bob-secret'] as const;
export const GAMER = ['gamer', 'gamer-secret'] as const;
export const ZOE = ['Zoë', 'zoë-secret'] as const;

const realm = (directory: string) => `realms:
  staff:
    modules:
      - { use: groups, flag: optional, domain: unix, memberDomain: guests, file: group }
      - use: ldap
        flag: sufficient
        domain: campus
        urls: [ "${directory}" ]
        bindDn: "${PORTAL_DN}"
        bindPassword: ${PORTAL_PASSWORD}
        userBase: "ou=People,${BONFIRE_SUFFIX}"
        userFilter: "(uid={name})"
        groupBase: "ou=Groups,${BONFIRE_SUFFIX}"
        groupFilter: "(&(objectClass=groupOfNames)(member={dn}))"
      - { use: htpasswd, flag: sufficient, domain: guests, file: htpasswd }
`;

export class FrontSite {
  readonly slapd: Slapd;
  readonly application: ServerProcess;

  private constructor(slapd: Slapd, application: ServerProcess) {
    this.slapd = slapd;
    this.application = application;
  }

  static async start(): Promise<FrontSite> {
    const slapd = await Slapd.start({ suffix: BONFIRE_SUFFIX, ldif: BONFIRE_LDIF, readers: [PORTAL_DN] });
    return new FrontSite(slapd, await guardedApp());
  }

  /** Realmgate for the front proxy at `places`; `edit` changes the documented configuration. */
  realmgate({ page }: FrontProxyKind, places: FrontPlaces, edit = (text: string) => text): Promise<RealmgateSite> {
    return RealmgateSite.start({
      port: places.realmgate,
      files: {
        'front.yaml': edit(siteBehind(page, places)),
        'site.yaml': realm(this.slapd.url),
        group: 'games:x:60:gamer\n',
        htpasswd: [BOB, GAMER, ZOE].map(([name, password]) => htpasswdLine(name, password)).join(''),
      },
    });
  }

  async stop(): Promise<void> {
    await this.application.stop();
    await this.slapd.close();
  }
}

export function title({ body }: Answer): string {
  return /<title>([^<]*)<\/title>/.exec(body)?.[1] ?? body.slice(0, 200);
}

export function heading({ body }: Answer): string {
  return /<h1>([^<]*)<\/h1>/.exec(body)?.[1] ?? body.slice(0, 200);
}

/** The id of a login or decision on a page or in a line. */
export function idIn(text: string): string | undefined {
  return /[0-9A-Z]{10}-[0-9a-z]+-[0-9A-Z]{10}/.exec(text)?.[0];
}
