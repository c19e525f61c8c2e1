/** From pixels to the lines around them. Pure. */
import { polygonArea, simplifyContour } from '../model/contour';
import type { Point } from '../model/pictures';
import { type Bitmap, isIn } from './bitmap';

export interface Outline {
  points: Point[];
  /** It goes round a hole, not round a part. */
  hole: boolean;
}

/**
 * A line through the middles of the pixels' edges passes every pixel's centre at 0.35 pixels or more, so thinning by
 * less than that leaves each centre on its side: the outline filled again is the mask it came from.
 */
export const THINNING = 0.3;

const EAST = 0;
const SOUTH = 1;
const WEST = 2;
const NORTH = 3;
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** The outlines of a mask's parts and holes, thinned; the largest part first. Pixels that touch at a corner are two parts. */
export function outlinesOf(bitmap: Bitmap): Outline[] {
  const seen = new Uint8Array(bitmap.pixels.length);
  const found: Outline[] = [];
  for (let i = 0; i < bitmap.pixels.length; i++) {
    const column = bitmap.column + (i % bitmap.columns);
    const row = bitmap.row + Math.floor(i / bitmap.columns);
    // Every closed line goes east somewhere: along the top of a pixel.
    if (bitmap.pixels[i] !== 1 || seen[i] || isIn(bitmap, column, row - 1)) continue;
    const line = walk(bitmap, seen, column, row);
    found.push({ points: simplifyContour(line, THINNING), hole: turning(line) < 0 });
  }
  return found.sort((a, b) => polygonArea(b.points) - polygonArea(a.points));
}

/** Along the edges, what is in at the right hand, back to the start; the middles of the edges passed. */
function walk(bitmap: Bitmap, seen: Uint8Array, column: number, row: number): Point[] {
  const line: Point[] = [];
  let [x, y, heading] = [column, row, EAST];
  do {
    if (heading === EAST) seen[(y - bitmap.row) * bitmap.columns + x - bitmap.column] = 1;
    const [dx, dy] = STEPS[heading] as readonly [number, number];
    line.push([x + dx / 2, y + dy / 2]);
    x += dx;
    y += dy;
    heading = turned(bitmap, x, y, heading);
  } while (x !== column || y !== row || heading !== EAST);
  return line;
}

/** Where an edge goes on from a corner: round its own pixel first, so that parts that touch there stay two. */
function turned(bitmap: Bitmap, x: number, y: number, heading: number): number {
  const [ahead, beside] = AHEAD[heading] as readonly [readonly [number, number], readonly [number, number]];
  if (!isIn(bitmap, x + ahead[0], y + ahead[1])) return (heading + 1) % 4;
  return isIn(bitmap, x + beside[0], y + beside[1]) ? (heading + 3) % 4 : heading;
}

/** For each heading, the pixels ahead of a corner at the right and at the left hand. */
const AHEAD = {
  [EAST]: [
    [0, 0],
    [0, -1],
  ],
  [SOUTH]: [
    [-1, 0],
    [0, 0],
  ],
  [WEST]: [
    [-1, -1],
    [-1, 0],
  ],
  [NORTH]: [
    [0, -1],
    [-1, -1],
  ],
} as Record<number, readonly [readonly [number, number], readonly [number, number]]>;

/** Twice the area, positive where the line goes round clockwise on the screen. */
function turning(points: readonly Point[]): number {
  let twice = 0;
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length] as Point;
    twice += a[0] * b[1] - b[0] * a[1];
  });
  return twice;
}
