import { describe, expect, it } from 'vitest';
import type { FrameGeometry, Point } from '../model/pictures';
import type { MarkKind } from '../model/reading';
import { diameterOf, measuresOf, measureWords } from './measures';

const bare: FrameGeometry = {
  position: null,
  orientation: null,
  spacing: null,
  spacing_source: null,
  slice_thickness: null,
  regions: [],
  frame_time_ms: null,
};
/** Rows two millimetres apart, columns half a millimetre. */
const odd: FrameGeometry = { ...bare, spacing: [2, 0.5], spacing_source: 'PixelSpacing' };

const WORDS: [string, MarkKind, Point[], FrameGeometry, string[]][] = [
  // 6 columns are 3 mm, 2 rows 4 mm: 5 mm.
  [
    'a length',
    'length',
    [
      [10, 10],
      [16, 12],
    ],
    odd,
    ['5.0 mm', 'pixel spacing'],
  ],
  [
    'a length in pixels',
    'length',
    [
      [10, 10],
      [13, 14],
    ],
    bare,
    ['5 px', 'not calibrated'],
  ],
  // 20 columns are 10 mm, 8 rows 16 mm: the second axis is the longer one.
  [
    'two axes',
    'bidirectional',
    [
      [0, 8],
      [20, 8],
      [10, 4],
      [10, 12],
    ],
    odd,
    ['16.0 × 10.0 mm', 'pixel spacing'],
  ],
  // In pixels 45 degrees; in millimetres the leg rises 4 mm over 1 mm: atan(4) = 75.96 degrees.
  [
    'an angle',
    'angle',
    [
      [12, 8],
      [10, 10],
      [20, 10],
    ],
    odd,
    ['76.0°', 'pixel spacing'],
  ],
  [
    'an angle in pixels',
    'angle',
    [
      [12, 8],
      [10, 10],
      [20, 10],
    ],
    bare,
    ['45.0°', 'not calibrated: pixels taken as square'],
  ],
  // Half axes 10 columns and 5 rows: 10 x 20 mm, area pi * 5 * 10.
  [
    'an ellipse',
    'ellipse',
    [
      [0, 5],
      [20, 5],
      [10, 0],
      [10, 10],
    ],
    odd,
    ['20.0 × 10.0 mm', 'area 157.1 mm²', 'pixel spacing'],
  ],
  // 3 mm and 4 mm at a right angle: 6 mm2, the longest side 5 mm.
  [
    'a contour',
    'contour',
    [
      [0, 0],
      [6, 0],
      [0, 2],
    ],
    odd,
    ['longest 5.0 mm', 'area 6.0 mm²', 'pixel spacing'],
  ],
  ['a point', 'point', [[1, 1]], odd, []],
  [
    'an arrow',
    'arrow',
    [
      [1, 1],
      [5, 5],
    ],
    odd,
    [],
  ],
  [
    'a length at the detector',
    'length',
    [
      [0, 0],
      [10, 0],
    ],
    { ...bare, spacing: [0.1, 0.1], spacing_source: 'ImagerPixelSpacing' },
    ['1.0 mm', 'at the detector'],
  ],
];

describe('what a mark measures', () => {
  it.each(WORDS)('%s', (_, kind, points, geometry, words) => {
    expect(measureWords(kind, points, geometry)).toEqual(words);
  });

  it('gives the diameter of what is marked: a box its longer side, not its diagonal', () => {
    const of = (kind: MarkKind, points: Point[]): number | null => diameterOf(measuresOf(kind, points, bare));
    expect(
      of('box', [
        [0, 0],
        [30, 40],
      ]),
    ).toBe(40);
    expect(
      of('length', [
        [0, 0],
        [30, 40],
      ]),
    ).toBe(50);
    expect(
      of('bidirectional', [
        [0, 0],
        [30, 40],
        [10, 20],
        [20, 15],
      ]),
    ).toBe(50);
    expect(
      of('arrow', [
        [0, 0],
        [30, 40],
      ]),
    ).toBeNull();
    expect(
      of('angle', [
        [0, 0],
        [30, 40],
        [0, 40],
      ]),
    ).toBeNull();
  });
});
