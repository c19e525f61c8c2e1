/** A mask as the server has it, two corners and runs, and its pixels again. Pure. */
import type { Point } from '../model/pictures';
import type { MaskRuns } from '../model/reading';
import { type Bitmap, type Box, cornersOf } from './bitmap';

/** What the server takes (annotator/annotations/masks.py). */
export const MOST_RUNS = 200_000;

export interface MaskShape {
  points: [Point, Point];
  mask: MaskRuns;
}

/** Row by row within the box: how many pixels are out, in, out, ...; only the first may be 0. */
export function runsOf({ pixels }: Bitmap): number[] {
  const runs: number[] = [];
  let value = 0;
  let begun = 0;
  while (begun < pixels.length) {
    const next = pixels.indexOf(1 - value, begun);
    const end = next < 0 ? pixels.length : next;
    runs.push(end - begun);
    begun = end;
    value = 1 - value;
  }
  return runs;
}

/** A trimmed bitmap as a record keeps it. */
export function shapeOf(bitmap: Bitmap): MaskShape {
  return { points: cornersOf(bitmap), mask: { runs: runsOf(bitmap) } };
}

export function boxOf(points: readonly Point[]): Box {
  const [a, b] = [points[0] as Point, points[1] as Point];
  const [column, row] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return { column, row, columns: Math.abs(a[0] - b[0]), rows: Math.abs(a[1] - b[1]) };
}

const known = new WeakMap<MaskRuns, Uint8Array>();

/** The pixels of a mask. They are kept with its runs: asking again costs nothing, and nobody may change them. */
export function bitmapOf(points: readonly Point[], mask: MaskRuns): Bitmap {
  const box = boxOf(points);
  let pixels = known.get(mask);
  if (!pixels) {
    pixels = new Uint8Array(box.columns * box.rows);
    let at = 0;
    mask.runs.forEach((run, i) => {
      if (i % 2 === 1) pixels?.fill(1, at, at + run);
      at += run;
    });
    known.set(mask, pixels);
  }
  return { ...box, pixels };
}

export function runArea({ runs }: MaskRuns): number {
  let area = 0;
  for (let i = 1; i < runs.length; i += 2) area += runs[i] as number;
  return area;
}
