/**
 * The one style sheet of the server's own pages: no script, no font, no request beyond the page itself.
 * Sent inline and allowed by its hash, so that the pages keep a strict Content-Security-Policy.
 */
import { createHash } from 'node:crypto';

export const STYLE = `
:root{color-scheme:light dark;--page:#f3f5f4;--card:#fff;--ink:#16211e;--soft:#54625d;--line:#cfd8d4;--accent:#0b6b57;--accent-ink:#fff;--bad:#a3271f;--bad-page:#fcefed}
@media(prefers-color-scheme:dark){:root{--page:#101614;--card:#18211e;--ink:#e8efec;--soft:#9fb0aa;--line:#34433e;--accent:#5fc9ad;--accent-ink:#06231c;--bad:#ff9d92;--bad-page:#33201d}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;grid-template-rows:1fr auto;background:var(--page);color:var(--ink)}
main{align-self:center;justify-self:center;width:min(100% - 2rem,25rem);margin:2rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:clamp(1.25rem,5vw,2.25rem)}
.mark{display:flex;gap:.6rem;align-items:center;margin:0 0 1.5rem;font-size:.9rem;color:var(--soft)}
.mark svg{width:1.6rem;height:1.6rem;color:var(--accent);flex:none}
h1{font-size:1.45rem;line-height:1.25;margin:0 0 .4rem;font-weight:650;letter-spacing:-.01em;text-wrap:balance}
p{margin:0 0 1rem;color:var(--soft)}
label{display:block;font-weight:550;margin:1.1rem 0 .35rem}
input{width:100%;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:9px;padding:.7rem .8rem;min-height:2.9rem}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button{width:100%;font:inherit;font-weight:600;margin-top:1.6rem;min-height:2.9rem;border:0;border-radius:9px;background:var(--accent);color:var(--accent-ink);cursor:pointer}
button:hover{filter:brightness(1.08)}
a{color:var(--accent)}
.notice{background:var(--bad-page);color:var(--bad);border-radius:9px;padding:.75rem .9rem;margin:1rem 0 0}
.id{font:0.95rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--page);border:1px solid var(--line);border-radius:8px;padding:.5rem .7rem;overflow-wrap:anywhere;user-select:all}
dl{margin:0;display:grid;gap:.2rem}dt{font-size:.85rem;color:var(--soft)}dd{margin:0 0 .8rem;font-weight:550;overflow-wrap:anywhere}
footer{padding:1rem;text-align:center;font-size:.8rem;color:var(--soft)}
`.replace(/\n/g, '');

/** The source expression that lets exactly STYLE in: `'sha256-…'`. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
