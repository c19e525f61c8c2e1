/**
 * What a step onto each pixel costs a line that is to run along edges: little on a strong edge, much on an even ground.
 *
 * Source: Mortensen and Barrett, SIGGRAPH 1995, 191-198 (intelligent scissors); their zero crossings of the Laplacian are
 * the ridges of the gradient here, which are the same places.
 */

/** Greys of a picture, or of a part of it reduced to what the screen can show. */
export interface GreyGrid {
  width: number;
  height: number;
  /** 0 to 255, row by row. */
  greys: Uint8Array;
}

export const LARGEST_COST = 255;
/** Edges as strong as this part of all are as cheap as can be. */
const STRONG_PART = 0.98;
/** Noise of a few greys is no edge. */
const WEAKEST_STRONG = 24;

/** One cost a pixel, 1 to 255. */
export function edgeCosts({ width, height, greys }: GreyGrid): Uint8Array {
  const smooth = smoothed(greys, width, height);
  const across = new Float32Array(width * height);
  const down = new Float32Array(width * height);
  const strength = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [above, below] = [Math.max(0, y - 1) * width, Math.min(height - 1, y + 1) * width];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
      const at = (row: number, column: number): number => smooth[row + column] as number;
      const i = y * width + x;
      const dx =
        at(above, right) +
        2 * at(y * width, right) +
        at(below, right) -
        (at(above, left) + 2 * at(y * width, left) + at(below, left));
      const dy =
        at(below, left) + 2 * at(below, x) + at(below, right) - (at(above, left) + 2 * at(above, x) + at(above, right));
      across[i] = dx;
      down[i] = dy;
      strength[i] = Math.hypot(dx, dy) / 4;
    }
  }
  const strong = Math.max(WEAKEST_STRONG, quantile(strength, STRONG_PART));
  const costs = new Uint8Array(width * height);
  for (let i = 0; i < costs.length; i++) {
    const even = 1 - Math.min(1, (strength[i] as number) / strong);
    costs[i] = isRidge(i, width, height, strength, across, down) ? 1 + 180 * even : 60 + 195 * even;
  }
  return costs;
}

/** Whether the gradient is no weaker here than on either side along its own direction. */
function isRidge(
  i: number,
  width: number,
  height: number,
  strength: Float32Array,
  across: Float32Array,
  down: Float32Array,
): boolean {
  const here = strength[i] as number;
  if (here === 0) return false;
  const [dx, dy] = [across[i] as number, down[i] as number];
  const step = (v: number): number => (Math.abs(v) > 0.4 * Math.max(Math.abs(dx), Math.abs(dy)) ? Math.sign(v) : 0);
  const [x, y] = [i % width, Math.floor(i / width)];
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= width || row >= height ? 0 : (strength[row * width + column] as number);
  return here >= at(x + step(dx), y + step(dy)) && here >= at(x - step(dx), y - step(dy));
}

/** A binomial of 3 x 3: single pixels of noise make no edges. */
function smoothed(greys: Uint8Array, width: number, height: number): Float32Array {
  const rows = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const left = greys[x > 0 ? i - 1 : i] as number;
      const right = greys[x < width - 1 ? i + 1 : i] as number;
      rows[i] = (left + 2 * (greys[i] as number) + right) / 4;
    }
  }
  const made = new Float32Array(width * height);
  for (let i = 0; i < made.length; i++) {
    const above = rows[i >= width ? i - width : i] as number;
    const below = rows[i + width < made.length ? i + width : i] as number;
    made[i] = (above + 2 * (rows[i] as number) + below) / 4;
  }
  return made;
}

/** From a histogram: exact enough for a threshold, and one pass. */
function quantile(values: Float32Array, part: number): number {
  const counts = new Uint32Array(1024);
  for (const value of values) {
    const bin = Math.min(1023, Math.floor(value * 4));
    counts[bin] = (counts[bin] as number) + 1;
  }
  let seen = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    seen += counts[bin] as number;
    if (seen >= part * values.length) return bin / 4;
  }
  return 0;
}
