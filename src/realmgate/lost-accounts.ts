/**
 * Ends the sessions of people whose account in the directory is gone or disabled, whoever did that and by whatever door
 * (security rule 10, RELIABILITY S10). One look at the sessions serves all changes of a moment.
 */
import { type Milliseconds, messageOf, type Timer } from '../base/index.ts';
import { Space } from '../directory/index.ts';
import type { Configuration } from './configuration.ts';
import type { Installation } from './installation.ts';
import type { OwnDirectory } from './own-directory.ts';

/** Many changes in a row are one look; a session outlives its account by no more. */
const GATHERING: Milliseconds = 100;

export class LostAccounts {
  readonly #installation: Pick<Installation, 'clock' | 'logger' | 'sessions'>;
  readonly #own: OwnDirectory;
  readonly #configuration: () => Configuration;
  readonly #stop: () => void;
  #due: Timer | undefined;

  constructor(
    installation: Pick<Installation, 'clock' | 'logger' | 'sessions'>,
    own: OwnDirectory,
    configuration: () => Configuration,
  ) {
    this.#installation = installation;
    this.#own = own;
    this.#configuration = configuration;
    this.#stop = own.onCommitted((writes) => {
      const lost = writes?.some(({ space, key }) => space === Space.entry && this.#isLost(key)) ?? true;
      if (lost) this.#due ??= this.#installation.clock.after(GATHERING, () => this.#look());
    });
  }

  close(): void {
    this.#stop();
    this.#due?.cancel();
  }

  /** A password that has expired keeps nobody out who is in. */
  #isLost(uuid: Uint8Array): boolean {
    const answer = this.#own.current.verifiers.admit(uuid, { now: this.#installation.clock.now() });
    return answer.kind === 'refused' && (answer.reason === 'disabled' || answer.reason === 'unknown-user');
  }

  #look(): void {
    this.#due = undefined;
    const { logger, sessions } = this.#installation;
    const { logins, view } = this.#own.current;
    const { realms } = this.#configuration();
    for (const { id, subject } of [...sessions.list()]) {
      const modules = realms.get(subject.realm)?.modules ?? [];
      if (!modules.some((module) => module.use === 'directory' && module.domain === subject.domain)) continue;
      const entry = logins.find(subject.name);
      if (entry !== undefined && !this.#isLost(view.uuid(entry))) continue;
      sessions.end(id, 'revoked').catch((error: unknown) => {
        logger.error('a session could not be ended', { session: id, error: messageOf(error) });
      });
    }
  }
}
