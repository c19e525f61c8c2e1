import { describe, expect, it } from 'vitest';
import { measureWords } from '../marks/measures';
import { calibrationFor } from './calibration';
import cases from './calibration_cases.json';
import type { FrameGeometry, Point, UltrasoundRegion } from './pictures';

const bare: FrameGeometry = {
  position: null,
  orientation: null,
  spacing: null,
  spacing_source: null,
  slice_thickness: null,
  regions: [],
  frame_time_ms: null,
};
const tissue: UltrasoundRegion = {
  min_column: 0,
  min_row: 0,
  max_column: 99,
  max_row: 99,
  mm_per_column: 0.1,
  mm_per_row: 0.2,
  spatial: true,
};
const doppler: UltrasoundRegion = { ...tissue, min_row: 100, max_row: 199, spatial: false };
const box: Point[] = [
  [10, 10],
  [60, 30],
];

describe('which millimetres hold', () => {
  it('takes the ultrasound region under all points before the pixel spacing', () => {
    const geometry: FrameGeometry = { ...bare, regions: [tissue], spacing: [1, 1], spacing_source: 'PixelSpacing' };
    expect(calibrationFor(geometry, box)?.source).toBe('region');
    expect(measureWords('box', box, geometry)).toEqual(['5.0 × 4.0 mm', 'area 20.0 mm²', 'ultrasound region']);
  });

  it('gives pixels for a mark that leaves the region for one that is no distance', () => {
    const geometry: FrameGeometry = {
      ...bare,
      regions: [tissue, doppler],
      spacing: [1, 1],
      spacing_source: 'PixelSpacing',
    };
    expect(
      calibrationFor(geometry, [
        [10, 10],
        [60, 150],
      ]),
    ).toBeNull();
    expect(
      measureWords(
        'box',
        [
          [10, 10],
          [60, 150],
        ],
        geometry,
      ).at(-1),
    ).toBe('not calibrated');
  });

  it('falls back to the spacing outside every region', () => {
    const geometry: FrameGeometry = { ...bare, regions: [tissue], spacing: [0.5, 0.5], spacing_source: 'PixelSpacing' };
    expect(
      calibrationFor(geometry, [
        [300, 300],
        [320, 320],
      ])?.mmPerColumn,
    ).toBe(0.5);
  });

  it('says that the imager spacing is at the detector', () => {
    const geometry: FrameGeometry = { ...bare, spacing: [0.1, 0.1], spacing_source: 'ImagerPixelSpacing' };
    expect(measureWords('box', box, geometry).at(-1)).toBe('at the detector');
  });

  it('never says millimetres without a calibration', () => {
    expect(measureWords('box', box, bare)).toEqual(['50 × 20 px', 'area 1000 px²', 'not calibrated']);
  });
});

describe('the cases that the server tests too', () => {
  it.each(cases)('$name', ({ geometry, points, expected }) => {
    const found = calibrationFor(geometry as unknown as FrameGeometry, points as unknown as Point[]);
    if (expected === null) {
      expect(found).toBeNull();
      return;
    }
    expect(found?.mmPerColumn).toBe(expected.mm_per_column);
    expect(found?.mmPerRow).toBe(expected.mm_per_row);
    expect(found?.source).toBe(expected.source);
  });
});
