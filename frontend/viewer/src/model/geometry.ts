/**
 * The only place of the viewer that converts between our pixels and Cornerstone's world.
 *
 * Our points are column, row in the stored matrix of one frame: (0, 0) is the outer top-left corner of the
 * top-left pixel, its centre (0.5, 0.5) (DICOM PS3.3 C.18.6, SCOORD). World is patient millimetres (LPS); a frame
 * without position or orientation gets the origin and the identity, without spacing a millimetre a pixel.
 * Cornerstone's own worldToImageCoords swaps row and column spacing, so it is not used.
 */
import type { FrameGeometry, Point, Vector } from './pictures';

export interface ImagePlane {
  /** Centre of the top-left pixel. */
  origin: Vector;
  /** Direction in which columns count up, and in which rows count up. */
  alongRow: Vector;
  alongColumn: Vector;
  columnSpacing: number;
  rowSpacing: number;
  calibrated: boolean;
}

export function imagePlane(geometry: FrameGeometry): ImagePlane {
  const o = geometry.orientation ?? [1, 0, 0, 0, 1, 0];
  return {
    origin: geometry.position ?? [0, 0, 0],
    alongRow: [o[0], o[1], o[2]],
    alongColumn: [o[3], o[4], o[5]],
    rowSpacing: geometry.spacing?.[0] ?? 1,
    columnSpacing: geometry.spacing?.[1] ?? 1,
    calibrated: geometry.spacing != null,
  };
}

/** Where a point of the stored matrix lies in the world. */
export function pixelToWorld(plane: ImagePlane, [column, row]: Point): [number, number, number] {
  const along = (column - 0.5) * plane.columnSpacing;
  const down = (row - 0.5) * plane.rowSpacing;
  const at = (axis: 0 | 1 | 2): number =>
    plane.origin[axis] + along * plane.alongRow[axis] + down * plane.alongColumn[axis];
  return [at(0), at(1), at(2)];
}

/** The point of the stored matrix under a world position, projected along the plane's normal. */
export function worldToPixel(plane: ImagePlane, world: Vector): [number, number] {
  const d: Vector = [world[0] - plane.origin[0], world[1] - plane.origin[1], world[2] - plane.origin[2]];
  return [dot(d, plane.alongRow) / plane.columnSpacing + 0.5, dot(d, plane.alongColumn) / plane.rowSpacing + 0.5];
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** An affine map of the plane: x' = a x + c y + e, y' = b x + d y + f (the order of SVG's matrix()). */
export interface Affine {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
}

/** The map that takes (0,0), (1,0) and (0,1) to the three given points. */
export function affineThrough(origin: Point, unitX: Point, unitY: Point): Affine {
  return {
    a: unitX[0] - origin[0],
    b: unitX[1] - origin[1],
    c: unitY[0] - origin[0],
    d: unitY[1] - origin[1],
    e: origin[0],
    f: origin[1],
  };
}

export function applyAffine(m: Affine, [x, y]: Point): [number, number] {
  return [m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f];
}

export function invertAffine(m: Affine): Affine {
  const det = m.a * m.d - m.b * m.c;
  return {
    a: m.d / det,
    b: -m.b / det,
    c: -m.c / det,
    d: m.a / det,
    e: (m.c * m.f - m.d * m.e) / det,
    f: (m.b * m.e - m.a * m.f) / det,
  };
}

/** Screen pixels that one stored pixel covers, as a geometric mean: the zoom that the reader sees. */
export function affineScale(m: Affine): number {
  return Math.sqrt(Math.abs(m.a * m.d - m.b * m.c));
}

/** The point moved inside the frame, whose corners (0,0) and (columns,rows) are allowed. */
export function clampToFrame([column, row]: Point, columns: number, rows: number): [number, number] {
  return [Math.min(Math.max(column, 0), columns), Math.min(Math.max(row, 0), rows)];
}
