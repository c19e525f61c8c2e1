import { describe, expect, it } from 'vitest';
import { dragAct, MOUSE_PRESETS, mousePreset } from './mouse';

const press = (button: number, more = {}) => ({ button, ctrlKey: false, metaKey: false, shiftKey: false, ...more });

describe('the mouse', () => {
  it('does what the preset says', () => {
    const [first] = MOUSE_PRESETS;
    expect(dragAct(first, press(0))).toBe('tool');
    expect(dragAct(first, press(2))).toBe('window');
    expect(dragAct(first, press(1))).toBe('zoom');
    expect(dragAct(first, press(0, { metaKey: true }))).toBe('zoom');
    expect(dragAct(first, press(0, { shiftKey: true }))).toBe('pan');
    expect(dragAct(first, press(4))).toBeNull();
    expect(dragAct(mousePreset('right_zooms'), press(1))).toBe('pan');
    expect(dragAct(mousePreset('middle_windows'), press(2))).toBe('scroll');
  });

  it('lets the chosen tool be used and the slices be scrolled in every preset', () => {
    for (const preset of MOUSE_PRESETS) {
      expect(preset.left).toBe('tool');
      expect([preset.wheel, preset.ctrlWheel]).toContain('scroll');
      expect([preset.right, preset.middle]).toContain(preset.name === 'right_zooms' ? 'zoom' : 'window');
    }
  });

  it('is as shipped when the name is not known', () => {
    expect(mousePreset('left_handed')).toBe(MOUSE_PRESETS[0]);
  });
});
