/**
 * The pixels that an outline encloses: those whose centres lie within. Pure.
 *
 * A centre on a left or upper edge is in, one on a right or lower edge is out; parts of an outline that overlap are out
 * (the even-odd rule). The server fills alike (annotator/annotations/mark_pixels.py).
 */
import type { Point } from '../model/types';

/** Call back for every run of pixels inside, row by row: from `first` up to but without `end`. */
export function forRunsInside(
  outline: readonly Point[],
  columns: number,
  rows: number,
  take: (row: number, first: number, end: number) => void,
): void {
  if (outline.length < 3) return;
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [, row] of outline) {
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  const last = Math.min(rows, Math.ceil(bottom));
  for (let row = Math.max(0, Math.floor(top)); row < last; row++) {
    const crossings = crossingsAt(outline, row + 0.5);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const first = Math.max(0, Math.ceil((crossings[i] as number) - 0.5));
      const end = Math.min(columns, Math.ceil((crossings[i + 1] as number) - 0.5));
      if (end > first) take(row, first, end);
    }
  }
}

function crossingsAt(outline: readonly Point[], y: number): number[] {
  const found: number[] = [];
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i] as Point;
    const [xj, yj] = outline[j] as Point;
    if (yi > y !== yj > y) found.push(xj + ((y - yj) / (yi - yj)) * (xi - xj));
  }
  return found.sort((a, b) => a - b);
}
