/** The parts of a mask that hang together by the edges of their pixels. Pure. */
import { areaOf, type Bitmap, trimmed } from './bitmap';

/** The largest first. */
export function partsOf(bitmap: Bitmap): Bitmap[] {
  const { columns, rows, pixels } = bitmap;
  const left = pixels.slice();
  const parts: Bitmap[] = [];
  for (let seed = left.indexOf(1); seed >= 0; seed = left.indexOf(1, seed)) {
    const part = new Uint8Array(pixels.length);
    const waiting = [seed];
    left[seed] = 0;
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      part[at] = 1;
      const column = at % columns;
      for (const next of [
        column > 0 ? at - 1 : -1,
        column < columns - 1 ? at + 1 : -1,
        at >= columns ? at - columns : -1,
        at < columns * (rows - 1) ? at + columns : -1,
      ]) {
        if (next < 0 || left[next] !== 1) continue;
        left[next] = 0;
        waiting.push(next);
      }
    }
    parts.push(trimmed({ ...bitmap, pixels: part }) as Bitmap);
  }
  return parts
    .map((part) => ({ part, area: areaOf(part) }))
    .sort((a, b) => b.area - a.area)
    .map(({ part }) => part);
}
