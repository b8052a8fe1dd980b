/**
 * The login form and the second step for a one-time code. Works without JavaScript.
 */
import { html } from './html.ts';
import { type Page, page } from './page.ts';

/**
 * must-change  the password was right, and has to be changed before it lets in: only who knows it is told
 * expired      the form was open for too long
 */
export type LoginFailureKind = 'refused' | 'must-change' | 'unavailable' | 'expired';

/** Hidden fields that travel through the form unchanged. */
export type CarriedFields = Readonly<Record<string, string>>;

export interface LoginPageOptions {
  readonly serviceName: string;
  readonly fields: CarriedFields;
  readonly formTarget: string;
  /** What the visitor typed before, to spare typing it again. */
  readonly name?: string;
  /** Set after a failed attempt: the id by which the operator finds the reason. */
  readonly failure?: { readonly kind: LoginFailureKind; readonly id: string | undefined };
}

const FAILURE = {
  refused: 'This name and password do not let you in.',
  'must-change':
    'Your password is right, but it is too old or was set by somebody else: you have to change it before you can log in here. Change it where you manage your account, or ask your administrator for a new one.',
  unavailable: 'Your login could not be checked just now. Your password may be right; please try again in a minute.',
  expired: 'This page was open for too long. Please log in again.',
} as const;

const STATUS = { refused: 401, 'must-change': 401, unavailable: 503, expired: 400 } as const;

export function loginPage(options: LoginPageOptions): Page {
  const { failure } = options;
  return page({
    status: failure === undefined ? 200 : STATUS[failure.kind],
    title: `Log in to ${options.serviceName}`,
    formTargets: [options.formTarget],
    body: html`<h1>Log in to ${options.serviceName}</h1>
${failure && html`<p class="notice" role="alert">${FAILURE[failure.kind]}${failure.id !== undefined ? html`<br>Code: ${failure.id}` : undefined}</p>`}
<form method="post" action="/.realmgate/login">${hidden(options.fields)}
<label for="name">User name</label><input id="name" name="name" value="${options.name ?? ''}" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="256" required autofocus>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" maxlength="4096" required>
<button>Log in</button></form>`,
  });
}

export interface CodePageOptions {
  readonly serviceName: string;
  readonly fields: CarriedFields;
  readonly formTarget: string;
}

export function codePage(options: CodePageOptions): Page {
  return page({
    status: 200,
    title: 'One-time code',
    formTargets: [options.formTarget],
    body: html`<h1>One more step</h1><p>Enter the six digits that your authenticator app shows for ${options.serviceName}.</p>
<form method="post" action="/.realmgate/login/code">${hidden(options.fields)}
<label for="code">One-time code</label><input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required autofocus>
<button>Go on</button></form>`,
  });
}

function hidden(fields: CarriedFields) {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}
