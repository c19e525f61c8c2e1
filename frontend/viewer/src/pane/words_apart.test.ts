import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type WordsBox, wordsApart } from './words_apart';

const box = fc.record({
  left: fc.integer({ min: 0, max: 200 }),
  top: fc.integer({ min: 0, max: 200 }),
  long: fc.integer({ min: 1, max: 120 }),
  high: fc.integer({ min: 1, max: 40 }),
});

describe('words at marks', () => {
  it('never cover each other, and stay where nothing is in the way', () => {
    fc.assert(
      fc.property(fc.array(box, { maxLength: 12 }), (boxes) => {
        const lower = wordsApart(boxes);
        const stand = boxes.map((one, i): WordsBox => ({ ...one, top: one.top + (lower[i] as number) }));
        stand.forEach((a, i) => {
          expect(lower[i]).toBeGreaterThanOrEqual(0);
          for (const b of stand.slice(0, i)) {
            const apart =
              a.left >= b.left + b.long ||
              b.left >= a.left + a.long ||
              a.top >= b.top + b.high ||
              b.top >= a.top + a.high;
            expect(apart).toBe(true);
          }
        });
      }),
    );
    const far = [
      { left: 0, top: 0, long: 10, high: 10 },
      { left: 20, top: 0, long: 10, high: 10 },
    ];
    expect(wordsApart(far)).toEqual([0, 0]);
  });
});
