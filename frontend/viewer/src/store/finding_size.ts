/** The largest diameter of a finding on calibrated pictures, which scores such as TI-RADS depend on. */
import { diameterOf, measuresOf } from '../marks/measures';
import type { MarkKind } from '../model/reading';
import type { Places } from './places';
import type { Records } from './records';

export interface FindingSize {
  mm: number;
  /** Which kind of mark gave it. */
  source: 'caliper' | 'contour' | 'measured';
}

/** Null when no mark of the finding lies where millimetres are known. */
export function findingSize(records: Records, places: Places, finding: string): FindingSize | null {
  let largest: FindingSize | null = null;
  for (const mark of records.live('annotation')) {
    const geometry = places.frameOf(mark.frame)?.geometry;
    if (mark.finding !== finding || !geometry) continue;
    const measures = measuresOf(mark.kind, mark.points, geometry, mark.mask);
    const length = measures.calibration ? diameterOf(measures) : null;
    if (length === null) continue;
    const mm = Math.round(length * 100) / 100;
    if (!largest || mm > largest.mm) largest = { mm, source: sourceOf(mark.kind) };
  }
  return largest;
}

function sourceOf(kind: MarkKind): FindingSize['source'] {
  if (kind === 'length' || kind === 'bidirectional') return 'caliper';
  return kind === 'box' ? 'measured' : 'contour';
}
