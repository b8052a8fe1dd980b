/**
 * StoredForm is what a stored password verifier turns out to be once its text has been understood.
 *
 * The text comes from files that others write, so its cost parameters are limits to check before anything is
 * spent: a line that asks for four gibibytes or a day of hashing is not a password form, it is an attack or a
 * mistake. Whatever is not exactly one of the forms below (a locked account's `*`, `!` or `x`, an empty or cut
 * text, an unknown scheme) parses to `undefined`, and nothing can ever match it.
 *
 * INVARIANT: a form that parses has a checksum of full length, so that a cut text never becomes an easier one.
 *
 * Forms: crypt(5) of libxcrypt; Apache's "Password Formats"; RFC 2307 section 5.3 and OpenLDAP's slapd.conf(5)
 * `password-hash`; slapd-pw-pbkdf2(5); the PHC string format of RFC 9106's reference code; and OMERO's, which has no
 * scheme of its own and is taken for nothing unless an import has labelled it `{OMERO-MD5}`.
 */
import { CRYPT64 } from './crypt64.ts';

/** The longest stored text that is looked at, in characters. */
export const LONGEST_STORED_FORM = 1024;

const LEAST_BCRYPT_COST = 4;
const GREATEST_BCRYPT_COST = 16;
const LEAST_SHA_CRYPT_ROUNDS = 1000;
const GREATEST_SHA_CRYPT_ROUNDS = 1_000_000;
const DEFAULT_SHA_CRYPT_ROUNDS = 5000;
/** Kibibytes: 256 MiB. */
const GREATEST_ARGON2_MEMORY = 256 * 1024;
/** Kibibytes times passes: one gibibyte of memory written in all. */
const GREATEST_ARGON2_WORK = 1024 * 1024;
const GREATEST_ARGON2_LANES = 16;
/** Octets: 256 MiB. */
const GREATEST_YESCRYPT_MEMORY = 256 * 1024 * 1024;
const GREATEST_DIGEST_SALT = 64;
/** Two to three seconds of one core. */
const GREATEST_PBKDF2_ITERATIONS = 5_000_000;
const GREATEST_PBKDF2_SALT = 64;
/** OMERO's user ids are Java's long. */
const GREATEST_OMERO_ID = 2n ** 63n - 1n;

export type Argon2Form = {
  readonly scheme: 'argon2id' | 'argon2i' | 'argon2d';
  readonly version: 16 | 19;
  /** Kibibytes. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Uint8Array;
  readonly tag: Uint8Array;
};

export type BcryptForm = { readonly scheme: 'bcrypt'; readonly cost: number; readonly text: string };

export type Md5CryptForm = {
  readonly scheme: 'md5-crypt' | 'apr1';
  readonly salt: string;
  readonly checksum: string;
};

export type ShaCryptForm = {
  readonly scheme: 'sha256-crypt' | 'sha512-crypt';
  readonly rounds: number;
  readonly salt: string;
  readonly checksum: string;
};

export type LibcryptForm =
  | { readonly scheme: 'des-crypt'; readonly text: string }
  | { readonly scheme: 'yescrypt' /** Octets. */; readonly memory: number; readonly text: string };

export type DigestForm = {
  readonly scheme: 'md5' | 'smd5' | 'sha' | 'ssha' | 'sha256' | 'ssha256' | 'sha512' | 'ssha512';
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512';
  readonly digest: Uint8Array;
  readonly salt: Uint8Array;
};

export type Pbkdf2Form = {
  readonly scheme: 'pbkdf2-sha1' | 'pbkdf2-sha256' | 'pbkdf2-sha512';
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
};

export type OmeroForm = {
  readonly scheme: 'omero-md5';
  readonly digest: Uint8Array;
  /** The id of the user, which is the salt from OMERO 5 on. */
  readonly userId?: bigint;
};

/** What the crypt thread derives. */
export type ThreadForm = Md5CryptForm | ShaCryptForm | LibcryptForm;

/** What takes microseconds. */
export type QuickForm = DigestForm | OmeroForm;

/** What takes a derivation. */
export type CostlyForm = Argon2Form | BcryptForm | ThreadForm | Pbkdf2Form;

export type StoredForm = QuickForm | CostlyForm;

/** Understands a stored verifier; `undefined` for everything that no password may ever match. */
export function parseStoredForm(stored: string): StoredForm | undefined {
  if (stored.length > LONGEST_STORED_FORM) return undefined;
  const labelled = /^\{([A-Za-z0-9-]{1,16})\}(.*)$/.exec(stored);
  if (labelled === null) return parseCrypt(stored);
  const label = labelled[1]!.toLowerCase();
  const text = labelled[2]!;
  if (label === 'crypt') return parseCrypt(text);
  if (label === 'argon2') return parseArgon2(text);
  if (label === 'omero-md5') return parseOmero(text);
  return parseDigest(label, text) ?? parsePbkdf2(label, text);
}

function parseCrypt(text: string): StoredForm | undefined {
  if (!text.startsWith('$')) return DES.test(text) ? { scheme: 'des-crypt', text } : undefined;
  return parseBcrypt(text) ?? parseMd5Crypt(text) ?? parseShaCrypt(text) ?? parseArgon2(text) ?? parseYescrypt(text);
}

/** Two characters of salt and eleven of checksum, nothing else. */
const DES = /^[./0-9A-Za-z]{13}$/;

/** The last characters of salt and checksum carry bits to spare, which every program writes as zero. */
const BCRYPT = /^\$2[aby]\$([0-9]{2})\$[./0-9A-Za-z]{21}[.Oeu][./0-9A-Za-z]{30}[.CGKOSWaeimquy26]$/;

function parseBcrypt(text: string): BcryptForm | undefined {
  const match = BCRYPT.exec(text);
  if (match === null) return undefined;
  const cost = Number(match[1]);
  return within(cost, LEAST_BCRYPT_COST, GREATEST_BCRYPT_COST) ? { scheme: 'bcrypt', cost, text } : undefined;
}

const MD5_CRYPT = /^\$(1|apr1)\$([!-#%-9;-~]{0,8})\$([./0-9A-Za-z]{22})$/;

function parseMd5Crypt(text: string): Md5CryptForm | undefined {
  const match = MD5_CRYPT.exec(text);
  if (match === null) return undefined;
  return { scheme: match[1] === '1' ? 'md5-crypt' : 'apr1', salt: match[2]!, checksum: match[3]! };
}

const SHA_CRYPT = /^\$([56])\$(?:rounds=([1-9][0-9]{0,8})\$)?([!-#%-9;-~]{0,16})\$([./0-9A-Za-z]+)$/;

function parseShaCrypt(text: string): ShaCryptForm | undefined {
  const match = SHA_CRYPT.exec(text);
  if (match === null) return undefined;
  const [, kind, given, salt = '', checksum = ''] = match;
  const rounds = given === undefined ? DEFAULT_SHA_CRYPT_ROUNDS : Number(given);
  if (!within(rounds, LEAST_SHA_CRYPT_ROUNDS, GREATEST_SHA_CRYPT_ROUNDS)) return undefined;
  if (checksum.length !== (kind === '5' ? 43 : 86)) return undefined;
  return { scheme: kind === '5' ? 'sha256-crypt' : 'sha512-crypt', rounds, salt, checksum };
}

const ARGON2 =
  /^\$(argon2(?:id|i|d))(?:\$v=(16|19))?\$m=([1-9][0-9]{0,8}),t=([1-9][0-9]{0,8}),p=([1-9][0-9]{0,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parseArgon2(text: string): Argon2Form | undefined {
  const match = ARGON2.exec(text);
  if (match === null) return undefined;
  const [, scheme, version, ...rest] = match;
  const [memory, passes, lanes] = [Number(rest[0]), Number(rest[1]), Number(rest[2])];
  const salt = fromBase64(rest[3]!, 'unpadded');
  const tag = fromBase64(rest[4]!, 'unpadded');
  if (salt === undefined || !within(salt.length, 8, 64) || tag === undefined || !within(tag.length, 16, 64)) {
    return undefined;
  }
  if (lanes > GREATEST_ARGON2_LANES || !within(memory, 8 * lanes, GREATEST_ARGON2_MEMORY)) return undefined;
  if (memory * passes > GREATEST_ARGON2_WORK) return undefined;
  // A text without a version is of the first one (0x10), as in the reference code.
  return {
    scheme: scheme as Argon2Form['scheme'],
    version: version === '19' ? 19 : 16,
    memory,
    passes,
    lanes,
    salt,
    tag,
  };
}

/** The parameters that crypt_gensalt(3) writes: flavour `j`, one character of log2 N, one of r. */
const YESCRYPT = /^\$y\$j([./0-9A-Za-i])([./0-9A-Za-i])\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43}$/;

function parseYescrypt(text: string): LibcryptForm | undefined {
  const match = YESCRYPT.exec(text);
  if (match === null) return undefined;
  const blocks = 2 ** (CRYPT64.indexOf(match[1]!) + 1);
  const memory = 128 * (CRYPT64.indexOf(match[2]!) + 1) * blocks;
  return memory <= GREATEST_YESCRYPT_MEMORY ? { scheme: 'yescrypt', memory, text } : undefined;
}

type DigestLabel = {
  readonly algorithm: DigestForm['algorithm'];
  readonly octets: number;
  readonly salted: boolean;
};

const DIGESTS: ReadonlyMap<string, DigestLabel> = new Map([
  ['md5', { algorithm: 'md5', octets: 16, salted: false }],
  ['smd5', { algorithm: 'md5', octets: 16, salted: true }],
  ['sha', { algorithm: 'sha1', octets: 20, salted: false }],
  ['ssha', { algorithm: 'sha1', octets: 20, salted: true }],
  ['sha256', { algorithm: 'sha256', octets: 32, salted: false }],
  ['ssha256', { algorithm: 'sha256', octets: 32, salted: true }],
  ['sha512', { algorithm: 'sha512', octets: 64, salted: false }],
  ['ssha512', { algorithm: 'sha512', octets: 64, salted: true }],
]);

function parseDigest(label: string, text: string): DigestForm | undefined {
  const kind = DIGESTS.get(label);
  if (kind === undefined) return undefined;
  const octets = fromBase64(text, 'padded');
  if (octets === undefined) return undefined;
  const salt = octets.subarray(kind.octets);
  if (
    octets.length < kind.octets ||
    !within(salt.length, kind.salted ? 1 : 0, kind.salted ? GREATEST_DIGEST_SALT : 0)
  ) {
    return undefined;
  }
  const scheme = label as DigestForm['scheme'];
  return { scheme, algorithm: kind.algorithm, digest: octets.subarray(0, kind.octets), salt };
}

const PBKDF2: ReadonlyMap<string, Pick<Pbkdf2Form, 'scheme' | 'algorithm'> & { readonly octets: number }> = new Map([
  ['pbkdf2', { scheme: 'pbkdf2-sha1', algorithm: 'sha1', octets: 20 }],
  ['pbkdf2-sha1', { scheme: 'pbkdf2-sha1', algorithm: 'sha1', octets: 20 }],
  ['pbkdf2-sha256', { scheme: 'pbkdf2-sha256', algorithm: 'sha256', octets: 32 }],
  ['pbkdf2-sha512', { scheme: 'pbkdf2-sha512', algorithm: 'sha512', octets: 64 }],
]);

/** Iterations, salt and key, the latter two in base64 with `.` for `+` and without padding. */
const PBKDF2_TEXT = /^([1-9][0-9]{0,8})\$([A-Za-z0-9./]+)\$([A-Za-z0-9./]+)$/;

function parsePbkdf2(label: string, text: string): Pbkdf2Form | undefined {
  const kind = PBKDF2.get(label);
  const match = PBKDF2_TEXT.exec(text);
  if (kind === undefined || match === null) return undefined;
  const iterations = Number(match[1]);
  const salt = fromBase64(match[2]!.replaceAll('.', '+'), 'unpadded');
  const key = fromBase64(match[3]!.replaceAll('.', '+'), 'unpadded');
  if (iterations > GREATEST_PBKDF2_ITERATIONS || key?.length !== kind.octets) return undefined;
  if (salt === undefined || !within(salt.length, 1, GREATEST_PBKDF2_SALT)) return undefined;
  return { scheme: kind.scheme, algorithm: kind.algorithm, iterations, salt, key };
}

/** The digest, or the id of the user, `$` and the digest. */
const OMERO = /^(?:(0|[1-9][0-9]{0,18})\$)?([A-Za-z0-9+/]{22}==)$/;

function parseOmero(text: string): OmeroForm | undefined {
  const match = OMERO.exec(text);
  const digest = match === null ? undefined : fromBase64(match[2]!, 'padded');
  if (digest === undefined) return undefined;
  if (match?.[1] === undefined) return { scheme: 'omero-md5', digest };
  const userId = BigInt(match[1]);
  return userId <= GREATEST_OMERO_ID ? { scheme: 'omero-md5', digest, userId } : undefined;
}

/** Decodes base64 that is exactly as an encoder writes it. */
function fromBase64(text: string, padding: 'padded' | 'unpadded'): Uint8Array | undefined {
  const octets = Buffer.from(text, 'base64');
  const again = octets.toString('base64');
  return (padding === 'padded' ? again : again.replace(/=+$/, '')) === text ? octets : undefined;
}

function within(value: number, least: number, greatest: number): boolean {
  return value >= least && value <= greatest;
}
