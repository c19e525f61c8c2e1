/** The part of a picture that a line along edges may run through, as greys of the reader's window. Pure. */
import type { FrameValues } from '../masks/value_range';
import type { Point } from '../model/pictures';
import type { Range } from '../model/windows';
import type { GreyGrid } from './costs';

export interface Part {
  /** The first stored column and row. */
  column: number;
  row: number;
  /** Stored pixels a grid pixel, each way. */
  step: number;
  grid: GreyGrid;
}

/** Greys between black and white of the window, so that what the reader sees as an edge is one. */
export function partOf(values: FrameValues, from: Point, to: Point, step: number, { lower, upper }: Range): Part {
  const column = Math.max(0, Math.floor(Math.min(from[0], to[0])));
  const row = Math.max(0, Math.floor(Math.min(from[1], to[1])));
  const right = Math.min(values.columns, Math.ceil(Math.max(from[0], to[0])));
  const bottom = Math.min(values.rows, Math.ceil(Math.max(from[1], to[1])));
  const width = Math.max(1, Math.floor((right - column) / step));
  const height = Math.max(1, Math.floor((bottom - row) / step));
  const greys = new Uint8Array(width * height);
  const scale = 255 / Math.max(upper - lower, 1e-9) / (step * step);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let v = 0; v < step; v++) {
        const start = (row + y * step + v) * values.columns + column + x * step;
        for (let u = 0; u < step; u++) sum += values.at(start + u) - lower;
      }
      greys[y * width + x] = Math.min(255, Math.max(0, sum * scale));
    }
  }
  return { column, row, step, grid: { width, height, greys } };
}

/** The pixel of the grid under a stored point, or the nearest one. */
export function gridPixel({ column, row, step, grid: { width, height } }: Part, [c, r]: Point): number {
  const x = Math.min(width - 1, Math.max(0, Math.floor((c - column) / step)));
  const y = Math.min(height - 1, Math.max(0, Math.floor((r - row) / step)));
  return y * width + x;
}

/** The stored point at the middle of a grid pixel. */
export function storedPoint({ column, row, step, grid: { width } }: Part, pixel: number): Point {
  return [column + ((pixel % width) + 0.5) * step, row + (Math.floor(pixel / width) + 0.5) * step];
}

/** Whether a stored point lies in it. */
export function holds({ column, row, step, grid: { width, height } }: Part, [c, r]: Point): boolean {
  return c >= column && r >= row && c <= column + width * step && r <= row + height * step;
}

/** Steps from pixel to pixel made a line: the mean of three, its ends kept. */
export function smoothLine(points: readonly Point[]): Point[] {
  return points.map((p, i): Point => {
    const [a, b] = [points[i - 1], points[i + 1]];
    return a && b ? [(a[0] + 2 * p[0] + b[0]) / 4, (a[1] + 2 * p[1] + b[1]) / 4] : p;
  });
}
