import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImagePlane } from '../model/geometry';
import type { FrameJson, StackJson } from '../model/pictures';
import { windowRange } from '../model/windows';
import { toModality } from './modality';
import { mayBePreviewed, previewModality, previewQuery, previewSize, stretchedPlane } from './preview';

const stack = { rows: 2457, columns: 1890, presets: [] } as unknown as StackJson;
const frame = { colour: false, inverted: false, windows: [{ centre: 40, width: 80 }] } as unknown as FrameJson;
const look = { window: { centre: 300, width: 1500 }, width: 500, height: 400 };

describe('a preview', () => {
  it('is asked for at the size of the pane and in its window', () => {
    expect(previewSize(stack, look)).toEqual({ columns: 308, rows: 400 });
    expect(previewQuery(stack, frame, look)).toBe('/rendered?viewport=308,400&window=299.5,1499,linear-exact');
    expect(previewQuery(stack, frame, undefined)).toContain('window=39.5,79,linear-exact');
  });

  it('is never larger than what is stored', () => {
    expect(previewSize({ rows: 100, columns: 50 } as StackJson, look)).toEqual({ columns: 50, rows: 100 });
  });

  it('puts greys back to values: the window that made them shows them as they came', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.boolean(), (grey, inverted) => {
        const shown = { ...frame, inverted } as FrameJson;
        const { pixels } = toModality(Uint8Array.of(grey), previewModality(stack, shown, look));
        const { lower, upper } = windowRange(look.window);
        const again = (((pixels[0] as number) - lower) / (upper - lower)) * 255;
        expect(inverted ? 255 - again : again).toBeCloseTo(grey, 2);
      }),
    );
  });

  it('lies on the same ground as the frame: its outer edges are the frame’s', () => {
    const plane = {
      origin: [-10, 5, 3],
      alongRow: [1, 0, 0],
      alongColumn: [0, 1, 0],
      rowSpacing: 0.5,
      columnSpacing: 0.25,
      calibrated: true,
    } as unknown as ImagePlane;
    const small = { rows: 80, columns: 40 } as StackJson;
    const stretched = stretchedPlane(plane, small, 10, 20);
    expect(stretched.columnSpacing * 10).toBeCloseTo(0.25 * 40);
    expect(stretched.rowSpacing * 20).toBeCloseTo(0.5 * 80);
    expect(stretched.origin[0] - stretched.columnSpacing / 2).toBeCloseTo(-10 - 0.125);
    expect(stretched.origin[1] - stretched.rowSpacing / 2).toBeCloseTo(5 - 0.25);
  });

  it('is not made of what has no window, or greys by a table', () => {
    expect(mayBePreviewed(stack, frame)).toBe(true);
    expect(mayBePreviewed(stack, { ...frame, windows: [] } as FrameJson)).toBe(false);
    expect(mayBePreviewed(stack, { ...frame, modality_lut: { first: 0, bits: 8, values: [] } } as FrameJson)).toBe(
      false,
    );
    expect(mayBePreviewed(stack, { ...frame, colour: true } as FrameJson)).toBe(true);
  });
});
