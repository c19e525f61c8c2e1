import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pixelToWorld } from '../model/geometry';
import { patientOf, planeAt, planeStack, type VolumeGrid, voxelOf } from '../model/mpr';
import type { Vector } from '../model/pictures';
import { cut } from './reformat';

/** Three slices of 4 x 3 pixels of a millimetre, 2 mm apart: the value counts columns, tens of rows, hundreds of slices. */
const GRID: VolumeGrid = {
  origin: [0, 0, 0],
  alongRow: [1, 0, 0],
  alongColumn: [0, 1, 0],
  acrossSlices: [0, 0, 2],
  columns: 4,
  rows: 3,
  slices: 3,
  tilt: 0,
};
const SLICES = [0, 1, 2].map((k) =>
  Int16Array.from({ length: 12 }, (_, i) => 100 * k + 10 * Math.floor(i / 4) + (i % 4)),
);

describe('a cut', () => {
  it('along rows shows the rows, the head’s slice first, and means between slices', () => {
    const planes = planeStack(GRID, 'coronal');
    const { pixels, minimum, maximum } = cut(GRID, planes, 2, SLICES, -1);
    expect([...pixels]).toEqual([
      220, 221, 222, 223, 170, 171, 172, 173, 120, 121, 122, 123, 70, 71, 72, 73, 20, 21, 22, 23,
    ]);
    expect([minimum, maximum, pixels.constructor]).toEqual([20, 223, Int16Array]);
  });

  it('along columns shows the columns, the front to the left', () => {
    const planes = planeStack(GRID, 'sagittal');
    expect([...cut(GRID, planes, 3, SLICES, -1).pixels].slice(0, 6)).toEqual([203, 213, 223, 153, 163, 173]);
  });

  it('shows what lies outside, and slices that are not there, as what it is told', () => {
    const planes = planeStack(GRID, 'coronal');
    const half = cut(GRID, planes, 0, [SLICES[0] as Int16Array, null, null], -1);
    expect([...half.pixels]).toEqual([...Array(16).fill(-1), 0, 1, 2, 3]);
    // The slice in the middle is missing: what lies between it and its neighbours is not made up.
    const gap = cut(GRID, planes, 0, [SLICES[0] as Int16Array, null, SLICES[2] as Int16Array], -1);
    expect([...gap.pixels].map((v) => v === -1)).toEqual([
      ...Array(4).fill(false),
      ...Array(12).fill(true),
      ...Array(4).fill(false),
    ]);
    expect(() => cut(GRID, planes, 0, [null, null, null], -1)).toThrow(/None/);
  });

  it('straightens a tilt: what rises along the patient’s axes rises evenly in the picture, for any grid', () => {
    const part = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(part, part, fc.double({ min: -0.45, max: 0.45, noNaN: true }), fc.nat(), (a, b, lean, n) => {
        const grid: VolumeGrid = {
          ...GRID,
          origin: [-9, 4, 30],
          alongRow: [0.7, 0.1 * b, 0],
          alongColumn: [0, 0.8 * Math.cos(lean), -0.8 * Math.sin(lean)],
          columns: 12,
          rows: 11,
          slices: 10,
        };
        const rising = ([x, y, z]: Vector): number => 50 + a * x + b * y + 0.5 * z;
        const slices = Array.from({ length: 10 }, (_, k) =>
          Float32Array.from({ length: 132 }, (_, i) => rising(patientOf(grid, [i % 12, Math.floor(i / 12), k]))),
        );
        const name = (['axial', 'coronal', 'sagittal'] as const)[n % 3] ?? 'axial';
        const planes = planeStack(grid, name);
        const index = n % planes.count;
        const { pixels } = cut(grid, planes, index, slices, -1000);
        let inside = 0;
        pixels.forEach((value, i) => {
          const place = pixelToWorld(planeAt(planes, index), [
            (i % planes.columns) + 0.5,
            Math.floor(i / planes.columns) + 0.5,
          ]);
          const [column, row, slice] = voxelOf(grid, place);
          const margin = Math.min(column, 11 - column, row, 10 - row, slice, 9 - slice);
          if (margin > 0.01) {
            expect(value).toBeCloseTo(rising(place), 2);
            inside++;
          } else if (margin < -0.01) expect(value).toBe(-1000);
        });
        // At a corner of the grid a plane may just touch it.
        if (index === planes.count >> 1) expect(inside).toBeGreaterThan(10);
      }),
      { numRuns: 40 },
    );
  });
});
