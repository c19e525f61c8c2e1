import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Affine, applyAffine, invertAffine } from '../model/geometry';
import { anyMask } from './arbitrary';
import { isIn } from './bitmap';
import { boxOnScreen, drawMasks, rgbOf } from './drawing';

const camera: fc.Arbitrary<Affine> = fc
  .record({
    zoom: fc.double({ min: 0.4, max: 9, noNaN: true }),
    turn: fc.constantFrom(0, Math.PI / 2, 0.3),
    flip: fc.constantFrom(1, -1),
    tall: fc.constantFrom(1, 2.5),
  })
  .map(({ zoom, turn, flip, tall }) => ({
    a: zoom * Math.cos(turn) * flip,
    b: zoom * Math.sin(turn) * flip,
    c: -zoom * Math.sin(turn) * tall,
    d: zoom * Math.cos(turn) * tall,
    e: 60.3,
    f: 44.7,
  }));

const PART = { column: -7, row: 12, columns: 90, rows: 70 };

describe('masks on the screen', () => {
  it('cover the pixels of the screen whose centres lie on pixels that are in, whatever the camera', () => {
    fc.assert(
      fc.property(anyMask, camera, (bitmap, toScreen) => {
        const made = new Uint32Array(PART.columns * PART.rows);
        const toStored = invertAffine(toScreen);
        drawMasks(made, PART, toStored, toScreen, [{ bitmap, colour: [1, 2, 3], fill: 0.3, line: 2, strength: 1 }]);
        const wrong: string[] = [];
        for (let i = 0; i < made.length; i++) {
          const x = PART.column + (i % PART.columns) + 0.5;
          const y = PART.row + Math.floor(i / PART.columns) + 0.5;
          const [c, r] = applyAffine(toStored, [x, y]);
          // On the edge of two pixels rounding decides.
          if (Math.abs(c - Math.round(c)) < 1e-6 || Math.abs(r - Math.round(r)) < 1e-6) continue;
          if ((made[i] !== 0) !== isIn(bitmap, Math.floor(c), Math.floor(r))) wrong.push(`${x},${y}`);
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('have an outline of one width and a fill within, and outlines stay above the fills of others', () => {
    const full = (column: number, row: number, columns: number, rows: number) => ({
      column,
      row,
      columns,
      rows,
      pixels: new Uint8Array(columns * rows).fill(1),
    });
    const toScreen = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
    const part = { column: 0, row: 0, columns: 20, rows: 20 };
    const made = new Uint32Array(400);
    drawMasks(made, part, toScreen, toScreen, [
      { bitmap: full(2, 2, 10, 10), colour: rgbOf('#ff0000'), fill: 0.2, line: 1, strength: 1 },
      { bitmap: full(5, 0, 12, 20), colour: rgbOf('#00ff00'), fill: 0.4, line: 2, strength: 1 },
    ]);
    const at = (x: number, y: number): string => (made[y * 20 + x] as number).toString(16);
    expect(at(2, 5)).toBe('f20000ff');
    expect(at(3, 5)).toBe('330000ff');
    expect(at(6, 5)).toBe('f200ff00');
    expect(at(7, 5)).toBe('6600ff00');
    expect(at(11, 5)).toBe('f20000ff');
    expect(at(18, 5)).toBe('0');
  });

  it('touch no more of the screen than their box says', () => {
    expect(
      boxOnScreen({ column: 10, row: 5, columns: 4, rows: 2 }, { a: -2, b: 0, c: 0, d: 3, e: 100, f: 1 }, 1),
    ).toEqual({ column: 71, row: 15, columns: 10, rows: 8 });
  });
});
