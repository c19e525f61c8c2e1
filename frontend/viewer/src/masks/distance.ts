/** How far pixels are from a mask's edge. Pure. */
import { type Bitmap, type Box, cropped } from './bitmap';

/**
 * Exact squared distances along a line to the least of parabolas.
 *
 * Source: Felzenszwalb and Huttenlocher, Distance transforms of sampled functions, 2012.
 */
function along(
  values: Float64Array,
  length: number,
  step: number,
  made: Float64Array,
  at: Int32Array,
  bound: Float64Array,
): void {
  let last = -1;
  for (let q = 0; q < length; q++) {
    const f = values[q] as number;
    if (f === Number.POSITIVE_INFINITY) continue;
    const x = q * step;
    let from = Number.NEGATIVE_INFINITY;
    while (last >= 0) {
      const p = at[last] as number;
      const px = p * step;
      from = (f + x * x - ((values[p] as number) + px * px)) / (2 * (x - px));
      if (from > (bound[last] as number)) break;
      last -= 1;
      from = Number.NEGATIVE_INFINITY;
    }
    last += 1;
    at[last] = q;
    bound[last] = from;
  }
  for (let q = 0, k = 0; q < length; q++) {
    if (last < 0) {
      made[q] = Number.POSITIVE_INFINITY;
      continue;
    }
    const x = q * step;
    while (k < last && (bound[k + 1] as number) < x) k += 1;
    const p = at[k] as number;
    made[q] = (x - p * step) ** 2 + (values[p] as number);
  }
}

/** Squared distances between pixels' centres, from every pixel of the box to the nearest with the value. */
function squaredDistances(
  { columns, rows, pixels }: Bitmap,
  value: 0 | 1,
  width: number,
  height: number,
): Float64Array {
  const squares = new Float64Array(columns * rows);
  for (let i = 0; i < squares.length; i++) squares[i] = pixels[i] === value ? 0 : Number.POSITIVE_INFINITY;
  const longest = Math.max(columns, rows);
  const [line, made] = [new Float64Array(longest), new Float64Array(longest)];
  const [at, bound] = [new Int32Array(longest), new Float64Array(longest)];
  for (let c = 0; c < columns; c++) {
    for (let r = 0; r < rows; r++) line[r] = squares[r * columns + c] as number;
    along(line, rows, height, made, at, bound);
    for (let r = 0; r < rows; r++) squares[r * columns + c] = made[r] as number;
  }
  for (let r = 0; r < rows; r++) {
    line.set(squares.subarray(r * columns, (r + 1) * columns));
    along(line, columns, width, made, at, bound);
    squares.set(made.subarray(0, columns), r * columns);
  }
  return squares;
}

/**
 * Signed distance to a mask's edge for every pixel of a box around it: above 0 in the mask, below 0 beside it.
 *
 * The box must be larger than the mask on every side. Pixels are width by height, in any unit.
 */
export function signedDistances(bitmap: Bitmap, box: Box, width: number, height: number): Float64Array {
  const whole = cropped(bitmap, box);
  const toOut = squaredDistances(whole, 0, width, height);
  const toIn = squaredDistances(whole, 1, width, height);
  // Measured from centre to centre: the edge lies half a pixel before the neighbour's.
  const half = Math.min(width, height) / 2;
  return toOut.map((square, i) =>
    whole.pixels[i] === 1 ? Math.sqrt(square) - half : half - Math.sqrt(toIn[i] as number),
  );
}
