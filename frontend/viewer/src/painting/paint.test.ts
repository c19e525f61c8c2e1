import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Affine } from '../model/geometry';
import { paint, type Source, type Target } from './paint';
import { shadesOf } from './shades';

const BLACK = 0xff000000;

function blank(width: number, height: number): Target {
  return { colours: new Uint32Array(width * height).fill(0x12345678), width, height };
}

function greyAt({ colours, width }: Target, x: number, y: number): number {
  return (colours[y * width + x] as number) & 255;
}

function bytesAt({ colours, width }: Target, x: number, y: number): number[] {
  const colour = colours[y * width + x] as number;
  return [colour & 255, (colour >>> 8) & 255, (colour >>> 16) & 255, colour >>> 24];
}

function grey(columns: number, rows: number, values: number[]): Source {
  return { pixels: Int16Array.from(values), columns, rows, components: 1 };
}

/** One pixel at a time, by the words of the definition: between the four samples around, clamped at the edges. */
function slowly(source: Source, map: Affine, x: number, y: number, component = 0): number | null {
  const { columns, rows, components, pixels } = source;
  const u = (x + 0.5 - map.e) / map.a;
  const v = (y + 0.5 - map.f) / map.d;
  if (u < -0.5 || v < -0.5 || u >= columns - 0.5 || v >= rows - 0.5) return null;
  const at = (column: number, row: number): number => {
    const c = Math.min(Math.max(column, 0), columns - 1);
    const r = Math.min(Math.max(row, 0), rows - 1);
    return pixels[(r * columns + c) * components + component] as number;
  };
  const [c, r] = [Math.floor(u), Math.floor(v)];
  const between = (a: number, b: number, part: number): number => a + (b - a) * part;
  return between(between(at(c, r), at(c + 1, r), u - c), between(at(c, r + 1), at(c + 1, r + 1), u - c), v - r);
}

const scale = fc
  .tuple(fc.double({ min: 0.15, max: 9, noNaN: true }), fc.boolean())
  .map(([size, flipped]) => (flipped ? -size : size));
const shift = fc.double({ min: -30, max: 60, noNaN: true });
const map = fc.record({ a: scale, d: scale, e: shift, f: shift }).map((part): Affine => ({ ...part, b: 0, c: 0 }));
const size = fc.integer({ min: 1, max: 9 });

describe('paint', () => {
  it('gives every pixel what lies between the samples around it, wherever the picture lies', () => {
    const cases = fc.tuple(size, size, map, fc.infiniteStream(fc.integer({ min: -1000, max: 3000 })));
    fc.assert(
      fc.property(cases, ([columns, rows, put, stream]) => {
        const source = grey(columns, rows, [...stream.take(columns * rows)]);
        const target = blank(24, 17);
        paint(target, source, put, shadesOf(-1000, 3000, 'straight', false), false);
        for (let y = 0; y < target.height; y++) {
          for (let x = 0; x < target.width; x++) {
            const value = slowly(source, put, x, y);
            const there = target.colours[y * target.width + x];
            if (value === null) expect(there).toBe(BLACK);
            else expect(Math.abs(greyAt(target, x, y) - (255 * (value + 1000)) / 4000)).toBeLessThan(0.6);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the three colours apart, and turns them round where that is asked for', () => {
    const cases = fc.tuple(size, size, map, fc.boolean(), fc.infiniteStream(fc.integer({ min: 0, max: 255 })));
    fc.assert(
      fc.property(cases, ([columns, rows, put, inverted, stream]) => {
        const pixels = Uint8Array.from([...stream.take(columns * rows * 3)]);
        const source: Source = { pixels, columns, rows, components: 3 };
        const target = blank(15, 12);
        paint(target, source, put, null, inverted);
        for (let y = 0; y < target.height; y++) {
          for (let x = 0; x < target.width; x++) {
            const wanted = [0, 1, 2].map((component) => slowly(source, put, x, y, component));
            if (wanted[0] === null) {
              expect(bytesAt(target, x, y)).toEqual([0, 0, 0, 255]);
              continue;
            }
            const seen = bytesAt(target, x, y);
            wanted.forEach((value, component) => {
              const shown = inverted ? 255 - (value as number) : (value as number);
              expect(Math.abs((seen[component] as number) - shown)).toBeLessThan(0.51);
            });
            expect(seen[3]).toBe(255);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('windows what lies between two samples, not the greys of the two: an edge stays as sharp as graphics draw it', () => {
    const target = blank(8, 1);
    // Two samples far outside a narrow window, in whose middle the value between them lies for a moment only.
    paint(
      target,
      grey(2, 1, [-1000, 1000]),
      { a: 4, b: 0, c: 0, d: 1, e: 2, f: 0.5 },
      shadesOf(-50, 50, 'straight', false),
      false,
    );
    const greys = Array.from({ length: 8 }, (_, x) => greyAt(target, x, 0));
    expect(greys).toEqual([0, 0, 0, 0, 255, 255, 255, 255]);
  });

  it('leaves nothing of what was drawn before', () => {
    const target = blank(6, 6);
    paint(
      target,
      grey(1, 1, [5]),
      { a: 1, b: 0, c: 0, d: 1, e: 300, f: 300 },
      shadesOf(0, 10, 'straight', false),
      false,
    );
    expect([...target.colours].every((colour) => colour === BLACK)).toBe(true);
  });
});
