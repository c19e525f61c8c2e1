import { describe, expect, it } from 'vitest';
import { directionLetters, edgeLetters, hangingFlips, NO_FLIPS } from './orientation';
import type { FrameGeometry } from './pictures';

const geometry = (orientation: FrameGeometry['orientation']): FrameGeometry => ({
  position: [0, 0, 0],
  orientation,
  spacing: [1, 1],
  spacing_source: 'PixelSpacing',
  slice_thickness: null,
  regions: [],
  frame_time_ms: null,
});

describe('orientation letters', () => {
  it('names an axial slice as radiologists hang it', () => {
    expect(edgeLetters(geometry([1, 0, 0, 0, 1, 0]), NO_FLIPS)).toEqual({
      left: 'R',
      right: 'L',
      top: 'A',
      bottom: 'P',
    });
  });

  it('puts the stronger direction of an oblique axis first', () => {
    expect(directionLetters([0.8, 0, -0.6])).toBe('LF');
  });

  it('follows a flip of the display', () => {
    expect(edgeLetters(geometry([1, 0, 0, 0, 1, 0]), { horizontal: true, vertical: false })?.left).toBe('L');
  });

  it('says nothing where the object says nothing', () => {
    expect(edgeLetters(geometry(null), NO_FLIPS)).toBeNull();
  });
});

describe('hanging a breast', () => {
  it('leaves a right CC alone that is stored with the chest wall to the right and lateral up', () => {
    expect(hangingFlips('MG', 'R', 'CC', geometry([0, 1, 0, 1, 0, 0]))).toEqual({ horizontal: false, vertical: false });
  });

  it('turns a right CC whose rows run to the front', () => {
    expect(hangingFlips('MG', 'R', 'CC', geometry([0, -1, 0, 1, 0, 0]))).toEqual({ horizontal: true, vertical: false });
  });

  it('turns a left CC upright whose lateral side is down', () => {
    expect(hangingFlips('MG', 'L', 'CC', geometry([0, -1, 0, 1, 0, 0]))).toEqual({ horizontal: false, vertical: true });
  });

  it('puts the head up in an oblique view', () => {
    expect(hangingFlips('MG', 'L', 'MLO', geometry([0, -1, 0, 0.7, 0, 0.7])).vertical).toBe(true);
    expect(hangingFlips('MG', 'L', 'MLO', geometry([0, -1, 0, -0.7, 0, -0.7])).vertical).toBe(false);
  });

  it('never turns what carries no orientation, nor other modalities', () => {
    expect(hangingFlips('MG', 'R', 'CC', geometry(null))).toEqual(NO_FLIPS);
    expect(hangingFlips('CT', 'R', 'CC', geometry([0, -1, 0, 1, 0, 0]))).toEqual(NO_FLIPS);
  });
});
