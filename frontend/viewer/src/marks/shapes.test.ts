import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../model/pictures';
import type { ShownMark } from '../pane/marks_layer';
import { handleAt, markAt } from '../tools/hit_test';
import { moved, pulled, resizedBox, SHAPES } from './shapes';

const shown = (change: Partial<ShownMark>): ShownMark => ({
  id: 'm',
  kind: 'box',
  points: [
    [10, 10],
    [50, 40],
  ],
  colour: '#fff',
  label: '',
  selected: false,
  dashed: false,
  refused: null,
  ...change,
});
const twice = { a: 2, b: 0, c: 0, d: 2, e: 0, f: 0 };

describe('moving', () => {
  it('keeps size and shape and stays inside the frame', () => {
    const shift = fc.double({ min: -900, max: 900, noNaN: true });
    fc.assert(
      fc.property(shift, shift, (dx, dy) => {
        const [a, b] = moved(
          [
            [10, 10],
            [50, 40],
          ],
          [dx, dy],
          512,
          256,
        ) as [Point, Point];
        expect(b[0] - a[0]).toBeCloseTo(40, 9);
        expect(b[1] - a[1]).toBeCloseTo(30, 9);
        expect(Math.min(a[0], b[0], a[1], b[1])).toBeGreaterThanOrEqual(0);
        expect(Math.max(a[0], b[0])).toBeLessThanOrEqual(512);
        expect(Math.max(a[1], b[1])).toBeLessThanOrEqual(256);
      }),
    );
  });
});

describe('reshaping', () => {
  it('moves one corner of a box and holds the opposite one', () => {
    expect(
      resizedBox(
        [
          [10, 10],
          [50, 40],
        ],
        1,
        [5, -5],
      ),
    ).toEqual([
      [10, 40],
      [55, 5],
    ]);
  });

  it('pulls a vertex all the way, its neighbours part of it, and leaves the far side alone', () => {
    const outline = Array.from(
      { length: 40 },
      (_, i): Point => [100 + 50 * Math.cos((i * Math.PI) / 20), 100 + 50 * Math.sin((i * Math.PI) / 20)],
    );
    const after = pulled(outline, 0, [20, 0]);
    expect(after[0]?.[0]).toBeCloseTo(170);
    const neighbour = (after[1] as Point)[0] - (outline[1] as Point)[0];
    expect(neighbour).toBeGreaterThan(5);
    expect(neighbour).toBeLessThan(20);
    expect(after[20]).toEqual(outline[20]);
  });

  it('makes no box without an area', () => {
    expect(
      SHAPES.box.isWhole([
        [1, 1],
        [1.2, 9],
      ]),
    ).toBe(false);
  });
});

describe('what lies under the mouse', () => {
  it('finds handles and outlines on the screen, whatever the zoom', () => {
    expect(handleAt(shown({}), twice, [101, 79])).toBe(2);
    expect(handleAt(shown({}), twice, [60, 50])).toBeNull();
    expect(markAt([shown({})], twice, [20, 50])?.id).toBe('m');
    expect(markAt([shown({})], twice, [400, 400])).toBeNull();
  });

  it('takes the smaller one of two marks around a point', () => {
    const large = shown({
      id: 'large',
      points: [
        [0, 0],
        [200, 200],
      ],
    });
    const small = shown({
      id: 'small',
      points: [
        [20, 20],
        [60, 60],
      ],
    });
    expect(markAt([small, large], twice, [80, 80])?.id).toBe('small');
  });
});
