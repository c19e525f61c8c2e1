import { describe, expect, it } from 'vitest';
import { commandFor, type Pressed } from './keyboard';

const press = (key: string, more: Partial<Pressed> = {}) =>
  commandFor({ key, ctrl: false, shift: false, alt: false, repeat: false, focus: 'page', ...more });

describe('keys', () => {
  it('scroll, choose presets and tools, undo and redo', () => {
    expect(press('ArrowDown')).toEqual({ name: 'step', by: 1 });
    expect(press('3')).toEqual({ name: 'preset', key: '3' });
    expect(press('B')).toEqual({ name: 'tool', tool: 'box' });
    expect(press('z', { ctrl: true })).toEqual({ name: 'undo' });
    expect(press('Z', { ctrl: true, shift: true })).toEqual({ name: 'redo' });
  });

  it('belong to a text field while it is being typed in', () => {
    for (const key of ['b', '3', 'Delete', 'ArrowDown', ' ']) expect(press(key, { focus: 'text' })).toBeNull();
    expect(press('z', { ctrl: true, focus: 'text' })).toBeNull();
  });

  it('belong to a question that Tab has led to', () => {
    expect(press('ArrowDown', { focus: 'control' })).toBeNull();
    expect(press('Escape', { focus: 'control' })).toEqual({ name: 'escape' });
  });

  it('never submit or delete by being held down', () => {
    expect(press('s', { repeat: true })).toBeNull();
    expect(press('ArrowDown', { repeat: true })).not.toBeNull();
  });
});
