import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  affineThrough,
  applyAffine,
  clampToFrame,
  type ImagePlane,
  imagePlane,
  invertAffine,
  pixelToWorld,
  worldToPixel,
} from './geometry';
import type { Vector } from './pictures';

const coordinate = fc.double({ min: -2000, max: 2000, noNaN: true });
const spacing = fc.double({ min: 0.01, max: 8, noNaN: true });
const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });

/** Any right-angled pair of directions: a rotation by three angles. */
const directions = fc.tuple(angle, angle, angle).map(([a, b, c]): [Vector, Vector] => {
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  return [
    [ca * cb, sa * cb, -sb],
    [ca * sb * sc - sa * cc, sa * sb * sc + ca * cc, cb * sc],
  ];
});

const plane = fc
  .record({ origin: fc.tuple(coordinate, coordinate, coordinate), axes: directions, rows: spacing, columns: spacing })
  .map(
    ({ origin, axes, rows, columns }): ImagePlane => ({
      origin,
      alongRow: axes[0],
      alongColumn: axes[1],
      rowSpacing: rows,
      columnSpacing: columns,
      calibrated: true,
    }),
  );
const pixel = fc.tuple(
  fc.double({ min: -10, max: 5000, noNaN: true }),
  fc.double({ min: -10, max: 5000, noNaN: true }),
);

describe('pixels and world', () => {
  it('brings every point back to where it was, however the plane lies', () => {
    fc.assert(
      fc.property(plane, pixel, (p, point) => {
        const [column, row] = worldToPixel(p, pixelToWorld(p, point));
        expect(column).toBeCloseTo(point[0], 6);
        expect(row).toBeCloseTo(point[1], 6);
      }),
    );
  });

  it('puts the centre of the top-left pixel at Image Position (Patient)', () => {
    fc.assert(
      fc.property(plane, (p) => {
        pixelToWorld(p, [0.5, 0.5]).forEach((value, axis) => {
          expect(value).toBeCloseTo(p.origin[axis] as number, 9);
        });
      }),
    );
  });

  it('moves a column by the spacing between columns along the row, not by that between rows', () => {
    const p = imagePlane({
      position: [10, 20, 30],
      orientation: [1, 0, 0, 0, 1, 0],
      spacing: [2, 0.5],
      spacing_source: 'PixelSpacing',
      slice_thickness: null,
      regions: [],
      frame_time_ms: null,
    });
    expect(pixelToWorld(p, [4.5, 3.5])).toEqual([12, 26, 30]);
  });
});

describe('affine maps', () => {
  it('take the three given points where they were given, and back', () => {
    fc.assert(
      fc.property(pixel, fc.double({ min: 0.1, max: 20, noNaN: true }), angle, pixel, (origin, scale, turn, point) => {
        const x: [number, number] = [origin[0] + scale * Math.cos(turn), origin[1] + scale * Math.sin(turn)];
        const y: [number, number] = [origin[0] + scale * Math.sin(turn), origin[1] - scale * Math.cos(turn)];
        const m = affineThrough(origin, x, y);
        const unit = applyAffine(m, [1, 0]);
        expect(unit[0]).toBeCloseTo(x[0], 9);
        expect(unit[1]).toBeCloseTo(x[1], 9);
        const back = applyAffine(invertAffine(m), applyAffine(m, point));
        expect(back[0]).toBeCloseTo(point[0], 5);
        expect(back[1]).toBeCloseTo(point[1], 5);
      }),
    );
  });
});

describe('the frame', () => {
  it('holds every clamped point, its outer edges included', () => {
    fc.assert(
      fc.property(pixel, (point) => {
        const [c, r] = clampToFrame(point, 512, 256);
        expect(c).toBeGreaterThanOrEqual(0);
        expect(c).toBeLessThanOrEqual(512);
        expect(r).toBeGreaterThanOrEqual(0);
        expect(r).toBeLessThanOrEqual(256);
      }),
    );
    expect(clampToFrame([512, 256], 512, 256)).toEqual([512, 256]);
  });
});
