/** Which millimetres hold for the points of one mark, and how the reader is told. */
import type { FrameGeometry, Point, UltrasoundRegion } from './pictures';

export interface Calibration {
  mmPerColumn: number;
  mmPerRow: number;
  source: 'region' | 'PixelSpacing' | 'ImagerPixelSpacing';
  /** In words, as shown beside a length. */
  words: string;
}

/** Machines write a colour box's deltas with the rounding of another float: equal to this part is equal. */
const SAME_SCALE = 1e-4;

type Scale = readonly [mmPerColumn: number, mmPerRow: number];

/**
 * The calibration of these points, by the same rules as annotator/imaging/calibration.py: a tissue region that holds
 * them all, unless a point lies on something drawn over it at another scale; outside every region the spacing.
 *
 * Source: DICOM PS3.3 C.8.5.5, C.8.5.5.1.3.
 */
export function calibrationFor(geometry: FrameGeometry, points: readonly Point[]): Calibration | null {
  if (points.length === 0 || points.some(([c, r]) => !Number.isFinite(c) || !Number.isFinite(r))) return null;
  const governing = points.map((point) => governingRegion(geometry.regions, point));
  if (governing.every((region) => region === null)) return fromSpacing(geometry);
  for (const region of geometry.regions) {
    const scale = scaleOf(region);
    if (!scale || !points.every((point) => holds(region, point))) continue;
    if (governing.every((one) => one !== null && sameScale(scaleOf(one), scale))) {
      return { mmPerColumn: scale[0], mmPerRow: scale[1], source: 'region', words: 'ultrasound region' };
    }
  }
  return null;
}

/** The region whose pixels are seen at a point: the higher priority, then the smaller, which lies over the larger. */
function governingRegion(regions: readonly UltrasoundRegion[], point: Point): UltrasoundRegion | null {
  const inside = regions.filter((region) => holds(region, point, false));
  const at = inside.length > 0 ? inside : regions.filter((region) => holds(region, point));
  const rank = (r: UltrasoundRegion): number => (r.low_priority ? 1e12 : 0) + area(r);
  return at.reduce<UltrasoundRegion | null>((best, r) => (best === null || rank(r) < rank(best) ? r : best), null);
}

/** Inclusive pixels: the last one ends one further on, an edge that is the region's own unless `edge` is false. */
function holds(region: UltrasoundRegion, [column, row]: Point, edge = true): boolean {
  const right = region.max_column + 1;
  const bottom = region.max_row + 1;
  if (column < region.min_column || column > right || row < region.min_row || row > bottom) return false;
  return edge || (column < right && row < bottom);
}

function area(region: UltrasoundRegion): number {
  return (region.max_column - region.min_column) * (region.max_row - region.min_row);
}

function scaleOf(region: UltrasoundRegion): Scale | null {
  if (!region.spatial || !region.mm_per_column || !region.mm_per_row) return null;
  return [Math.abs(region.mm_per_column), Math.abs(region.mm_per_row)];
}

function sameScale(scale: Scale | null, other: Scale): boolean {
  return scale !== null && [0, 1].every((i) => near(scale[i] as number, other[i] as number));
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME_SCALE * b;
}

function fromSpacing({ spacing, spacing_source: source }: FrameGeometry): Calibration | null {
  if (!spacing || !source || Math.min(...spacing) <= 0) return null;
  const [mmPerRow, mmPerColumn] = spacing;
  const words = source === 'ImagerPixelSpacing' ? 'at the detector' : 'pixel spacing';
  return { mmPerColumn, mmPerRow, source, words };
}
