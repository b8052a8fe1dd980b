/**
 * Reading is what an answer is made from: the content of the view, what the asker may read of it, and the instant.
 */
import type { Instant } from '../../base/index.ts';
import type { ViewContent } from '../view/view-content.ts';
import type { SearchRights } from './search-request.ts';

export interface Reading {
  readonly content: ViewContent;
  readonly rights: SearchRights;
  readonly now: Instant;
}
