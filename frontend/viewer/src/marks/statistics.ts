/** The values that a mark encloses, e.g. Hounsfield units. Pure. */
import type { Bitmap } from '../masks/bitmap';
import { filledPolygon } from '../masks/polygon_fill';
import { bitmapOf } from '../masks/runs';
import type { FrameValues } from '../masks/value_range';
import type { Point } from '../model/pictures';
import type { MarkKind, MaskRuns } from '../model/reading';
import { SHAPES } from './shapes';

export interface Statistics {
  pixels: number;
  mean: number;
  /** Of these pixels, which are all there are: divided by their number. */
  deviation: number;
  minimum: number;
  maximum: number;
}

/** Of the pixels whose centres lie within a closed mark; null for an open kind, or where no centre is within. */
export function statisticsOf(
  { kind, points, mask }: { kind: MarkKind; points: readonly Point[]; mask?: MaskRuns | null },
  values: FrameValues,
): Statistics | null {
  if (!SHAPES[kind].closed) return null;
  const frame = { column: 0, row: 0, columns: values.columns, rows: values.rows };
  const inside = mask ? bitmapOf(points, mask) : filledPolygon(SHAPES[kind].outline(points), frame);
  return inside && statisticsWithin(inside, values);
}

function statisticsWithin(inside: Bitmap, values: FrameValues): Statistics | null {
  let pixels = 0;
  let mean = 0;
  let squares = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < inside.rows; row++) {
    const start = (inside.row + row) * values.columns + inside.column;
    for (let column = 0; column < inside.columns; column++) {
      if (!inside.pixels[row * inside.columns + column]) continue;
      const value = values.at(start + column);
      pixels += 1;
      // Welford (1962): no difference of large sums.
      const off = value - mean;
      mean += off / pixels;
      squares += off * (value - mean);
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  return pixels > 0 ? { pixels, mean, deviation: Math.sqrt(squares / pixels), minimum, maximum } : null;
}

/** "mean 43 ± 12 HU", "31 to 77 HU". */
export function statisticsWords({ mean, deviation, minimum, maximum }: Statistics, unit: string): string[] {
  const said = (value: number): string => (Math.round(value) === 0 ? '0' : value.toFixed(0)).replace('-', '−');
  return [`mean ${said(mean)} ± ${said(deviation)} ${unit}`, `${said(minimum)} to ${said(maximum)} ${unit}`];
}
