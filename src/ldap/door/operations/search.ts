/**
 * Search (RFC 4511, 4.5) with its controls: paged results (RFC 2696), sorting (RFC 2891), assertion (RFC 4528).
 */
import { matches } from '../../../directory/index.ts';
import type { Filter } from '../../../x500/index.ts';
import type { Controls } from '../codec/controls.ts';
import type { SearchRequestMessage } from '../codec/request.ts';
import { type ResponseParts, writePagedResults, writeSortResult } from '../codec/response-writer.ts';
import { type LdapResult, ldapResult } from '../codec/result-code.ts';
import { LONGEST_SEARCH } from '../limits.ts';
import type { DoorPorts, PulledSearch } from '../ports.ts';
import { SearchOperation } from '../search-operation.ts';
import type { Session } from '../session.ts';
import type { MadeUpEntry } from './made-up-entry.ts';
import { MadeUpRun } from './made-up-run.ts';
import { type Reply, SUCCESS } from './reply.ts';

/** The entries about the server itself, which are in no tree: read by their names alone (RFC 4512, 4.4 and 5.1). */
export interface ServerEntries {
  /** The root DSE, the subschema subentry, or none of them. */
  entryNamed(name: Buffer, session: Session): MadeUpEntry | undefined;
}

const SECOND = 1000;
const NO_COOKIE = Buffer.alloc(0);
const ASSERTION_FAILED = ldapResult('assertionFailed', 'the base object does not match the assertion');
const COOKIE_IS_OLD = ldapResult('unwillingToPerform', 'the cookie is old, or was given for another search');

export function beginSearch(
  ports: DoorPorts,
  server: ServerEntries,
  session: Session,
  id: number,
  request: SearchRequestMessage,
  controls: Controls,
): SearchOperation | Reply {
  const { pagedResults, sort, assertion } = controls;
  const made = request.scope === 'base' ? server.entryNamed(request.base, session) : undefined;
  if (assertion !== undefined && baseDeniesIt(ports, session, request, made, assertion)) {
    return { result: ASSERTION_FAILED };
  }
  const run = runOf(ports, session, request, made, controls);
  if (run === undefined) return { result: COOKIE_IS_OLD, parts: lastPage };
  if (pagedResults?.size === 0) return { result: SUCCESS, parts: lastPage };
  if (run.sortRefusal !== undefined && sort?.critical === true) {
    const { code, attribute } = run.sortRefusal;
    const result = ldapResult('unavailableCriticalExtension', `entries cannot be sorted by ${attribute}`);
    return { result, parts: { controls: (out) => writeSortResult(out, code, attribute) } };
  }
  const seconds = request.timeLimit === 0 ? Number.POSITIVE_INFINITY : request.timeLimit;
  return new SearchOperation({
    id,
    run,
    deadline: ports.clock.monotonic() + Math.min(seconds * SECOND, LONGEST_SEARCH),
    pageSize: pagedResults?.size,
    conclude: (result, more) => conclusion(session, request, controls, run, result, more),
  });
}

/** The search that begins, or the one that goes on with its next page; undefined when there is none to go on with. */
function runOf(
  { directory, clock }: DoorPorts,
  session: Session,
  request: SearchRequestMessage,
  made: MadeUpEntry | undefined,
  { pagedResults, sort }: Controls,
): PulledSearch | undefined {
  const now = clock.now();
  if (pagedResults !== undefined && pagedResults.cookie.length > 0) {
    const run = session.pages.take(pagedResults.cookie, request.octets);
    run?.renew(directory().rightsOf(session.asker, now), now);
    return run;
  }
  if (made !== undefined) return new MadeUpRun(made, request);
  const { base, scope, filter, attributes, typesOnly, sizeLimit } = request;
  const search = { base, scope, filter, attributes, typesOnly, sizeLimit };
  return directory().search(sort === undefined ? search : { ...search, sort: sort.keys }, session.asker);
}

/** An assertion is about the base object (RFC 4528, 4); about one that the asker may not see nothing is said. */
function baseDeniesIt(
  { directory, clock }: DoorPorts,
  { asker }: Session,
  { base }: SearchRequestMessage,
  made: MadeUpEntry | undefined,
  filter: Filter,
): boolean {
  if (made !== undefined) return made.matches(filter) !== true;
  const { view } = directory();
  const entry = view.findText(base);
  if (entry === undefined) return false;
  const now = clock.now();
  const rights = directory().rightsOf(asker, now);
  return rights.sees(entry) && matches(view, entry, filter, now, rights) !== true;
}

const lastPage: ResponseParts = { controls: (out) => writePagedResults(out, NO_COOKIE) };

function conclusion(
  session: Session,
  { octets }: SearchRequestMessage,
  { pagedResults, sort }: Controls,
  run: PulledSearch,
  { code }: LdapResult,
  more: boolean,
): ResponseParts | undefined {
  if (pagedResults === undefined && sort === undefined) return undefined;
  const cookie = more ? session.pages.park({ run, request: octets }) : NO_COOKIE;
  const isAnswered = code === 'success' || code === 'sizeLimitExceeded' || code === 'timeLimitExceeded';
  return {
    controls(out) {
      if (sort !== undefined && isAnswered) {
        writeSortResult(out, run.sortRefusal?.code ?? 'success', run.sortRefusal?.attribute);
      }
      if (pagedResults !== undefined) writePagedResults(out, cookie);
    },
  };
}
