/**
 * Answers a realm's callbacks with what one request brought. What it did not bring stays unanswered.
 */
import type { X509Certificate } from 'node:crypto';
import type { Secret } from '../../base/index.ts';
import type { Callback, CallbackHandler } from '../../realm/index.ts';

export interface SentCredentials {
  readonly name?: string;
  readonly password?: Secret;
  readonly chain?: readonly X509Certificate[];
  /** Reads a header that a trusted proxy set. */
  readonly header?: (name: string) => string | undefined;
}

export function answerWith(sent: SentCredentials): CallbackHandler {
  return (callbacks) => {
    for (const callback of callbacks) answer(callback, sent);
    return undefined;
  };
}

function answer(callback: Callback, { name, password, chain, header }: SentCredentials): void {
  switch (callback.kind) {
    case 'name':
      if (name !== undefined) callback.name = name;
      return;
    case 'password':
      if (password !== undefined) callback.password = password;
      return;
    case 'certificate-chain':
      if (chain !== undefined) callback.chain = chain;
      return;
    case 'header': {
      const value = header?.(callback.header);
      if (value !== undefined) callback.value = value;
      return;
    }
    case 'one-time-code':
      return;
  }
}
