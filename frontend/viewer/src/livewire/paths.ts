/**
 * The cheapest ways from one pixel to all others. Pure.
 *
 * Source: Dijkstra 1959, with the buckets of Dial 1969 (costs are small whole numbers).
 */
import { LARGEST_COST } from './costs';

/** A step to a neighbour: column, row, length in tenths. */
const STEPS = [
  [1, 0, 10],
  [1, 1, 14],
  [0, 1, 10],
  [-1, 1, 14],
  [-1, 0, 10],
  [-1, -1, 14],
  [0, -1, 10],
  [1, -1, 14],
] as const;
const NO_WAY = 255;
/** More than the dearest step, a power of two. */
const BUCKETS = 4096;
if (BUCKETS <= LARGEST_COST * 14) throw new Error('A step may cost more than there are buckets.');

/** For every pixel the step by which the cheapest way from the seed arrives there; 255 at the seed. */
export function cheapestWays(costs: Uint8Array, width: number, height: number, seed: number): Uint8Array {
  const arrivals = new Uint8Array(width * height).fill(NO_WAY);
  const totals = new Int32Array(width * height).fill(0x7fffffff);
  const buckets: number[][] = Array.from({ length: BUCKETS }, () => []);
  totals[seed] = 0;
  buckets[0]?.push(seed);
  let waiting = 1;
  for (let total = 0; waiting > 0; total++) {
    const bucket = buckets[total & (BUCKETS - 1)] as number[];
    for (let at = bucket.pop(); at !== undefined; at = bucket.pop()) {
      waiting -= 1;
      // A cheaper way there was found since.
      if (totals[at] !== total) continue;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let step = 0; step < STEPS.length; step++) {
        const [dx, dy, length] = STEPS[step] as (typeof STEPS)[number];
        const [nx, ny] = [x + dx, y + dy];
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        const next = ny * width + nx;
        const sum = total + (costs[next] as number) * length;
        if (sum >= (totals[next] as number)) continue;
        totals[next] = sum;
        arrivals[next] = step;
        buckets[sum & (BUCKETS - 1)]?.push(next);
        waiting += 1;
      }
    }
  }
  return arrivals;
}

/** The pixels from the seed to a target, both included. */
export function wayTo(arrivals: Uint8Array, width: number, target: number): number[] {
  const way = [target];
  let at = target;
  while (way.length <= arrivals.length) {
    const step = arrivals[at] as number;
    if (step === NO_WAY) break;
    const [dx, dy] = STEPS[step] as (typeof STEPS)[number];
    at -= dy * width + dx;
    way.push(at);
  }
  return way.reverse();
}
