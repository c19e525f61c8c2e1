import { describe, expect, it } from 'vitest';
import { filledPolygon } from '../masks/polygon_fill';
import { shapeOf } from '../masks/runs';
import type { Point } from '../model/pictures';
import type { MarkKind } from '../model/reading';
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
      const filled = filledPolygon(SHAPES[kind].outline(points), { column: 0, row: 0, columns: COLUMNS, rows: ROWS });
      const found = filled && shapeOf(filled);
      expect(found && { points: found.points, runs: found.mask.runs }).toEqual(given.pixels);
    }
  });
});
