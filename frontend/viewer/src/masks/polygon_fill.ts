/** From an outline to the pixels it encloses. Pure. */
import type { Point } from '../model/pictures';
import { type Bitmap, type Box, emptyBitmap, trimmed } from './bitmap';

/**
 * The pixels whose centres lie inside a closed polygon, by the even-odd rule, within the frame; null when none does.
 *
 * A centre on a left or upper edge is in, one on a right or lower edge is out: shapes that share an edge share no pixel.
 */
export function filledPolygon(points: readonly Point[], frame: Box): Bitmap | null {
  if (points.length < 3) return null;
  const made = emptyBitmap(boxWithin(points, frame));
  const right = made.column + made.columns;
  for (let r = 0; r < made.rows; r++) {
    const y = made.row + r + 0.5;
    const crossings: number[] = [];
    points.forEach((p, i) => {
      const q = points[(i + 1) % points.length] as Point;
      if (p[1] > y !== q[1] > y) crossings.push(p[0] + ((y - p[1]) / (q[1] - p[1])) * (q[0] - p[0]));
    });
    crossings.sort((a, b) => a - b);
    const start = r * made.columns - made.column;
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const first = Math.max(made.column, Math.ceil((crossings[i] as number) - 0.5));
      const end = Math.min(right, Math.ceil((crossings[i + 1] as number) - 0.5));
      if (end > first) made.pixels.fill(1, start + first, start + end);
    }
  }
  return trimmed(made);
}

function boxWithin(points: readonly Point[], frame: Box): Box {
  const columns = points.map((p) => p[0]);
  const rows = points.map((p) => p[1]);
  const column = Math.max(frame.column, Math.floor(Math.min(...columns)));
  const row = Math.max(frame.row, Math.floor(Math.min(...rows)));
  return {
    column,
    row,
    columns: Math.max(0, Math.min(frame.column + frame.columns, Math.ceil(Math.max(...columns))) - column),
    rows: Math.max(0, Math.min(frame.row + frame.rows, Math.ceil(Math.max(...rows))) - row),
  };
}
