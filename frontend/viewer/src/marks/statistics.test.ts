import { describe, expect, it } from 'vitest';
import { statisticsOf, statisticsWords } from './statistics';

/** Four columns, three rows of Hounsfield units. */
const PIXELS = [0, 10, 20, 30, 40, 50, 60, 70, -80, 90, 100, 110];
const values = { columns: 4, rows: 3, at: (index: number) => PIXELS[index] as number };

describe('the values within a mark', () => {
  it('are those of the pixels whose centres lie inside', () => {
    // Columns 1 and 2 of rows 0 and 1: 10, 20, 50, 60; mean 35, squares 625 + 225 + 225 + 625 = 1700, / 4 = 425.
    const found = statisticsOf(
      {
        kind: 'box',
        points: [
          [0.6, 0.4],
          [2.9, 1.6],
        ],
      },
      values,
    );
    expect(found).toEqual({ pixels: 4, mean: 35, deviation: Math.sqrt(425), minimum: 10, maximum: 60 });
    expect(found && statisticsWords(found, 'HU')).toEqual(['mean 35 ± 21 HU', '10 to 60 HU']);
  });

  it('of a mask are those of its pixels, of an open line none', () => {
    // The lower left corner of a box of 2 x 2: the third pixel of the run.
    const mask = { runs: [2, 1, 1] };
    const box = [
      [0, 1],
      [2, 3],
    ] as const;
    expect(statisticsOf({ kind: 'mask', points: box, mask }, values)).toEqual({
      pixels: 1,
      mean: -80,
      deviation: 0,
      minimum: -80,
      maximum: -80,
    });
    expect(statisticsOf({ kind: 'length', points: box }, values)).toBeNull();
    expect(statisticsWords({ pixels: 1, mean: -80, deviation: 0, minimum: -80, maximum: -80 }, 'HU')[0]).toBe(
      'mean −80 ± 0 HU',
    );
  });

  it('are none where no centre is inside', () => {
    expect(
      statisticsOf(
        {
          kind: 'box',
          points: [
            [0.6, 0.6],
            [1.4, 0.9],
          ],
        },
        values,
      ),
    ).toBeNull();
  });
});
