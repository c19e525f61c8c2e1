import { describe, expect, it } from 'vitest';
import type { Point } from '../model/pictures';
import { edgeCosts } from './costs';
import { cheapestWays, wayTo } from './paths';
import { gridPixel, partOf, smoothLine, storedPoint } from './picture_part';

/** A bright disc of radius 60 around (100, 90) on a darker ground, with noise that is always the same. */
const SIZE = 200;
const CENTRE: Point = [100, 90];
const RADIUS = 60;
const noise = (i: number): number => ((i * 7919) % 31) - 15;
const values = {
  columns: SIZE,
  rows: SIZE,
  at: (i: number): number => {
    const away = Math.hypot((i % SIZE) + 0.5 - CENTRE[0], Math.floor(i / SIZE) + 0.5 - CENTRE[1]);
    return (away < RADIUS ? 1100 : 1000) + noise(i);
  },
};
const on = (degrees: number): Point => {
  const turn = (degrees * Math.PI) / 180;
  return [CENTRE[0] + RADIUS * Math.cos(turn), CENTRE[1] + RADIUS * Math.sin(turn)];
};

describe('a line along edges', () => {
  it.each([1, 2])('follows the rim of a disc within a pixel and a half, seen at a step of %i', (step) => {
    const part = partOf(values, [0, 0], [SIZE, SIZE], step, { lower: 950, upper: 1150 });
    const { width, height } = part.grid;
    const costs = edgeCosts(part.grid);
    const ways = cheapestWays(costs, width, height, gridPixel(part, on(0)));
    const line = smoothLine(wayTo(ways, width, gridPixel(part, on(110))).map((pixel) => storedPoint(part, pixel)));
    for (const [column, row] of line) {
      const away = Math.hypot(column - CENTRE[0], row - CENTRE[1]);
      expect(Math.abs(away - RADIUS)).toBeLessThan(1.5 * step);
    }
    // Round the rim by the shorter way, 115 pixels, and not across the disc, 98.
    const length = line.reduce(
      (sum, p, i) => sum + (i ? Math.hypot(p[0] - (line[i - 1] as Point)[0], p[1] - (line[i - 1] as Point)[1]) : 0),
      0,
    );
    expect(length).toBeGreaterThan(110);
    expect(length).toBeLessThan(130);
  });

  it('runs straight where there is nothing to follow', () => {
    const even = { width: 50, height: 40, greys: new Uint8Array(2000).fill(90) };
    const ways = cheapestWays(edgeCosts(even), 50, 40, 5 * 50 + 5);
    const way = wayTo(ways, 50, 5 * 50 + 45);
    expect(way.length).toBe(41);
    expect(way.every((pixel) => Math.floor(pixel / 50) === 5)).toBe(true);
  });

  it('finds no dearer way than any other does', () => {
    // Bellman and Ford on a small grid as the oracle.
    const [width, height] = [9, 7];
    const costs = Uint8Array.from({ length: width * height }, (_, i) => 1 + ((i * 37) % 251));
    const ways = cheapestWays(costs, width, height, 10);
    const price = (way: readonly number[]): number =>
      way
        .slice(1)
        .reduce((sum, pixel, i) => sum + (costs[pixel] as number) * stepLength(way[i] as number, pixel, width), 0);
    const best = new Array<number>(width * height).fill(Number.POSITIVE_INFINITY);
    best[10] = 0;
    for (let round = 0; round < width * height; round++) {
      for (let a = 0; a < best.length; a++) {
        for (let b = 0; b < best.length; b++) {
          const length = stepLength(a, b, width);
          if (length) best[b] = Math.min(best[b] as number, (best[a] as number) + (costs[b] as number) * length);
        }
      }
    }
    for (let target = 0; target < best.length; target++) expect(price(wayTo(ways, width, target))).toBe(best[target]);
  });
});

/** 10 for a neighbour beside, 14 for one across, 0 for none. */
function stepLength(a: number, b: number, width: number): number {
  const dx = Math.abs((a % width) - (b % width));
  const dy = Math.abs(Math.floor(a / width) - Math.floor(b / width));
  if (Math.max(dx, dy) !== 1) return 0;
  return dx + dy === 2 ? 14 : 10;
}
