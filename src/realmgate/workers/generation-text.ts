/** Writes down a generation of the configuration for the workers. */
import type { Generation } from '../../config/index.ts';
import type { LoginRealm, WebTls } from '../../web/index.ts';
import type { GenerationText } from './messages.ts';

/** `realms`: those of the same generation, with their modules. */
export function generationText(
  { number, text }: Pick<Generation<unknown>, 'number' | 'text'>,
  environment: NodeJS.ProcessEnv,
  realms: ReadonlyMap<string, LoginRealm>,
  tls: WebTls | undefined,
  ldapTls: GenerationText['ldapTls'],
): GenerationText {
  const overrides = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('REALMGATE__') && value !== undefined ? [[name, value]] : [],
  );
  return {
    number,
    text,
    tls,
    ldapTls,
    environment: Object.fromEntries(overrides),
    realms: new Map(
      [...realms].map(([name, { takesCertificates, loginHeaders, headers }]) => [
        name,
        { takesCertificates, loginHeaders, headers },
      ]),
    ),
  };
}
