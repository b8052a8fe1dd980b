/**
 * TreeView is what the checks of a change read of the memory view: the tree as it is in the store, dates of memberships
 * not regarded.
 */
import type { DirectoryView } from '../view/directory-view.ts';

export type TreeView = Pick<
  DirectoryView,
  | 'content'
  | 'find'
  | 'nearest'
  | 'byUuid'
  | 'uuid'
  | 'dnText'
  | 'parent'
  | 'children'
  | 'hasChildren'
  | 'attribute'
  | 'storedEntry'
  | 'holder'
  | 'membership'
  | 'storedMembers'
  | 'groupsHolding'
  | 'groupsNaming'
>;
