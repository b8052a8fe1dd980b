/** The three kinds of answer of the server's own pages. */
import type { ServerResponse } from 'node:http';
import type { Page } from './pages/page.ts';

/** Sends a page; `cookies` are whole Set-Cookie values. */
export function sendPage(response: ServerResponse, page: Page, cookies: readonly string[] = []): void {
  response.statusCode = page.status;
  for (const [name, value] of page.headers) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader('Set-Cookie', [...cookies]);
  response.end(page.html);
}

/** Sends the browser on with a GET (303, so that a form post is not repeated). */
export function sendRedirect(response: ServerResponse, location: string, cookies: readonly string[] = []): void {
  response.statusCode = 303;
  response.setHeader('Location', location);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Referrer-Policy', 'no-referrer');
  if (cookies.length > 0) response.setHeader('Set-Cookie', [...cookies]);
  response.end();
}

export function sendStatus(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(`${text}\n`);
}
