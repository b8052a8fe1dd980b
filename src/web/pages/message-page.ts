/**
 * Pages that tell the visitor one thing: refused, unavailable, logged out, a bad address, a back end that is down.
 * The visitor sees the id of the decision, never its reason (security rule 12).
 */
import { html } from './html.ts';
import type { CarriedFields } from './login-page.ts';
import { type Page, page } from './page.ts';

export type Message =
  | 'forbidden'
  | 'unavailable'
  | 'bad-request'
  | 'unknown-service'
  | 'bad-gateway'
  | 'gateway-timeout';

const MESSAGE: Readonly<Record<Message, { status: number; title: string; text: string }>> = {
  forbidden: {
    status: 403,
    title: 'You may not enter here',
    text: 'You are logged in, but your account is not among those admitted to this service. If it should be, give the code below to the people who run it.',
  },
  unavailable: {
    status: 503,
    title: 'Not available just now',
    text: 'It could not be checked whether you may enter. Nothing is wrong with your password. Please try again in a minute.',
  },
  'bad-request': {
    status: 400,
    title: 'This address is not clear',
    text: 'The address could be read in more than one way, so it was refused. Please start again from the front page of the service.',
  },
  'unknown-service': {
    status: 404,
    title: 'Nothing is here',
    text: 'No service is set up under this address.',
  },
  'bad-gateway': {
    status: 502,
    title: 'The service does not answer',
    text: 'You may enter, but the service behind this gate refused the connection or broke it off. Please try again in a minute.',
  },
  'gateway-timeout': {
    status: 504,
    title: 'The service is too slow',
    text: 'You may enter, but the service behind this gate did not answer in time. Please try again.',
  },
};

export function statusOf(message: Message): number {
  return MESSAGE[message].status;
}

/** The page for `message`; `id` is what `realmgate explain` takes. */
export function messagePage(message: Message, id: string | undefined): Page {
  const { status, title, text } = MESSAGE[message];
  return page({
    status,
    title,
    body: html`<h1>${title}</h1><p>${text}</p>${id && html`<dl><dt>Code</dt><dd class="id">${id}</dd></dl>`}`,
  });
}

export interface LogoutPageOptions {
  readonly name: string;
  readonly fields: CarriedFields;
}

/** Asks before logging out, so that a link alone cannot end a session. */
export function logoutPage({ name, fields }: LogoutPageOptions): Page {
  return page({
    status: 200,
    title: 'Log out',
    body: html`<h1>Log out everywhere?</h1><p>You are logged in as <strong>${name}</strong>. This ends your session at every service behind this gate, open connections included.</p>
<form method="post" action="/.realmgate/logout">${Object.entries(fields).map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}<button>Log out</button></form>`,
  });
}

export function loggedOutPage(): Page {
  return page({
    status: 200,
    title: 'Logged out',
    body: html`<h1>You are logged out</h1><p>Your session has ended at every service behind this gate.</p>`,
  });
}
