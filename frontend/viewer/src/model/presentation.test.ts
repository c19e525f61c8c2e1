import { describe, expect, it } from 'vitest';
import type { StackJson } from './pictures';
import {
  isPlain,
  nextThickness,
  PLAIN,
  slabRange,
  slabRefusal,
  slabWords,
  threeWindowRefusal,
  threeWindows,
} from './presentation';

const presets = ['Brain', 'Subdural', 'Bone', 'Lung'].map((name) => ({ name, centre: 0, width: 100 }));
const stackOf = (more: object): StackJson =>
  ({ kind: 'volume', presets, three_windows: [], frames: [{}, {}, {}], ...more }) as unknown as StackJson;

describe('a slab', () => {
  it('has the shown slice in its middle and is cut off at the ends', () => {
    expect(slabRange(10, 5, 40)).toEqual({ first: 8, last: 12 });
    expect(slabRange(10, 4, 40)).toEqual({ first: 9, last: 12 });
    expect(slabRange(1, 5, 40)).toEqual({ first: 0, last: 3 });
    expect(slabRange(39, 5, 40)).toEqual({ first: 37, last: 39 });
  });

  it('grows and shrinks by two slices, never beyond the stack', () => {
    expect([nextThickness(5, 1, 40), nextThickness(5, -1, 40), nextThickness(3, -1, 40)]).toEqual([7, 3, 3]);
    expect([nextThickness(4, 1, 40), nextThickness(4, -1, 40)]).toEqual([5, 3]);
    expect([nextThickness(7, 1, 8), nextThickness(9, 1, 9), nextThickness(51, 1, 400)]).toEqual([7, 9, 51]);
  });

  it('says what it is', () => {
    expect(slabWords('maximum', 5, 0.625)).toBe('MIP 5 slices, 3.1 mm');
    expect(slabWords('average', 3, null)).toBe('Average 3 slices');
  });

  it('needs several slices of a volume, and greys', () => {
    expect(slabRefusal(stackOf({}))).toBe('');
    expect(slabRefusal(stackOf({ kind: 'cine' }))).toContain('several slices');
    expect(slabRefusal(stackOf({ frames: [{}] }))).toContain('several slices');
    expect(slabRefusal(stackOf({ frames: [{ colour: true }, {}] }))).toContain('colour');
  });
});

describe('three windows', () => {
  it('are the presets that the server names, in its order', () => {
    const stack = stackOf({ three_windows: ['Brain', 'Subdural', 'Bone'] });
    expect(threeWindows(stack)?.map(({ name }) => name)).toEqual(['Brain', 'Subdural', 'Bone']);
    expect(threeWindowRefusal(stack)).toBe('');
    expect(threeWindowRefusal(stackOf({}))).toContain('Hounsfield');
    expect(threeWindows(stackOf({ three_windows: ['Brain', 'Blood', 'Bone'] }))).toBeNull();
  });
});

it('only a slice in its window is plain', () => {
  expect(isPlain(PLAIN)).toBe(true);
  expect(isPlain({ ...PLAIN, composition: 'three-window' })).toBe(false);
  expect(isPlain({ ...PLAIN, plane: 'coronal' })).toBe(false);
  expect(isPlain({ ...PLAIN, slab: { mode: 'average', slices: 3 } })).toBe(false);
});
