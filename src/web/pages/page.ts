/**
 * Page is a whole HTML answer: a status, the document and the headers that keep it safe.
 */
import { Html, html } from './html.ts';
import { STYLE, STYLE_SOURCE } from './style.ts';

export interface Page {
  readonly status: number;
  readonly html: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface PageOptions {
  readonly status: number;
  readonly title: string;
  readonly body: Html;
  /** Origins beside our own that a form of this page may end at; browsers check the redirect after a post too. */
  readonly formTargets?: readonly string[];
}

const MARK = new Html(
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M4 21V9l8-6 8 6v12"/><path d="M9 21v-7a3 3 0 0 1 6 0v7"/></svg>',
);

/** Builds a page around `body`. Nothing of it may be cached, framed, or run a script. */
export function page({ status, title, body, formTargets = [] }: PageOptions): Page {
  const document = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><main><div class="card"><div class="mark">${MARK}<span>Realmgate</span></div>${body}</div></main><footer>Protected by Realmgate</footer></body></html>
`;
  return { status, html: document.text, headers: safetyHeaders(formTargets) };
}

function safetyHeaders(formTargets: readonly string[]): readonly (readonly [string, string])[] {
  const policy = [
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return [
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Cache-Control', 'no-store'],
    ['Content-Security-Policy', policy.join('; ')],
    ['Referrer-Policy', 'no-referrer'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
  ];
}
