import { describe, expect, it } from 'vitest';
import type { MarkKind, Point } from '../model/types';
import { forRunsInside } from './inside';
import { angleAt, sizesOf } from './measures';
import cases from './outline_cases.json';
import { SHAPES } from './shapes';

const ROWS = 60;
const COLUMNS = 80;
const SCALES = { square: [1, 1], odd: [0.5, 2] } as const;
/** The JSON is rounded to six places. */
const PLACES = 5;

describe('the outlines and sizes that the server tests too', () => {
  it.each(cases)('$name', (given) => {
    const kind = given.kind as MarkKind;
    const points = given.points as unknown as Point[];
    if (SHAPES[kind].closed) {
      const outline = SHAPES[kind].outline(points);
      expect(outline.length).toBe(given.outline.length);
      outline.forEach(([column, row], i) => {
        expect(column).toBeCloseTo(given.outline[i]?.[0] as number, PLACES);
        expect(row).toBeCloseTo(given.outline[i]?.[1] as number, PLACES);
      });
    }
    for (const [name, scale] of Object.entries(SCALES)) {
      const expected = given[name as keyof typeof SCALES];
      const { area, length, longAxis, shortAxis } = sizesOf(kind, points, scale);
      if (expected.area !== null && kind !== 'mask') expect(area).toBeCloseTo(expected.area, PLACES);
      if (kind === 'length') expect(length).toBeCloseTo(expected.lengths[0] as number, PLACES);
      if (kind === 'ellipse' || kind === 'bidirectional') {
        expect(longAxis).toBeCloseTo(expected.lengths[0] as number, PLACES);
        expect(shortAxis).toBeCloseTo(expected.lengths[1] as number, PLACES);
      }
      if (expected.angle !== null) expect(angleAt(points, scale)).toBeCloseTo(expected.angle, PLACES);
    }
    if (SHAPES[kind].closed && kind !== 'mask') {
      const inside = new Set<string>();
      forRunsInside(SHAPES[kind].outline(points), COLUMNS, ROWS, (row, first, end) => {
        for (let column = first; column < end; column++) inside.add(`${column},${row}`);
      });
      expect(inside).toEqual(pixelsOf(given.pixels));
    }
  });
});

function pixelsOf(mask: { points: number[][]; runs: number[] } | null): Set<string> {
  const found = new Set<string>();
  const [[left = 0, top = 0] = [], [right = 0] = []] = mask?.points ?? [];
  let at = 0;
  mask?.runs.forEach((run, i) => {
    for (let k = 0; k < run; k++, at++) {
      const width = right - left;
      if (i % 2) found.add(`${left + (at % width)},${top + Math.floor(at / width)}`);
    }
  });
  return found;
}
