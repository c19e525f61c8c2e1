import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imagePlane, pixelToWorld } from '../model/geometry';
import type { FrameGeometry, FrameJson, StackJson } from '../model/pictures';
import { bestLevel, levelFor, mayBeReduced, planeAt, sizeAt } from './resolution';

const geometry: FrameGeometry = {
  position: [12, -40, 7],
  orientation: [0, -1, 0, -Math.SQRT1_2, 0, -Math.SQRT1_2],
  spacing: [0.1, 0.085],
  spacing_source: 'PixelSpacing',
  slice_thickness: 1,
  regions: [],
  frame_time_ms: null,
};
const frame = { format: 'htj2k', colour: false, windows: [{ centre: 1, width: 2 }], geometry } as unknown as FrameJson;
const stack = { rows: 2457, columns: 1890, presets: [], default_window: null } as unknown as StackJson;

describe('the resolution that a pane needs', () => {
  it('has a sample for every pixel of the screen', () => {
    expect(levelFor(1)).toBe(0);
    expect(levelFor(0.51)).toBe(0);
    expect(levelFor(0.5)).toBe(1);
    expect(levelFor(0.326)).toBe(1);
    expect(levelFor(0.12)).toBe(3);
    expect(levelFor(0.001)).toBe(5);
    expect(levelFor(4)).toBe(0);
  });

  it('never has fewer samples than screen pixels, but for a hair', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 8, noNaN: true }), (zoom) => {
        expect(2 ** levelFor(zoom) * zoom).toBeLessThanOrEqual(Math.max(zoom, 1.01));
      }),
    );
  });

  it('rounds odd sizes up, as the codec does', () => {
    expect([sizeAt(1, 2457), sizeAt(1, 1890), sizeAt(3, 2457), sizeAt(0, 7)]).toEqual([1229, 945, 308, 7]);
  });

  it('puts sample i of a level on the centre of stored pixel i times 2^level', () => {
    const plane = imagePlane(geometry);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.nat(70), fc.nat(70), (level, column, row) => {
        const times = 2 ** level;
        const reduced = pixelToWorld(planeAt(level, plane), [column + 0.5, row + 0.5]);
        const stored = pixelToWorld(plane, [column * times + 0.5, row * times + 0.5]);
        for (const axis of [0, 1, 2] as const) expect(reduced[axis]).toBeCloseTo(stored[axis], 9);
      }),
    );
  });
});

describe('the resolution that is shown', () => {
  it('is the coarsest that is fine enough, else the finest there is', () => {
    expect(bestLevel([0, 1, 3], 2)).toBe(1);
    expect(bestLevel([0, 2], 2)).toBe(2);
    expect(bestLevel([4, 3], 1)).toBe(3);
    expect(bestLevel([], 1)).toBeNull();
  });

  it('is the stored one where an average would show another grey, or the range of all values is needed', () => {
    const table = { first: 0, bits: 8, values: [1, 2] };
    expect(mayBeReduced(stack, frame)).toBe(true);
    expect(mayBeReduced({ ...stack, rows: 512, columns: 512 }, frame)).toBe(false);
    expect(mayBeReduced(stack, { ...frame, format: 'jpeg' })).toBe(false);
    expect(mayBeReduced(stack, { ...frame, modality_lut: table })).toBe(false);
    expect(mayBeReduced(stack, { ...frame, windows: [], voi_lut: table })).toBe(false);
    expect(mayBeReduced(stack, { ...frame, windows: [] })).toBe(false);
  });
});
