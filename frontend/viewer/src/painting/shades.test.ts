import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Shades, shadesOf } from './shades';

function greyOf({ lower, upper, colours }: Shades, value: number): number {
  const last = colours.length - 1;
  const entry = Math.round((last * (value - lower)) / (upper - lower));
  return (colours[Math.min(last, Math.max(0, entry))] as number) & 255;
}

describe('shadesOf', () => {
  it('runs from black to white in a straight line, and the other way round when inverted', () => {
    const range = fc.tuple(
      fc.double({ min: -2000, max: 2000, noNaN: true }),
      fc.double({ min: 1, max: 4000, noNaN: true }),
    );
    fc.assert(
      fc.property(
        range,
        fc.double({ min: -0.5, max: 1.5, noNaN: true }),
        fc.boolean(),
        ([lower, width], part, inverted) => {
          const straight = 255 * Math.min(1, Math.max(0, part));
          const wanted = inverted ? 255 - straight : straight;
          const shades = shadesOf(lower, lower + width, 'straight', inverted);
          expect(Math.abs(greyOf(shades, lower + part * width) - wanted)).toBeLessThan(0.6);
        },
      ),
    );
  });

  it('follows the sigmoid of DICOM PS3.3 C.11.2.1.3.1', () => {
    const [centre, width] = [40, 400];
    const shades = shadesOf(centre - width / 2, centre + width / 2, 'sigmoid', false);
    for (let value = -1000; value <= 1000; value += 7) {
      const wanted = 255 / (1 + Math.exp((-4 * (value - centre)) / width));
      expect(Math.abs(greyOf(shades, value) - wanted)).toBeLessThan(0.75);
    }
  });

  it('is opaque and grey everywhere, however narrow the window', () => {
    for (const colour of shadesOf(7, 7, 'straight', false).colours) {
      expect(colour >>> 24).toBe(255);
      expect(new Set([colour & 255, (colour >>> 8) & 255, (colour >>> 16) & 255]).size).toBe(1);
    }
  });
});
