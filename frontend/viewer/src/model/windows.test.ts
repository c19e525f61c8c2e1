import { describe, expect, it } from 'vitest';
import type { FrameJson, StackJson } from './pictures';
import { draggedWindow, initialWindow, voiTableOf, windowName, windowRange } from './windows';

describe('windows', () => {
  it('follow DICOM’s LINEAR function, which is half a value off LINEAR_EXACT', () => {
    expect(windowRange({ centre: 40, width: 80 })).toEqual({ lower: 0, upper: 79 });
    expect(windowRange({ centre: 40, width: 80, function: 'LINEAR_EXACT' })).toEqual({ lower: 0, upper: 80 });
  });

  it('never become narrower than one grey value by dragging', () => {
    expect(draggedWindow({ centre: 40, width: 80 }, -5000, 0, false).width).toBe(1);
  });

  it('take the name of the preset they equal', () => {
    const presets = [{ name: 'Lung', centre: -600, width: 1500 }];
    expect(windowName({ centre: -600, width: 1500, name: '' }, presets)).toBe('Lung');
    expect(windowName({ centre: -500, width: 1500, name: 'dragged' }, presets)).toBe('');
  });

  describe('of an object with a VOI table', () => {
    const table = { first: 0, bits: 8, values: [0, 10, 255] };
    const frame = { colour: false, windows: [], voi_lut: table } as unknown as FrameJson;
    const stack = { presets: [], default_window: null } as unknown as StackJson;

    it('show all of the table’s greys', () => {
      expect(voiTableOf(stack, frame)).toBe(table);
      const window = initialWindow(stack, frame);
      expect(window && windowRange(window)).toEqual({ lower: 0, upper: 255 });
    });

    it('leave the table aside where a window is given, or presets are in the units it would replace', () => {
      const window = { centre: 1, width: 2, name: 'own' };
      expect(voiTableOf(stack, { ...frame, windows: [window] })).toBeNull();
      expect(initialWindow(stack, { ...frame, windows: [window] })).toBe(window);
      expect(voiTableOf({ ...stack, presets: [{ ...window, key: '1' }] }, frame)).toBeNull();
    });
  });
});
