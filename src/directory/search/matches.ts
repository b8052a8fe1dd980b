/**
 * Whether one entry matches a filter: assertions (RFC 4528), access rules.
 */
import type { Instant } from '../../base/index.ts';
import type { Filter } from '../../x500/index.ts';
import type { DirectoryView } from '../view/directory-view.ts';
import type { EntryNumber } from '../view/entry-table.ts';
import { compileFilter } from './compile-filter.ts';
import { evaluateFilter } from './evaluate-filter.ts';
import { TRUE, UNDEFINED } from './filter-node.ts';
import { EVERYTHING, type SearchRights } from './search-request.ts';

/** Undefined where the filter is Undefined (RFC 4511, 4.5.1.7). */
export function matches(
  view: DirectoryView,
  entry: EntryNumber,
  filter: Filter,
  now: Instant,
  rights: SearchRights = EVERYTHING,
): boolean | undefined {
  const { content } = view;
  const truth = evaluateFilter({ content, rights, now }, compileFilter(content, filter), entry);
  return truth === UNDEFINED ? undefined : truth === TRUE;
}
