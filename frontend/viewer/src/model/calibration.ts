/** Which millimetres hold for the points of one mark, and how the reader is told. */
import { longestAxis, polygonArea } from './contour';
import type { FrameGeometry, MarkKind, Point } from './types';

export interface Calibration {
  mmPerColumn: number;
  mmPerRow: number;
  source: 'region' | 'PixelSpacing' | 'ImagerPixelSpacing';
  /** In words, as shown beside a length. */
  words: string;
}

/** The calibration of these points: one spatial ultrasound region that holds them all, else the frame's spacing. */
export function calibrationFor(geometry: FrameGeometry, points: readonly Point[]): Calibration | null {
  const touched = geometry.regions.filter((region) =>
    points.some(
      ([c, r]) =>
        c >= region.min_column && c <= region.max_column + 1 && r >= region.min_row && r <= region.max_row + 1,
    ),
  );
  const holding = touched.find(
    (region) =>
      region.spatial &&
      region.mm_per_column != null &&
      region.mm_per_row != null &&
      points.every(
        ([c, r]) =>
          c >= region.min_column && c <= region.max_column + 1 && r >= region.min_row && r <= region.max_row + 1,
      ),
  );
  if (holding?.mm_per_column && holding.mm_per_row) {
    return {
      mmPerColumn: holding.mm_per_column,
      mmPerRow: holding.mm_per_row,
      source: 'region',
      words: 'ultrasound region',
    };
  }
  // Points in a Doppler or M-mode region, or across two regions, have no common millimetre.
  if (touched.some((region) => !region.spatial) || touched.length > 1) return null;
  if (!geometry.spacing) return null;
  const [mmPerRow, mmPerColumn] = geometry.spacing;
  return geometry.spacing_source === 'ImagerPixelSpacing'
    ? { mmPerColumn, mmPerRow, source: 'ImagerPixelSpacing', words: 'at the detector' }
    : { mmPerColumn, mmPerRow, source: 'PixelSpacing', words: 'pixel spacing' };
}

/** What a mark measures, in words: millimetres when calibrated, else pixels. */
export function measureWords(kind: MarkKind, points: readonly Point[], geometry: FrameGeometry): string[] {
  if (kind === 'point') return [];
  const calibration = calibrationFor(geometry, points);
  const x = calibration?.mmPerColumn ?? 1;
  const y = calibration?.mmPerRow ?? 1;
  const unit = calibration ? 'mm' : 'px';
  const digits = calibration ? 1 : 0;
  const words: string[] = [];
  if (kind === 'box') {
    const [a, b] = [points[0] as Point, points[1] as Point];
    const width = Math.abs(a[0] - b[0]) * x;
    const height = Math.abs(a[1] - b[1]) * y;
    words.push(`${width.toFixed(digits)} × ${height.toFixed(digits)} ${unit}`);
    words.push(`area ${(width * height).toFixed(digits)} ${unit}²`);
  } else {
    words.push(`longest ${longestAxis(points, x, y).length.toFixed(digits)} ${unit}`);
    words.push(`area ${(polygonArea(points) * x * y).toFixed(digits)} ${unit}²`);
  }
  words.push(calibration ? calibration.words : 'not calibrated');
  return words;
}
