/**
 * access, floor 2: who may enter what, and why: principals, subjects, group names, admission rules, role
 * mappings, decisions and their explanation. Pure: no I/O, no clock.
 */
export type { DomainPrincipal, Principal, PrincipalType, RealmPrincipal, WrappedPrincipal } from './principal.ts';
export type { Subject } from './subject.ts';
