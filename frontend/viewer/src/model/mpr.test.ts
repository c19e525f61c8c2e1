import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pixelToWorld, worldToPixel } from './geometry';
import {
  isAcquired,
  nearestPlane,
  nearestSlice,
  onPlane,
  patientOf,
  planeAt,
  planeStack,
  type VolumeGrid,
  volumeGrid,
  voxelOf,
} from './mpr';
import type { StackJson, Vector } from './pictures';

const PLENTY = 1e9;

/** Slices of 5 columns 0.5 mm apart and 6 rows 0.8 mm apart, at the given positions. */
function stackOf(
  positions: readonly Vector[],
  more: Partial<StackJson> = {},
  orientation = [1, 0, 0, 0, 1, 0],
): StackJson {
  const frames = positions.map((position, i) => ({
    key: String(i),
    number: i + 1,
    geometry: { position, orientation, spacing: [0.8, 0.5] },
  }));
  const common = { kind: 'volume', modality: 'CT', samples_per_pixel: 1, bits_stored: 16, gaps: [] };
  return { ...common, columns: 5, rows: 6, frames, ...more } as unknown as StackJson;
}

const UPRIGHT: readonly Vector[] = [5, 7, 9, 11].map((z) => [-10, -20, z]);
const LEAN = (12 * Math.PI) / 180;
const LEANING = [1, 0, 0, 0, Math.cos(LEAN), -Math.sin(LEAN)];

function near(a: Vector, b: Vector, digits = 6): void {
  for (const axis of [0, 1, 2] as const) expect(a[axis]).toBeCloseTo(b[axis], digits);
}

describe('a volume of slices', () => {
  it('puts voxels where the files say, worked by hand', () => {
    const grid = volumeGrid(stackOf(UPRIGHT), PLENTY);
    near(patientOf(grid, [0, 0, 0]), [-10, -20, 5]);
    // Two columns of 0.5 mm, three rows of 0.8 mm, one slice of 2 mm.
    near(patientOf(grid, [2, 3, 1]), [-9, -17.6, 7]);
    near(voxelOf(grid, [-9, -17.6, 7]), [2, 3, 1]);
    expect(grid.tilt).toBeCloseTo(0);
  });

  it('knows how far the gantry was tilted: slices along the table, rows that lean', () => {
    const grid = volumeGrid(stackOf(UPRIGHT, {}, LEANING), PLENTY);
    expect(grid.tilt).toBeCloseTo(12, 6);
    // A row on along the slice goes 0.8 cos 12 back and 0.8 sin 12 down.
    near(patientOf(grid, [0, 1, 1]), [-10, -20 + 0.8 * 0.9781476, 7 - 0.8 * 0.2079117]);
  });

  const refused: [string, StackJson, RegExp][] = [
    [
      'a slice is missing',
      stackOf(
        [5, 7, 11, 13].map((z) => [0, 0, z]),
        { gaps: [{ after: 2, millimetres: 4, missing: 1 }] },
      ),
      /Slices 2 and 3 lie 4\.0 mm apart, the others 2\.0 mm: one is missing/,
    ],
    ['slices are uneven', stackOf([5, 7, 8, 13].map((z) => [0, 0, z])), /unevenly spaced/],
    ['slices lie at one place', stackOf([5, 5, 5].map((z) => [0, 0, z])), /same place/],
    ['slices say no place', stackOf([null, null, null] as never), /do not say where/],
    ['there are two', stackOf(UPRIGHT.slice(0, 2)), /too few/],
    ['it is an ultrasound', stackOf(UPRIGHT, { modality: 'US' }), /Only CT and MR/],
    ['it is in colour', stackOf(UPRIGHT, { samples_per_pixel: 3 }), /Only CT and MR/],
    [
      'slices are not parallel',
      {
        ...stackOf(UPRIGHT),
        frames: [...stackOf(UPRIGHT).frames.slice(0, 3), ...stackOf(UPRIGHT, {}, LEANING).frames.slice(3)],
      },
      /parallel/,
    ],
    ['slices lie side by side', stackOf([0, 50, 100].map((x) => [x, 0, 0])), /side by side/],
  ];
  it.each(refused)('is refused in words where %s', (_, stack, words) => {
    expect(() => volumeGrid(stack, PLENTY)).toThrow(words);
  });

  it('is refused where it is too large for the memory', () => {
    // 5 x 6 x 4 voxels of two bytes.
    expect(() => volumeGrid(stackOf(UPRIGHT), 240)).not.toThrow();
    expect(() => volumeGrid(stackOf(UPRIGHT), 239)).toThrow(/4 slices take/);
  });

  it('allows for the rounding of positions in files', () => {
    expect(() => volumeGrid(stackOf([5, 7.01, 8.99, 11].map((z) => [0, 0, z])), PLENTY)).not.toThrow();
  });
});

describe('planes', () => {
  it('have pixels on the voxels, worked by hand', () => {
    const grid = volumeGrid(stackOf(UPRIGHT), PLENTY);
    const coronal = planeStack(grid, 'coronal');
    // 2 mm of columns and 6 mm of slices at 0.5 mm; a plane for every row of 0.8 mm.
    expect([coronal.columns, coronal.rows, coronal.count]).toEqual([5, 13, 6]);
    expect([coronal.spacing, coronal.step]).toEqual([0.5, 0.8]);
    near(coronal.origin, [-10, -20, 11]);
    near(planeAt(coronal, 2).origin as Vector, [-10, -18.4, 11]);
    const sagittal = planeStack(grid, 'sagittal');
    // 4 mm of rows and 6 mm of slices at 0.8 mm (the eighth pixel of 0.8 would lie beyond 6 mm).
    expect([sagittal.columns, sagittal.rows, sagittal.count]).toEqual([6, 8, 5]);
    expect([sagittal.spacing, sagittal.step]).toEqual([0.8, 0.5]);
    near(sagittal.origin, [-10, -20, 11]);
  });

  it('hang as radiologists hang them: left of the patient to the right, head up, front to the left', () => {
    const grid = volumeGrid(stackOf(UPRIGHT), PLENTY);
    const [coronal, sagittal] = [planeStack(grid, 'coronal'), planeStack(grid, 'sagittal')];
    expect([coronal.right, coronal.down]).toEqual([
      [1, 0, 0],
      [0, 0, -1],
    ]);
    expect([sagittal.right, sagittal.down]).toEqual([
      [0, 1, 0],
      [0, 0, -1],
    ]);
    // The head's end is above: a place 6 mm higher is 6 mm further up.
    const [, low] = worldToPixel(planeAt(coronal, 0), [-10, -20, 5]);
    const [, high] = worldToPixel(planeAt(coronal, 0), [-10, -20, 11]);
    expect(low - high).toBeCloseTo(12);
  });

  it('are the acquired slices where these lie so already, but not with a tilted gantry', () => {
    const upright = volumeGrid(stackOf(UPRIGHT), PLENTY);
    expect([isAcquired(upright, 'axial'), isAcquired(upright, 'coronal')]).toEqual([true, false]);
    expect(isAcquired(volumeGrid(stackOf(UPRIGHT, {}, LEANING), PLENTY), 'axial')).toBe(false);
    // Slices shifted against each other, each of them level: cut straight they are other pictures.
    const shifted = volumeGrid(stackOf([0, 1, 2, 3].map((k) => [0, 0.5 * k, 2 * k])), PLENTY);
    expect(isAcquired(shifted, 'axial')).toBe(false);
    const coronalSlices = stackOf(
      [0, 3, 6].map((y) => [0, y, 0]),
      {},
      [1, 0, 0, 0, 0, -1],
    );
    expect(isAcquired(volumeGrid(coronalSlices, PLENTY), 'coronal')).toBe(true);
  });

  it('and slices are found by what lies on them', () => {
    const stack = stackOf(UPRIGHT);
    const coronal = planeStack(volumeGrid(stack, PLENTY), 'coronal');
    expect(nearestPlane(coronal, [0, -17.5, 0])).toBe(3);
    expect([nearestPlane(coronal, [0, -400, 0]), nearestPlane(coronal, [0, 400, 0])]).toEqual([0, 5]);
    expect(nearestSlice(stack, [3, 4, 8.9])).toBe(2);
    expect(nearestSlice(stackOf([null] as never), [0, 0, 0])).toBeNull();
    near(onPlane(planeAt(coronal, 1), [4, 70, 9]), [4, -19.2, 9]);
  });

  it('stay within a picture that can be shown, whatever the spacing', () => {
    const fine = stackOf(
      [0, 400, 800].map((z) => [0, 0, z]),
      { columns: 2, rows: 2 },
    );
    const { rows, spacing } = planeStack(volumeGrid(fine, PLENTY), 'coronal');
    expect([rows, spacing]).toEqual([1536, 800 / 1535]);
  });
});

const axis = fc.double({ min: -1, max: 1, noNaN: true });
const grids = fc
  .record({
    origin: fc.tuple(axis, axis, axis),
    lean: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    turn: fc.double({ min: -0.4, max: 0.4, noNaN: true }),
    spacing: fc.tuple(fc.double({ min: 0.2, max: 2, noNaN: true }), fc.double({ min: 0.2, max: 2, noNaN: true })),
    step: fc.double({ min: 0.5, max: 6, noNaN: true }),
  })
  .map(({ origin, lean, turn, spacing, step }): VolumeGrid => {
    const row: Vector = [Math.cos(turn), Math.sin(turn), 0];
    const column: Vector = [-Math.sin(turn) * Math.cos(lean), Math.cos(turn) * Math.cos(lean), -Math.sin(lean)];
    const by = (v: Vector, mm: number): Vector => [v[0] * mm, v[1] * mm, v[2] * mm];
    return {
      origin: by(origin, 200),
      alongRow: by(row, spacing[1]),
      alongColumn: by(column, spacing[0]),
      acrossSlices: [0, 0, step],
      columns: 20,
      rows: 17,
      slices: 9,
      tilt: 0,
    };
  });

describe('round trips', () => {
  it('from voxel to patient and back, with any tilt and turn', () => {
    fc.assert(
      fc.property(grids, fc.tuple(axis, axis, axis), (grid, at) => {
        const voxel: Vector = [at[0] * 30, at[1] * 30, at[2] * 30];
        near(voxelOf(grid, patientOf(grid, voxel)), voxel);
      }),
    );
  });

  it('from a pixel of a plane to the patient, to the nearest plane, and to the pixel again', () => {
    fc.assert(
      fc.property(grids, fc.constantFrom('axial', 'coronal', 'sagittal'), fc.nat(), (grid, name, n) => {
        const planes = planeStack(grid, name as 'axial');
        const index = n % planes.count;
        const pixel = [(n % planes.columns) + 0.5, ((n >> 3) % planes.rows) + 0.5] as const;
        const place = pixelToWorld(planeAt(planes, index), pixel);
        expect(nearestPlane(planes, place)).toBe(index);
        const [column, row] = worldToPixel(planeAt(planes, index), place);
        expect(column).toBeCloseTo(pixel[0], 6);
        expect(row).toBeCloseTo(pixel[1], 6);
      }),
    );
  });

  it('every voxel centre lies within the planes, to half a pixel', () => {
    fc.assert(
      fc.property(grids, fc.constantFrom('axial', 'coronal', 'sagittal'), fc.nat(), (grid, name, n) => {
        const planes = planeStack(grid, name as 'axial');
        const place = patientOf(grid, [n % grid.columns, (n >> 4) % grid.rows, (n >> 8) % grid.slices]);
        const [column, row] = worldToPixel(planeAt(planes, 0), place);
        expect(column).toBeGreaterThan(0.49);
        expect(column).toBeLessThan(planes.columns + 0.51);
        expect(row).toBeGreaterThan(0.49);
        expect(row).toBeLessThan(planes.rows + 0.51);
      }),
    );
  });
});
