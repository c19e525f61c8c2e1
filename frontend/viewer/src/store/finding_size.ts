/** The largest diameter of a finding on calibrated pictures, which scores such as TI-RADS depend on. */
import { diameterOf, measuresOf } from '../marks/measures';
import type { Places } from './places';
import type { Records } from './records';

/** Millimetres, or null when no mark of the finding lies where millimetres are known. */
export function findingSize(records: Records, places: Places, finding: string): number | null {
  let largest: number | null = null;
  for (const mark of records.live('annotation')) {
    const geometry = places.frameOf(mark.frame)?.geometry;
    if (mark.finding !== finding || !geometry) continue;
    const measures = measuresOf(mark.kind, mark.points, geometry, mark.mask);
    const length = measures.calibration ? diameterOf(measures) : null;
    if (length !== null) largest = Math.max(largest ?? 0, length);
  }
  return largest === null ? null : Math.round(largest * 100) / 100;
}
