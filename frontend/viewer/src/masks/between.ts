/** A mask between two others: shape-based interpolation. Pure. */
import type { Point } from '../model/pictures';
import { around, type Bitmap, type Box, emptyBitmap, grownBox, overlap, trimmed } from './bitmap';
import { signedDistances } from './distance';

export interface PixelSize {
  width: number;
  height: number;
}

/**
 * The mask a share of the way from one to the other, within the frame: where the signed distances to both edges,
 * weighted, are above 0. Both are first brought to where the centre would be, so that a shape that walks from slice
 * to slice keeps its form and never vanishes between.
 *
 * Source: Raya and Udupa, Shape-based interpolation of multidimensional objects, IEEE TMI 9, 1990; Herman, Zheng and
 * Bucholtz, Shape-based interpolation, IEEE CG&A 12, 1992.
 */
export function maskBetween(a: Bitmap, b: Bitmap, share: number, frame: Box, pixel: PixelSize): Bitmap | null {
  const [from, to] = [centreOf(a), centreOf(b)];
  const way: Point = [to[0] - from[0], to[1] - from[1]];
  const first = sampled(a, around(a, shiftedBox(b, [-way[0], -way[1]])), pixel);
  const second = sampled(b, around(b, shiftedBox(a, way)), pixel);
  const [toFirst, toSecond]: [Point, Point] = [
    [-way[0] * share, -way[1] * share],
    [way[0] * (1 - share), way[1] * (1 - share)],
  ];
  const reach = around(shiftedBox(a, [-toFirst[0], -toFirst[1]]), shiftedBox(b, [-toSecond[0], -toSecond[1]]));
  const box = overlap(reach, frame);
  if (!box) return null;
  const made = emptyBitmap(box);
  for (let r = 0, i = 0; r < made.rows; r++) {
    for (let c = 0; c < made.columns; c++, i++) {
      const [column, row] = [made.column + c, made.row + r];
      const value =
        (1 - share) * first(column + toFirst[0], row + toFirst[1]) +
        share * second(column + toSecond[0], row + toSecond[1]);
      if (value > 0) made.pixels[i] = 1;
    }
  }
  return trimmed(made);
}

/** The mean of the pixels that are in. */
function centreOf({ column, row, columns, pixels }: Bitmap): Point {
  let [count, across, down] = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] !== 1) continue;
    count += 1;
    across += i % columns;
    down += Math.floor(i / columns);
  }
  return [column + across / count, row + down / count];
}

/** The whole pixels that a box may touch when it is shifted by parts of one. */
function shiftedBox({ column, row, columns, rows }: Box, by: Point): Box {
  const [left, top] = [Math.floor(column + by[0]), Math.floor(row + by[1])];
  return {
    column: left,
    row: top,
    columns: Math.ceil(column + columns + by[0]) - left,
    rows: Math.ceil(row + rows + by[1]) - top,
  };
}

/** Signed distance at any place, linear between the pixels' centres. */
function sampled(mask: Bitmap, within: Box, { width, height }: PixelSize): (column: number, row: number) => number {
  const box = grownBox(within, 2);
  const distances = signedDistances(mask, box, width, height);
  const limit = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
  return (column, row) => {
    const x = limit(column - box.column, box.columns - 1);
    const y = limit(row - box.row, box.rows - 1);
    const [c, r] = [Math.floor(x), Math.floor(y)];
    const [right, below] = [Math.min(c + 1, box.columns - 1), Math.min(r + 1, box.rows - 1)];
    const at = (atColumn: number, atRow: number): number => distances[atRow * box.columns + atColumn] as number;
    const [u, v] = [x - c, y - r];
    return (1 - v) * ((1 - u) * at(c, r) + u * at(right, r)) + v * ((1 - u) * at(c, below) + u * at(right, below));
  };
}
