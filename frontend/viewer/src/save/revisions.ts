/** Which states of a record are the same, and which one a change builds on. Pure. */
import { type AnyRecord, contentOf } from '../store/records';
import type { KeptChange } from './change';

/** Nobody has to choose between the two. */
export function isSame(a: AnyRecord, b: AnyRecord): boolean {
  return contentOf(a) === contentOf(b) || (a.deleted && b.deleted);
}

/** Whether the one is the other as the server leaves it when its finding is deleted. */
export function isUnlinked(before: AnyRecord, after: AnyRecord): boolean {
  if (!('points' in before) || after.revision !== before.revision + 1 || before.finding === null) return false;
  return contentOf({ ...before, finding: null }) === contentOf(after);
}

/**
 * The revision that the next change of this page builds on.
 *
 * Saving once counts up by one. An answer further on shows what was saved over it elsewhere, unless it is what was
 * sent: the next change must then not be taken for one that has seen it.
 */
export function baseAfter(base: number, change: KeptChange, saved: AnyRecord): number {
  return saved.revision <= base + 1 || contentOf(saved) === contentOf(change.record) ? saved.revision : base + 1;
}
