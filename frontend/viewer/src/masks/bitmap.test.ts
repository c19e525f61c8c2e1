import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyMask, FRAME, pixelsIn } from './arbitrary';
import { areaOf, cropped, grown, grownBox, isIn, shrunk, subtracted, trimmed, union } from './bitmap';
import { partsOf } from './components';
import { bitmapOf, runArea, runsOf, shapeOf } from './runs';

describe('runs', () => {
  it('are what the server writes: out, in, out, ... row by row', () => {
    expect(runsOf({ column: 0, row: 0, columns: 3, rows: 2, pixels: Uint8Array.from([0, 1, 1, 1, 0, 1]) })).toEqual([
      1, 3, 1, 1,
    ]);
    expect(runsOf({ column: 0, row: 0, columns: 2, rows: 1, pixels: Uint8Array.from([1, 1]) })).toEqual([0, 2]);
  });

  it('give the pixels back, fill their box and are above nothing but at the start', () => {
    fc.assert(
      fc.property(anyMask, (bitmap) => {
        const { points, mask } = shapeOf(bitmap);
        expect(bitmapOf(points, { runs: [...mask.runs] })).toEqual(bitmap);
        expect(mask.runs.reduce((a, b) => a + b, 0)).toBe(bitmap.columns * bitmap.rows);
        expect(mask.runs.slice(1).every((run) => run > 0)).toBe(true);
        expect(runArea(mask)).toBe(areaOf(bitmap));
      }),
    );
  });
});

describe('a bitmap', () => {
  it('is trimmed to what is in, wherever that lies in its box', () => {
    fc.assert(
      fc.property(anyMask, (bitmap) => {
        expect(trimmed(cropped(bitmap, FRAME))).toEqual(bitmap);
        expect(trimmed(cropped(bitmap, FRAME), grownBox(bitmap, 1))).toEqual(bitmap);
      }),
    );
  });

  it('is united and taken away pixel by pixel', () => {
    fc.assert(
      fc.property(anyMask, anyMask, (a, b) => {
        const [inA, inB] = [new Set(pixelsIn(a)), new Set(pixelsIn(b))];
        expect(new Set(pixelsIn(union(a, b)))).toEqual(new Set([...inA, ...inB]));
        expect(pixelsIn(subtracted(a, b))).toEqual([...inA].filter((p) => !inB.has(p)));
        expect(subtracted(a, a)).toBeNull();
      }),
    );
  });

  it('grows and shrinks by the neighbours of its edge', () => {
    const near = (bitmap: Parameters<typeof isIn>[0], c: number, r: number): boolean[] =>
      [
        [0, 0],
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]
        .map(([dc, dr]) => [c + (dc as number), r + (dr as number)] as const)
        .filter(([nc, nr]) => nc >= 0 && nr >= 0 && nc < FRAME.columns && nr < FRAME.rows)
        .map(([nc, nr]) => isIn(bitmap, nc, nr));
    fc.assert(
      fc.property(anyMask, (bitmap) => {
        const larger = cropped(grown(bitmap, FRAME), FRAME);
        const smaller = shrunk(bitmap, FRAME);
        const wrong: string[] = [];
        for (let r = 0; r < FRAME.rows; r++) {
          for (let c = 0; c < FRAME.columns; c++) {
            const around = near(bitmap, c, r);
            const inSmaller = smaller !== null && isIn(smaller, c, r);
            if (isIn(larger, c, r) !== around.includes(true)) wrong.push(`grown ${c},${r}`);
            if (inSmaller === around.includes(false)) wrong.push(`shrunk ${c},${r}`);
          }
        }
        expect(wrong).toEqual([]);
      }),
    );
  });
});

describe('parts', () => {
  it('are all of the mask, each once, and touch no other by an edge', () => {
    fc.assert(
      fc.property(anyMask, (bitmap) => {
        const parts = partsOf(bitmap);
        expect(parts.flatMap(pixelsIn).sort()).toEqual(pixelsIn(bitmap).sort());
        expect(parts.map(areaOf)).toEqual(parts.map(areaOf).sort((a, b) => b - a));
        for (const one of parts) {
          const edge = new Set(pixelsIn(grown(one, FRAME)));
          for (const other of parts) if (other !== one) expect(pixelsIn(other).some((p) => edge.has(p))).toBe(false);
        }
      }),
    );
  });
});
