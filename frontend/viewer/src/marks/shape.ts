/** What every kind of mark says of itself; all in stored pixels. */
import type { Point } from '../model/pictures';

/** Millimetres a column and a row, or 1 and 1: what is perpendicular in the patient is not so in odd pixels. */
export type Scale = readonly [perColumn: number, perRow: number];
export const SQUARE: Scale = [1, 1];

export interface Shape {
  /** In a list: "Box". */
  words: string;
  /** The line that is drawn and hit; for a point, the point. Of a kind with several lines, the first. */
  outline(points: readonly Point[]): readonly Point[];
  /** All lines, where there are more than the outline. */
  lines?(points: readonly Point[]): readonly (readonly Point[])[];
  /** Whether the outline encloses something. */
  closed: boolean;
  /** Where it can be taken and pulled. */
  handles(points: readonly Point[]): readonly Point[];
  /** The points after one handle was pulled by so much. */
  reshaped(points: readonly Point[], handle: number, by: Point, scale?: Scale): Point[];
  /** Its points depend on one another: one that would leave the frame can't be moved alone. */
  tied?: boolean;
  /** The points as they are stored once the mouse lets go: the longer axis first, and the like. */
  settled?(points: readonly Point[], scale?: Scale): Point[];
  /** Large enough to be kept. */
  isWhole(points: readonly Point[]): boolean;
}

/** The lines of a mark while it is drawn, too: a few points are a line before they are a shape. */
export function linesOf(shape: Shape, points: readonly Point[]): readonly (readonly Point[])[] {
  return shape.lines?.(points) ?? [shape.outline(points)];
}

export function shifted([c, r]: Point, by: Point): Point {
  return [c + by[0], r + by[1]];
}

export function middleOf(a: Point, b: Point): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

export function less(a: Point, b: Point): Point {
  return [a[0] - b[0], a[1] - b[1]];
}
