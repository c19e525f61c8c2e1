import { describe, expect, it } from 'vitest';
import { type Modality, toModality } from './modality';

const plain: Modality = {
  slope: 1,
  intercept: 0,
  lut: null,
  voi: null,
  padding: null,
  inverted: false,
  bitsStored: 12,
  signed: false,
};

describe('stored values to modality values', () => {
  it('gives Hounsfield units in 16 bits', () => {
    const { pixels, minimum, maximum } = toModality(Uint16Array.of(0, 24, 4095), { ...plain, intercept: -1024 });
    expect(pixels).toEqual(Int16Array.of(-1024, -1000, 3071));
    expect([minimum, maximum]).toEqual([-1024, 3071]);
  });

  it('keeps the type of array for the whole stack, whatever one slice holds', () => {
    const one = toModality(Uint16Array.of(2000), { ...plain, intercept: -1024 }).pixels;
    const other = toModality(Uint16Array.of(0), { ...plain, intercept: -1024 }).pixels;
    expect(one.constructor).toBe(other.constructor);
  });

  it('takes 16 bits for what fits them, though the stack could hold more, and 32 where a slice needs them', () => {
    const sixteen = { ...plain, bitsStored: 16, signed: true, intercept: -1024 };
    expect(toModality(Int16Array.of(-32000 + 1024, 0, 4095), sixteen).pixels).toEqual(
      Int16Array.of(-32000, -1024, 3071),
    );
    expect(toModality(Int16Array.of(-32000, 0), sixteen).pixels).toEqual(Float32Array.of(-33024, -1024));
    const padded = toModality(Int16Array.of(-32768, 100, 24), { ...sixteen, padding: [-32768, -32768] });
    expect(padded.pixels).toEqual(Int16Array.of(-1000, -924, -1000));
    const nothing = toModality(Int16Array.of(-32768), { ...sixteen, padding: [-32768, -32768] });
    expect(nothing.pixels).toEqual(Float32Array.of(-33792));
  });

  it('keeps fractions of a rescale slope', () => {
    const { pixels } = toModality(Uint16Array.of(1, 3), { ...plain, slope: 0.5 });
    expect(pixels).toEqual(Float32Array.of(0.5, 1.5));
  });

  it('looks values up, and holds the ends of the table', () => {
    const lut = { first: 10, bits: 16, values: [100, 200, 300] };
    expect(Array.from(toModality(Uint16Array.of(0, 10, 11, 500), { ...plain, lut }).pixels)).toEqual([
      100, 100, 200, 300,
    ]);
  });

  it('puts modality values through a VOI table, whose ends hold', () => {
    const voi = { first: 100, bits: 8, values: [0, 200, 255] };
    const { pixels } = toModality(Uint16Array.of(0, 50, 51, 900), { ...plain, slope: 2, voi });
    expect(pixels).toEqual(Uint8Array.of(0, 0, 255, 255));
  });

  it('shows padding black and leaves it out of the range, also where the lowest value is white', () => {
    const padding = [0, 0] as const;
    expect(toModality(Uint16Array.of(0, 50, 90), { ...plain, padding })).toMatchObject({ minimum: 50, maximum: 90 });
    expect(Array.from(toModality(Uint16Array.of(0, 50, 90), { ...plain, padding, inverted: true }).pixels)).toEqual([
      90, 50, 90,
    ]);
  });
});
