/** Painting with a round brush: which pixels a stroke covers. Pure. */
import type { Point } from '../model/pictures';
import { type Bitmap, type Box, overlap } from './bitmap';

export interface Brush {
  /** In stored pixels along a row. */
  radius: number;
  /** How much higher than wide a pixel is: the brush is round in the patient, and on the screen. */
  aspect: number;
}

/** Which pixel of the target may be painted. */
export type Admits = (index: number) => boolean;

/**
 * Set the pixels whose centres the brush passes over on its straight way, and the pixel under either end.
 *
 * Returns the box in which pixels may have changed; null when the brush was beside the target.
 */
export function sweep(
  target: Bitmap,
  from: Point,
  to: Point,
  { radius, aspect }: Brush,
  value: 0 | 1,
  admits: Admits | null = null,
): Box | null {
  const swept = overlap(target, boxOfSweep(from, to, { radius, aspect }));
  if (!swept) return null;
  const { pixels, columns } = target;
  const set = (index: number): void => {
    if (!admits || admits(index)) pixels[index] = value;
  };
  const across = acrossSweep([from[0], from[1] * aspect], [to[0], to[1] * aspect], radius);
  for (let row = swept.row; row < swept.row + swept.rows; row++) {
    const [low, high] = across((row + 0.5) * aspect);
    const first = Math.max(swept.column, Math.ceil(low - 0.5));
    const last = Math.min(swept.column + swept.columns - 1, Math.floor(high - 0.5));
    const start = (row - target.row) * columns - target.column;
    for (let column = first; column <= last; column++) set(start + column);
  }
  for (const [c, r] of [from, to]) {
    const [column, row] = [Math.floor(c) - target.column, Math.floor(r) - target.row];
    if (column >= 0 && row >= 0 && column < columns && row < target.rows) set(row * columns + column);
  }
  return swept;
}

function boxOfSweep(from: Point, to: Point, { radius, aspect }: Brush): Box {
  const column = Math.floor(Math.min(from[0], to[0]) - radius);
  const row = Math.floor(Math.min(from[1], to[1]) - radius / aspect);
  return {
    column,
    row,
    columns: Math.floor(Math.max(from[0], to[0]) + radius) + 1 - column,
    rows: Math.floor(Math.max(from[1], to[1]) + radius / aspect) + 1 - row,
  };
}

/**
 * From where to where a horizontal line is covered: the way of a disc is two discs and the rectangle between, and as
 * it is convex, what it covers of a line is one piece. Not covered is from infinity to minus infinity.
 */
function acrossSweep(a: Point, b: Point, radius: number): (y: number) => [number, number] {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const side: Point = length > 0 ? [(-(b[1] - a[1]) / length) * radius, ((b[0] - a[0]) / length) * radius] : [0, 0];
  const corners: Point[] = [
    [a[0] + side[0], a[1] + side[1]],
    [b[0] + side[0], b[1] + side[1]],
    [b[0] - side[0], b[1] - side[1]],
    [a[0] - side[0], a[1] - side[1]],
  ];
  return (y) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    const cover = (x: number): void => {
      low = Math.min(low, x);
      high = Math.max(high, x);
    };
    for (const [cx, cy] of [a, b]) {
      const half = radius ** 2 - (y - cy) ** 2;
      if (half < 0) continue;
      cover(cx - Math.sqrt(half));
      cover(cx + Math.sqrt(half));
    }
    if (length > 0) {
      corners.forEach((p, i) => {
        const q = corners[(i + 1) % 4] as Point;
        if (p[1] > y !== q[1] > y) cover(p[0] + ((y - p[1]) / (q[1] - p[1])) * (q[0] - p[0]));
      });
    }
    return [low, high];
  };
}

/** Radii that the brush steps through, in pixels. */
const RADII = [0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200];
export const SMALLEST_RADIUS = 0.5;
export const LARGEST_RADIUS = 200;

/** The next larger or smaller radius. */
export function steppedRadius(radius: number, by: 1 | -1): number {
  if (by > 0) return RADII.find((r) => r > radius + 1e-9) ?? LARGEST_RADIUS;
  return RADII.findLast((r) => r < radius - 1e-9) ?? SMALLEST_RADIUS;
}

/** The radius nearest to one that is good to look at. */
export function nearestRadius(wanted: number): number {
  return RADII.reduce((best, r) => (Math.abs(r - wanted) < Math.abs(best - wanted) ? r : best));
}
