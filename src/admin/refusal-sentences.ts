/** Why a login was refused, in a sentence for the operator. The reasons are those of realm. */
import type { RefusalReason } from '../realm/index.ts';

const SENTENCE: Readonly<Record<RefusalReason, (who: string) => string>> = {
  'unknown-user': (who) => `no source of the realm knows ${who}`,
  'wrong-credential': (who) => `the password or other credential of ${who} was wrong`,
  'missing-credential': (who) => `${who} sent nothing that a module of the realm could verify`,
  locked: (who) => `${who} is locked after too many failed logins; the lock ends by itself`,
  disabled: (who) => `the source does not let the account of ${who} log in, whatever the password`,
  'must-change': (who) =>
    `the password of ${who} was right and has to be changed before it lets in; \`realmgate user passwd\` sets another one`,
  unavailable: (who) => `a source did not answer, and none of the others let ${who} in`,
  error: () => 'a module failed; its detail is below and in the log of the server',
  'malformed-name': () => 'the login name is empty, too long or has control characters',
  'empty-password': (who) => `${who} sent an empty password, which never logs in`,
  'long-password': (who) => `${who} sent a password of more than 4 KiB, which is not looked at`,
  'nothing-verified': (who) => `no module verified a credential of ${who}; the stack alone would have let them in`,
  'different-users': (who) => `two modules verified two different users for the name ${who}`,
  'outside-hours': (who) => `${who} may not be logged in at this hour`,
  'unknown-challenge': () => 'a one-time code came for a login that waits no more, or from another browser',
};

export function refusalSentence(reason: string | undefined, who: string): string {
  if (reason === undefined || !Object.hasOwn(SENTENCE, reason)) return `${who} was refused`;
  return SENTENCE[reason as RefusalReason](who);
}
