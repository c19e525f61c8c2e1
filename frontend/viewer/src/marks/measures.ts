/** What a mark measures: millimetres where they are known, else pixels; never a guess. Pure. */

import { maskDiameter } from '../masks/diameter';
import { runArea } from '../masks/runs';
import { type Calibration, calibrationFor } from '../model/calibration';
import { longestAxis, polygonArea } from '../model/contour';
import type { FrameGeometry, Point } from '../model/pictures';
import type { MarkKind, MaskRuns } from '../model/reading';
import { type Scale, SQUARE } from './shape';
import { SHAPES } from './shapes';

export interface Measures {
  /** Millimetres, or pixels without a calibration. */
  length?: number;
  longAxis?: number;
  shortAxis?: number;
  width?: number;
  height?: number;
  /** Square millimetres, or square pixels. */
  area?: number;
  /** Degrees. */
  angle?: number;
  calibration: Calibration | null;
}

/** Millimetres a column and a row for these points, or 1 and 1. */
export function scaleFor(geometry: FrameGeometry, points: readonly Point[]): Scale {
  const calibration = calibrationFor(geometry, points);
  return calibration ? [calibration.mmPerColumn, calibration.mmPerRow] : SQUARE;
}

/** Distance in scaled units. */
export function scaledDistance(a: Point, b: Point, [x, y]: Scale): number {
  return Math.hypot((a[0] - b[0]) * x, (a[1] - b[1]) * y);
}

/** The angle at the second of three points, in degrees, 0 to 180. */
export function angleAt([a, vertex, b]: readonly Point[], [x, y]: Scale): number {
  if (!a || !vertex || !b) return 0;
  const one = [(a[0] - vertex[0]) * x, (a[1] - vertex[1]) * y] as const;
  const two = [(b[0] - vertex[0]) * x, (b[1] - vertex[1]) * y] as const;
  const cross = one[0] * two[1] - one[1] * two[0];
  const dot = one[0] * two[0] + one[1] * two[1];
  return (Math.atan2(Math.abs(cross), dot) * 180) / Math.PI;
}

/** The axes of an ellipse when columns and rows are scaled: those given are no longer perpendicular then. */
function ellipseAxes(points: readonly Point[], [x, y]: Scale): { long: number; short: number } {
  const [a, b, c, d] = points as [Point, Point, Point, Point];
  const p = [(b[0] - a[0]) * x, (b[1] - a[1]) * y] as const;
  const q = [(d[0] - c[0]) * x, (d[1] - c[1]) * y] as const;
  // The singular values of the matrix that makes the ellipse of a circle.
  const sum = p[0] ** 2 + p[1] ** 2 + q[0] ** 2 + q[1] ** 2;
  const product = 2 * Math.abs(p[0] * q[1] - p[1] * q[0]);
  const [plus, minus] = [Math.sqrt(sum + product), Math.sqrt(Math.max(0, sum - product))];
  return { long: (plus + minus) / 2, short: (plus - minus) / 2 };
}

/** All that a kind of mark measures. */
export function measuresOf(
  kind: MarkKind,
  points: readonly Point[],
  geometry: FrameGeometry,
  mask: MaskRuns | null = null,
): Measures {
  const calibration = calibrationFor(geometry, points);
  const scale: Scale = calibration ? [calibration.mmPerColumn, calibration.mmPerRow] : SQUARE;
  if (mask)
    return { longAxis: maskDiameter(points, mask, scale), area: runArea(mask) * scale[0] * scale[1], calibration };
  return { ...sizesOf(kind, points, scale), calibration };
}

/** The sizes alone, columns and rows scaled: a scale of 1 and 1 gives pixels. */
export function sizesOf(kind: MarkKind, points: readonly Point[], scale: Scale): Omit<Measures, 'calibration'> {
  const [a, b, c, d] = points as [Point, Point, Point?, Point?];
  switch (kind) {
    case 'box': {
      const [width, height] = [Math.abs(a[0] - b[0]) * scale[0], Math.abs(a[1] - b[1]) * scale[1]];
      return { width, height, area: width * height };
    }
    case 'ellipse': {
      if (!c || !d) return {};
      const { long, short } = ellipseAxes(points, scale);
      return { longAxis: long, shortAxis: short, area: (Math.PI / 4) * long * short };
    }
    case 'contour':
    case 'spline': {
      const outline = SHAPES[kind].outline(points);
      return {
        longAxis: longestAxis(outline, scale[0], scale[1]).length,
        area: polygonArea(outline) * scale[0] * scale[1],
      };
    }
    case 'length':
      return b ? { length: scaledDistance(a, b, scale) } : {};
    case 'bidirectional': {
      if (!c || !d) return b ? { longAxis: scaledDistance(a, b, scale) } : {};
      const axes = [scaledDistance(a, b, scale), scaledDistance(c, d, scale)];
      return { longAxis: Math.max(...axes), shortAxis: Math.min(...axes) };
    }
    case 'angle':
      return c ? { angle: angleAt(points, scale) } : {};
    default:
      return {};
  }
}

/** The largest diameter of what is marked; null for kinds that enclose or span nothing. */
export function diameterOf({ length, longAxis, width, height }: Measures): number | null {
  // A box round a nodule is as long as its longer side; its diagonal would overstate the diameter.
  if (width !== undefined && height !== undefined) return Math.max(width, height);
  return longAxis ?? length ?? null;
}

/** In words, the shortest first: "24.1 × 12.0 mm", "area 227.1 mm²"; without where the millimetres come from. */
export function sizeWords(measures: Measures): string[] {
  const { calibration, length, longAxis, shortAxis, width, height, area, angle } = measures;
  const unit = calibration ? 'mm' : 'px';
  const said = (value: number): string => value.toFixed(calibration ? 1 : 0);
  const words: string[] = [];
  if (length !== undefined) words.push(`${said(length)} ${unit}`);
  if (width !== undefined && height !== undefined) words.push(`${said(width)} × ${said(height)} ${unit}`);
  if (longAxis !== undefined) {
    words.push(
      shortAxis === undefined ? `longest ${said(longAxis)} ${unit}` : `${said(longAxis)} × ${said(shortAxis)} ${unit}`,
    );
  }
  if (angle !== undefined) words.push(`${angle.toFixed(1)}°`);
  if (area !== undefined) words.push(`area ${said(area)} ${unit}²`);
  return words;
}

/** Where the millimetres come from, or that there are none. */
export function calibrationWords(kind: MarkKind, { calibration }: Measures): string {
  if (calibration) return calibration.words;
  return kind === 'angle' ? 'not calibrated: pixels taken as square' : 'not calibrated';
}

/** What a mark measures and by what, in words; nothing for marks that have no size. */
export function measureWords(
  kind: MarkKind,
  points: readonly Point[],
  geometry: FrameGeometry,
  mask: MaskRuns | null = null,
): string[] {
  const measures = measuresOf(kind, points, geometry, mask);
  const sizesSaid = sizeWords(measures);
  return sizesSaid.length > 0 ? [...sizesSaid, calibrationWords(kind, measures)] : [];
}
