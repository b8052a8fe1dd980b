/**
 * Operations begins what a message asks for: the one place that knows which operation is answered by what.
 */
import type { Schema } from '../../../x500/index.ts';
import type { Controls } from '../codec/controls.ts';
import { ExtendedOperation } from '../codec/protocol.ts';
import type { AnsweredRequest, ExtendedRequest, LdapMessage } from '../codec/request.ts';
import type { DoorPorts, DoorSettings } from '../ports.ts';
import type { SearchOperation } from '../search-operation.ts';
import type { Session } from '../session.ts';
import { bind, mechanismsOf } from './bind.ts';
import { change } from './change.ts';
import { compare } from './compare.ts';
import type { MadeUpEntry } from './made-up-entry.ts';
import { modifyPassword } from './password-modify.ts';
import { type Reply, reply, SUCCESS } from './reply.ts';
import { namesSubschema, rootDse, subschemaSubentry } from './root-dse.ts';
import { beginSearch, type ServerEntries } from './search.ts';

/** A reply at once or later, or a search that is advanced turn by turn. `signal` gives what ends it when it is canceled. */
export type Begun = Reply | Promise<Reply> | SearchOperation;

export class Operations implements ServerEntries {
  readonly #ports: DoorPorts;
  readonly #settings: DoorSettings;
  #subschema: { readonly of: Schema; readonly entry: MadeUpEntry } | undefined;

  constructor(ports: DoorPorts, settings: DoorSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  begin(session: Session, { id, request, controls }: LdapMessage<AnsweredRequest>, signal: () => AbortSignal): Begun {
    const ports = this.#ports;
    switch (request.op) {
      case 'search':
        return beginSearch(ports, this, session, id, request, controls);
      case 'bind':
        return bind(ports, this.#settings, session, request, controls);
      case 'compare':
        return compare(ports, this, session, request, controls);
      case 'add':
      case 'delete':
      case 'modify':
      case 'rename':
        return change(ports, session, request, controls, signal());
      case 'extended':
        return this.#extended(session, request, controls, signal);
      case 'refused':
        return { result: request.result };
    }
  }

  entryNamed(name: Buffer, session: Session): MadeUpEntry | undefined {
    if (name.length === 0) return this.#rootDse(session);
    return namesSubschema(name) ? this.#subschemaSubentry() : undefined;
  }

  #rootDse(session: Session): MadeUpEntry {
    const { schema, namingContexts } = this.#ports.directory();
    return rootDse({
      schema,
      namingContexts,
      version: this.#settings.version,
      startTls: !session.secure && this.#settings.offersStartTls,
      mechanisms: mechanismsOf(session),
    });
  }

  #subschemaSubentry(): MadeUpEntry {
    const { schema } = this.#ports.directory();
    if (this.#subschema?.of !== schema) {
      this.#subschema = { of: schema, entry: subschemaSubentry(schema, this.#ports.clock.now()) };
    }
    return this.#subschema.entry;
  }

  #extended(session: Session, request: ExtendedRequest, controls: Controls, signal: () => AbortSignal): Begun {
    switch (request.name) {
      case ExtendedOperation.whoAmI:
        return { result: SUCCESS, parts: { value: Buffer.from(this.#authorizationIdentity(session)) } };
      case ExtendedOperation.passwordModify:
        return modifyPassword(this.#ports, this.#settings, session, request, controls, signal);
      default:
        return reply('protocolError', 'this extended operation is not known');
    }
  }

  /** As whom the connection acts (RFC 4532): its entry may have been renamed since it bound, or be gone. */
  #authorizationIdentity({ asker }: Session): string {
    if (asker.kind !== 'entry') return '';
    const { view } = this.#ports.directory();
    const entry = view.byUuid(asker.uuid);
    return entry === undefined ? '' : `dn:${view.dnText(entry)}`;
  }
}
