import { describe, expect, it } from 'vitest';
import { draggedWindow, windowName, windowRange } from './windows';

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
});
