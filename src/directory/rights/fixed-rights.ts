/**
 * The Rights that depend on no entry: of the program and of administrators, of whoever has none, and of whoever has to change
 * the password first.
 */
import type { AttributeType } from '../../x500/index.ts';
import type { Rights } from './rights.ts';

/** Everything. */
export const ALL_RIGHTS: Rights = {
  readsAll: true,
  storesHashedPasswords: true,
  sees: () => true,
  knows: () => true,
  mayRead: () => true,
  mayCompare: () => true,
  mayWrite: () => true,
  mayAdd: () => true,
  mayDelete: () => true,
  mayRename: () => true,
  mayTakeName: () => true,
};

/** Nothing: the directory is empty. */
export const NO_RIGHTS: Rights = {
  readsAll: false,
  storesHashedPasswords: false,
  sees: () => false,
  knows: () => false,
  mayRead: () => false,
  mayCompare: () => false,
  mayWrite: () => false,
  mayAdd: () => false,
  mayDelete: () => false,
  mayRename: () => false,
  mayTakeName: () => false,
};

/** Reads everything and changes nothing. */
export const READ_ALL_RIGHTS: Rights = {
  ...NO_RIGHTS,
  readsAll: true,
  sees: () => true,
  knows: () => true,
  mayRead: () => true,
  mayCompare: () => true,
};

/** Whose password has to be changed may change it, and nothing else. */
export function ownPasswordRights(self: number, password: AttributeType | undefined): Rights {
  const isSelf = (entry: number) => entry === self;
  return {
    ...NO_RIGHTS,
    sees: isSelf,
    knows: isSelf,
    mayWrite: (entry, type) => isSelf(entry) && type === password,
  };
}
