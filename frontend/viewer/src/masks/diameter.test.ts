import { describe, expect, it } from 'vitest';
import { measureWords } from '../marks/measures';
import type { FrameGeometry } from '../model/pictures';
import { emptyBitmap, trimmed } from './bitmap';
import { sweep } from './brush';
import { longestDiameter } from './diameter';
import { shapeOf } from './runs';
import { rangeOfPixels, rangeOfWindow } from './value_range';

const geometry: FrameGeometry = {
  position: null,
  orientation: null,
  spacing: [0.5, 0.25],
  spacing_source: 'PixelSpacing',
  slice_thickness: null,
  regions: [],
  frame_time_ms: null,
};

function disc() {
  const made = emptyBitmap({ column: 0, row: 0, columns: 100, rows: 100 });
  sweep(made, [50, 50], [50, 50], { radius: 20, aspect: 1 }, 1);
  const bitmap = trimmed(made);
  if (!bitmap) throw new Error('painted nothing');
  return bitmap;
}

describe('a mask', () => {
  it('is as long as the longest line in it, in the units of its pixels', () => {
    expect(Math.abs(longestDiameter(disc(), 1, 1) - 40)).toBeLessThan(1);
    expect(longestDiameter(disc(), 0.25, 0.5)).toBeCloseTo(20, 0);
  });

  it('in two parts is as long as the longer one', () => {
    const two = emptyBitmap({ column: 0, row: 0, columns: 100, rows: 20 });
    sweep(two, [10, 10], [10, 10], { radius: 5, aspect: 1 }, 1);
    sweep(two, [80, 10], [90, 10], { radius: 5, aspect: 1 }, 1);
    expect(Math.abs(longestDiameter(two, 1, 1) - 20)).toBeLessThan(1);
  });

  it('says its area in millimetres where they are known, else in pixels', () => {
    const { points, mask } = shapeOf(disc());
    expect(measureWords('mask', points, geometry, mask)).toEqual([
      'longest 20.1 mm',
      'area 158.0 mm²',
      'pixel spacing',
    ]);
    expect(measureWords('mask', points, { ...geometry, spacing: null }, mask)).toEqual([
      'longest 41 px',
      'area 1264 px²',
      'not calibrated',
    ]);
  });
});

describe('a range', () => {
  it('is what the window shows between black and white', () => {
    expect(rangeOfWindow({ centre: 50, width: 400, function: 'LINEAR_EXACT' })).toEqual([-150, 250]);
  });

  it('is two standard deviations around the mean of what was pointed at', () => {
    const values = { columns: 4, rows: 1, at: (i: number) => [10, 20, 10, 20][i] as number };
    expect(rangeOfPixels(values, [0, 1, 2, 3])).toEqual([5, 25]);
    expect(rangeOfPixels(values, [])).toBeNull();
  });
});
