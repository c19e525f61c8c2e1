/** What a reader says of a thing that a program is to outline: where its ends are, and what belongs to it. Pure. */
import type { Point } from '../model/pictures';

export interface Hint {
  /** Two to four of its ends, two opposite corners of a box round it, or calipers that a program named. */
  kind: 'extremes' | 'box' | 'calipers';
  points: readonly Point[];
  /** Places that belong to it, and places that don't: corrections of an outline that was made. */
  added: readonly Point[];
  removed: readonly Point[];
}

export const FEWEST_ENDS = 2;
export const MOST_ENDS = 4;

/** Ends in their order round the thing, as a line through them runs; they are clicked in any. */
export function roundAbout(ends: readonly Point[]): Point[] {
  const column = ends.reduce((sum, p) => sum + p[0], 0) / ends.length;
  const row = ends.reduce((sum, p) => sum + p[1], 0) / ends.length;
  const angle = (p: Point): number => Math.atan2(p[1] - row, p[0] - column);
  return [...ends].sort((a, b) => angle(a) - angle(b));
}

export function hintOf(kind: Hint['kind'], points: readonly Point[]): Hint {
  return { kind, points, added: [], removed: [] };
}

/** The same, and one place more that belongs to it, or doesn't. */
export function corrected(hint: Hint, place: Point, belongs: boolean): Hint {
  return belongs ? { ...hint, added: [...hint.added, place] } : { ...hint, removed: [...hint.removed, place] };
}
