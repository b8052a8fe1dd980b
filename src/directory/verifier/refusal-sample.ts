/**
 * RefusalSample knows the costliest form of all stored passwords, which every refusal has to cost (security rule 7):
 * otherwise the time of an answer tells who has an account, and how its password is stored.
 *
 * Forms are counted by what comes before their salt (`{SSHA}`, `$argon2id$v=19$m=19456,t=2,p=1$`, `$2y$10$`), which
 * decides the cost. So a million passwords make a handful of counts, and no form is parsed but the first of its kind.
 */
import { decoyOf, STANDARD_SAMPLE, schemeOf } from '../../password/index.ts';

interface Kind {
  count: number;
  /** A decoy of a form of this kind, and what it costs. */
  sample: { readonly form: string; readonly cost: number } | undefined;
}

/** What parameters of a kind of form may come to, so that a hostile import cannot fill the memory. */
const MOST_KINDS = 4096;

export class RefusalSample {
  readonly #kinds = new Map<string, Kind>();
  #costliest: string | undefined;

  add(form: string): void {
    const prefix = prefixOf(form);
    let kind = this.#kinds.get(prefix);
    if (kind === undefined) {
      if (this.#kinds.size >= MOST_KINDS) return;
      kind = { count: 0, sample: undefined };
      this.#kinds.set(prefix, kind);
    }
    kind.count += 1;
    if (kind.sample !== undefined) return;
    const cost = schemeOf(form)?.cost;
    if (cost === undefined) return;
    kind.sample = { form: decoyOf(form), cost };
    this.#costliest = undefined;
  }

  remove(form: string): void {
    const prefix = prefixOf(form);
    const kind = this.#kinds.get(prefix);
    if (kind === undefined) return;
    kind.count -= 1;
    if (kind.count > 0) return;
    this.#kinds.delete(prefix);
    this.#costliest = undefined;
  }

  /** The form to verify against where there is none, which no password matches; the standard one while there are no passwords. */
  get form(): string {
    this.#costliest ??= this.#find();
    return this.#costliest;
  }

  #find(): string {
    let costliest: Kind['sample'];
    for (const { sample } of this.#kinds.values()) {
      if (sample !== undefined && sample.cost > (costliest?.cost ?? -1)) costliest = sample;
    }
    return costliest?.form ?? STANDARD_SAMPLE;
  }
}

/** Everything of a form up to its salt. */
function prefixOf(form: string): string {
  const label = form.startsWith('{') ? form.indexOf('}') + 1 : 0;
  if (form.startsWith('{PBKDF2', 0) || form.startsWith('{pbkdf2', 0)) {
    return form.slice(0, form.indexOf('$') + 1);
  }
  if (form.charCodeAt(label) !== DOLLAR) return form.slice(0, label);
  let end = form.indexOf('$', label + 1) + 1;
  if (end === 0) return form.slice(0, label + 1);
  // bcrypt and yescrypt have one field of parameters, argon2 and SHA-crypt as many as have an equals sign.
  const next = form.charCodeAt(label + 1);
  if (next === TWO || next === Y) return form.slice(0, form.indexOf('$', end) + 1);
  for (
    let stop = form.indexOf('$', end);
    stop > 0 && form.slice(end, stop).includes('=');
    stop = form.indexOf('$', end)
  ) {
    end = stop + 1;
  }
  return form.slice(0, end);
}

const DOLLAR = 0x24;
const TWO = 0x32;
const Y = 0x79;
