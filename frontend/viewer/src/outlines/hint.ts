/** What a reader says of a thing that a program is to outline: where its ends are, and what belongs to it. Pure. */
import type { Point } from '../model/pictures';

export interface Hint {
  /** Two to four of its ends, or two opposite corners of a box round it. */
  kind: 'extremes' | 'box';
  points: readonly Point[];
  /** Places that belong to it, and places that don't: corrections of an outline that was made. */
  added: readonly Point[];
  removed: readonly Point[];
}

export const FEWEST_ENDS = 2;
export const MOST_ENDS = 4;

export function hintOf(kind: Hint['kind'], points: readonly Point[]): Hint {
  return { kind, points, added: [], removed: [] };
}

/** The same, and one place more that belongs to it, or doesn't. */
export function corrected(hint: Hint, place: Point, belongs: boolean): Hint {
  return belongs ? { ...hint, added: [...hint.added, place] } : { ...hint, removed: [...hint.removed, place] };
}
