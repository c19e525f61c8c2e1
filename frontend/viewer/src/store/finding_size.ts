/** The largest diameter of a finding on calibrated pictures, which scores such as TI-RADS depend on. */
import { calibrationFor } from '../model/calibration';
import { longestAxis } from '../model/contour';
import type { Point } from '../model/types';
import type { Places } from './places';
import type { Records } from './records';

/** Millimetres, or null when no mark of the finding lies where millimetres are known. */
export function findingSize(records: Records, places: Places, finding: string): number | null {
  let largest: number | null = null;
  for (const mark of records.live('annotation')) {
    const geometry = places.frameOf(mark.frame)?.geometry;
    if (mark.finding !== finding || mark.kind === 'point' || !geometry) continue;
    const calibration = calibrationFor(geometry, mark.points);
    if (!calibration) continue;
    const length =
      mark.kind === 'contour'
        ? longestAxis(mark.points, calibration.mmPerColumn, calibration.mmPerRow).length
        : longerSide(mark.points, calibration.mmPerColumn, calibration.mmPerRow);
    largest = Math.max(largest ?? 0, length);
  }
  return largest === null ? null : Math.round(largest * 100) / 100;
}

/** A box round a nodule is as long as its longer side; its diagonal would overstate the diameter. */
function longerSide(points: readonly Point[], x: number, y: number): number {
  const [a, b] = [points[0] as Point, points[1] as Point];
  return Math.max(Math.abs(a[0] - b[0]) * x, Math.abs(a[1] - b[1]) * y);
}
