import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImagePlane, pixelToWorld } from './geometry';
import type { Point, Vector } from './pictures';
import { above, crossings, cutLine } from './reference_lines';

const planeOf = (origin: Vector, alongRow: Vector, alongColumn: Vector, spacing = 1): ImagePlane => ({
  origin,
  alongRow,
  alongColumn,
  rowSpacing: spacing,
  columnSpacing: spacing,
  calibrated: true,
});
const AXIAL = planeOf([0, 0, 10], [1, 0, 0], [0, 1, 0], 0.5);

describe('a reference line', () => {
  it('lies where the other plane cuts, worked by hand', () => {
    // Coronal at y = 4 mm: 8 pixels of 0.5 mm from the first row's centre.
    const coronal = planeOf([-30, 4, 50], [1, 0, 0], [0, 0, -1]);
    expect(cutLine(AXIAL, 20, 30, coronal)).toEqual([
      [0, 8.5],
      [20, 8.5],
    ]);
    // Sagittal at x = 1 mm.
    const sagittal = planeOf([1, -30, 50], [0, 1, 0], [0, 0, -1]);
    expect(cutLine(AXIAL, 20, 30, sagittal)).toEqual([
      [2.5, 0],
      [2.5, 30],
    ]);
  });

  it('is none where planes are parallel, or pass the picture by', () => {
    expect(cutLine(AXIAL, 20, 30, planeOf([0, 0, 40], [1, 0, 0], [0, 1, 0]))).toBeNull();
    expect(cutLine(AXIAL, 20, 30, planeOf([0, 400, 0], [1, 0, 0], [0, 0, -1]))).toBeNull();
    // Slices of a gantry that leans two degrees are as good as parallel.
    expect(cutLine(AXIAL, 20, 30, planeOf([0, 0, 10], [1, 0, 0], [0, 0.99939, -0.0349]))).toBeNull();
  });

  it('has both ends on the other plane and on the picture’s edge, however it leans', () => {
    const turn = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(turn, turn, fc.double({ min: 0, max: 9, noNaN: true }), (a, b, along) => {
        const row: Vector = [Math.cos(a), Math.sin(a), 0];
        const column: Vector = [-Math.sin(a) * Math.sin(b), Math.cos(a) * Math.sin(b), Math.cos(b)];
        const by = planeOf([along, along, 10], row, column);
        for (const [c, r] of cutLine(AXIAL, 20, 30, by) ?? []) {
          expect(above(by, pixelToWorld(AXIAL, [c, r]))).toBeCloseTo(0, 6);
          expect(Math.min(Math.abs(c), Math.abs(c - 20), Math.abs(r), Math.abs(r - 30))).toBeCloseTo(0, 6);
        }
      }),
    );
  });
});

describe('what a plane meets of a mark', () => {
  const box: Point[] = [
    [2.5, 4.5],
    [10.5, 4.5],
    [10.5, 12.5],
    [2.5, 12.5],
  ];
  const coronalAt = (y: number): ImagePlane => planeOf([0, y, 0], [1, 0, 0], [0, 0, -1]);

  it('is the line through it, worked by hand', () => {
    // Rows 4.5 to 12.5 are 2 to 6 mm back, columns 2.5 to 10.5 are 1 to 5 mm to the left.
    const [pair] = crossings(box, AXIAL, coronalAt(3));
    const places = (pair ?? []).map((place) => place.map((v) => Math.round(v * 1e6) / 1e6));
    expect(places.sort((a, b) => (a[0] as number) - (b[0] as number))).toEqual([
      [1, 3, 10],
      [5, 3, 10],
    ]);
    expect(crossings(box, AXIAL, coronalAt(7))).toEqual([]);
    // Along an edge it meets that edge or nothing, never one end alone.
    expect([2, 6].map((y) => crossings(box, AXIAL, coronalAt(y)).length)).toEqual([0, 1]);
  });

  it('is two lines through a mark that bends round', () => {
    const bent: Point[] = [
      [0.5, 0.5],
      [12.5, 0.5],
      [12.5, 8.5],
      [8.5, 8.5],
      [8.5, 4.5],
      [4.5, 4.5],
      [4.5, 8.5],
      [0.5, 8.5],
    ];
    const xs = crossings(bent, AXIAL, coronalAt(3)).map((pair) => pair.map(([x]) => x).sort((a, b) => a - b));
    expect(xs.sort((a, b) => (a[0] as number) - (b[0] as number))).toEqual([
      [0, 2],
      [4, 6],
    ]);
  });
});
