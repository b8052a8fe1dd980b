/**
 * RightsView is what rights are worked out from: the memory view, as far as they read it.
 */
import type { Instant } from '../../base/index.ts';
import type { AttributeType, Filter } from '../../x500/index.ts';
import type { DirectoryView } from '../view/directory-view.ts';

export type RightsView = Pick<
  DirectoryView,
  'content' | 'find' | 'byUuid' | 'parent' | 'children' | 'dnText' | 'attribute' | 'holder' | 'isMember' | 'groupsOf'
>;

/** Whether an entry matches a filter, everything in it being read. */
export type MatchesFilter<View> = (view: View, entry: number, filter: Filter, now: Instant) => boolean | undefined;

/** Whether the entry is `base` or stands below it. */
export function isWithin(view: Pick<RightsView, 'parent'>, entry: number, base: number): boolean {
  for (let at: number | undefined = entry; at !== undefined; at = view.parent(at)) if (at === base) return true;
  return false;
}

/** Whether any entry has a value of the type. */
export function isPresent({ content }: Pick<RightsView, 'content'>, type: AttributeType): boolean {
  return content.index.get(content.descriptions.presenceKey(type)) !== 0;
}
