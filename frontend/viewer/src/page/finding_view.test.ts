import { describe, expect, it } from 'vitest';
import type { Manifest } from '../model/manifest';
import type { Annotation } from '../model/reading';
import { Places } from '../store/places';
import { markInEachStack } from './finding_view';

const stack = (key: string) => ({ key, frames: [0, 1, 2, 3].map((i) => ({ key: `${key}${i}` })) });
const places = new Places({ stacks: [stack('cc'), stack('mlo')] } as unknown as Manifest);
const marks = ['cc1', 'cc3', 'mlo2'].map((frame) => ({ id: frame, frame }) as Annotation);

describe('showing a finding', () => {
  it('takes every view to its first mark', () => {
    const chosen = markInEachStack(marks, places, new Set());
    expect([...chosen].map(([key, mark]) => [key, mark.frame])).toEqual([
      ['cc', 'cc1'],
      ['mlo', 'mlo2'],
    ]);
  });

  it('leaves a view where it is that shows one of its marks already', () => {
    expect(markInEachStack(marks, places, new Set(['cc3'])).get('cc')?.frame).toBe('cc3');
  });
});
