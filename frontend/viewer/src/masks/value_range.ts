/** What the threshold brush paints: pixels whose values lie in a range. Pure. */

import type { Window } from '../model/pictures';
import { windowRange } from '../model/windows';
import type { Admits } from './brush';

/** From the lowest to the highest modality value (Hounsfield units and the like), both included. */
export type ValueRange = readonly [low: number, high: number];

/** Modality values of a frame, row by row; of a colour picture their brightness. */
export interface FrameValues {
  readonly columns: number;
  readonly rows: number;
  at(index: number): number;
}

export function admitsRange(values: FrameValues, [low, high]: ValueRange): Admits {
  return (index) => {
    const value = values.at(index);
    return value >= low && value <= high;
  };
}

/** What the window shows between black and white. */
export function rangeOfWindow(window: Window): ValueRange {
  const { lower, upper } = windowRange(window);
  return [Math.round(lower * 100) / 100, Math.round(upper * 100) / 100];
}

/** The range of what lies under the brush: two standard deviations around the mean; null when nothing does. */
export function rangeOfPixels(values: FrameValues, indices: Iterable<number>): ValueRange | null {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const index of indices) {
    const value = values.at(index);
    count += 1;
    const off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
  }
  if (count === 0) return null;
  const spread = 2 * Math.sqrt(squares / count);
  const digits = Math.abs(mean) + spread < 10 ? 1000 : 1;
  return [Math.floor((mean - spread) * digits) / digits, Math.ceil((mean + spread) * digits) / digits];
}
