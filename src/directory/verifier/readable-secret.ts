/**
 * Passwords that are made for people: random letters and digits that nobody confuses when reading them from a screen,
 * in groups of five.
 */
import { type Random, Secret } from '../../base/index.ts';

/** 32 characters, so that five bits are one and none is more likely than another: no i, l, 0, 1. */
const ALPHABET = 'abcdefghjkmnopqrstuvwxyz23456789';
const GROUP = 5;

/** `characters` of five random bits each; the dashes between groups are part of it. */
export function readableSecret(random: Random, characters: number): Secret {
  let text = '';
  for (const [index, octet] of random.bytes(characters).entries()) {
    if (index > 0 && index % GROUP === 0) text += '-';
    text += ALPHABET[octet & 31];
  }
  return new Secret(text);
}
