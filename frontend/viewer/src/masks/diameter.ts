/** How long a mask is. Pure. */
import type { Scale } from '../marks/shape';
import { longestAxis } from '../model/contour';
import type { MaskRuns, Point } from '../model/types';
import type { Bitmap } from './bitmap';
import { bitmapOf } from './runs';

const known = new WeakMap<MaskRuns, { scale: Scale; diameter: number }>();

/** The longest line in a mask, in millimetres or pixels; kept, for it is asked for whenever a mark is shown. */
export function maskDiameter(points: readonly Point[], mask: MaskRuns, scale: Scale): number {
  const kept = known.get(mask);
  if (kept && kept.scale[0] === scale[0] && kept.scale[1] === scale[1]) return kept.diameter;
  const diameter = longestDiameter(bitmapOf(points, mask), scale[0], scale[1]);
  known.set(mask, { scale, diameter });
  return diameter;
}

/** The longest line between two places of a mask's outline, pixels being this wide and high. */
export function longestDiameter(bitmap: Bitmap, width: number, height: number): number {
  const hull = convexHull(ends(bitmap).map(([c, r]): Point => [c * width, r * height]));
  return longestAxis(hull).length;
}

/** The middles of the outermost edges of every row and column. */
function ends({ columns, rows, pixels }: Bitmap): Point[] {
  const [top, bottom] = [new Int32Array(columns).fill(-1), new Int32Array(columns)];
  const found: Point[] = [];
  for (let r = 0; r < rows; r++) {
    let [first, last] = [-1, -1];
    for (let c = 0; c < columns; c++) {
      if (pixels[r * columns + c] !== 1) continue;
      if (first < 0) first = c;
      last = c;
      if ((top[c] as number) < 0) top[c] = r;
      bottom[c] = r;
    }
    if (first >= 0) found.push([first, r + 0.5], [last + 1, r + 0.5]);
  }
  for (let c = 0; c < columns; c++) {
    if ((top[c] as number) >= 0) found.push([c + 0.5, top[c] as number], [c + 0.5, (bottom[c] as number) + 1]);
  }
  return found;
}

/** Andrew's monotone chain. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (line: readonly Point[]): Point[] => {
    const kept: Point[] = [];
    for (const p of line) {
      while (kept.length > 1 && !isLeftTurn(kept.at(-2) as Point, kept.at(-1) as Point, p)) kept.pop();
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function isLeftTurn(a: Point, b: Point, c: Point): boolean {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0;
}
