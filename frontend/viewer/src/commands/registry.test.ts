import { describe, expect, it } from 'vitest';
import { COMMANDS } from './all';
import { CommandRegistry, type Pressed } from './registry';

const shipped = new CommandRegistry(COMMANDS);

const press = (key: string, more: Partial<Pressed> = {}, registry = shipped) =>
  registry.find({ key, ctrl: false, shift: false, alt: false, repeat: false, focus: 'page', ...more })?.id ?? null;

describe('keys', () => {
  it('scroll, choose presets and tools, undo and redo', () => {
    expect(press('ArrowDown')).toBe('slices.next');
    expect(press('3')).toBe('picture.preset_3');
    expect(press('b')).toBe('tools.box');
    expect(press('B')).toBe('tools.box');
    expect(press('B', { shift: true })).toBe('tools.span_box');
    expect(press(' ')).toBe('slices.play');
    expect(press(' ', { shift: true })).toBe('findings.new');
    expect(press('>', { shift: true })).toBe('findings.next');
    expect(press('Enter', { shift: true })).toBe('forms.answer_case');
    expect(press('?', { shift: true })).toBe('case.help');
    expect(press('z', { ctrl: true })).toBe('marks.undo');
    expect(press('Z', { ctrl: true, shift: true })).toBe('marks.redo');
  });

  it('tell Shift and a digit by the place of the key, except where Shift writes the digit', () => {
    expect(press('!', { shift: true, code: 'Digit1' })).toBe('hangings.choose_1');
    expect(press('"', { shift: true, code: 'Digit2' })).toBe('hangings.choose_2');
    expect(press('1', { shift: true, code: 'Digit1' })).toBe('picture.preset_1');
    expect(press('&', { code: 'Digit1' })).toBeNull();
  });

  it('belong to a text field while it is being typed in', () => {
    for (const key of ['b', '3', 'Delete', 'ArrowDown', ' ']) expect(press(key, { focus: 'text' })).toBeNull();
    expect(press('z', { ctrl: true, focus: 'text' })).toBeNull();
    expect(press('Escape', { focus: 'text' })).toBe('case.escape');
  });

  it('belong to a question that Tab has led to', () => {
    expect(press('ArrowDown', { focus: 'control' })).toBeNull();
    expect(press('Escape', { focus: 'control' })).toBe('case.escape');
    expect(press('Delete', { focus: 'control' })).toBe('marks.delete');
    expect(press('z', { ctrl: true, focus: 'control' })).toBe('marks.undo');
  });

  it('never submit or delete by being held down', () => {
    expect(press('s', { repeat: true })).toBeNull();
    expect(press('Delete', { repeat: true })).toBeNull();
    expect(press('ArrowDown', { repeat: true })).toBe('slices.next');
  });

  it('mean what they mean alone with Shift held by chance, where that key has no command of its own', () => {
    const fit = shipped.all.filter((command) => command.id === 'picture.fit');
    expect(press('F', { shift: true }, new CommandRegistry(fit))).toBe('picture.fit');
  });

  it('with Alt go by the place of the key, for a Mac writes another letter there', () => {
    expect(press('∫', { alt: true, code: 'KeyB' })).toBe('forms.answer_breast');
    expect(press('q', { alt: true, code: 'KeyQ' })).toBe('ranges.answer');
  });

  it('mean one command each as shipped', () => {
    const keys = COMMANDS.flatMap((command) => command.keys);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });
});

describe('own keys', () => {
  it('replace the shipped ones, and are taken from the command that had them', () => {
    const own = new CommandRegistry(COMMANDS);
    own.bind({ 'tools.box': ['C'] });
    expect(press('c', {}, own)).toBe('tools.box');
    expect(press('b', {}, own)).toBeNull();
    expect(own.keysOf('tools.contour')).toEqual([]);
    expect(own.keysOf('tools.box')).toEqual(['C']);
    own.bind({});
    expect(press('c', {}, own)).toBe('tools.contour');
  });
});
