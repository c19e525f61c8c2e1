import { describe, expect, it } from 'vitest';
import { hangingsOf, linksOf, panesWith, startingHanging } from './hangings';
import type { Manifest } from './manifest';
import type { HangingJson } from './pictures';

const hanging = (key: string, links = {}): HangingJson => ({
  key,
  title: key,
  rows: 1,
  columns: 2,
  panes: [],
  links: { scroll: [], zoom: [], window: [], ...links },
});

describe('hangings', () => {
  it('open with the one that was used last, where it fits, else with the best', () => {
    const fitting = [hanging('best'), hanging('other')];
    expect(startingHanging(fitting, 'other').key).toBe('other');
    expect(startingHanging(fitting, 'breast-four-views').key).toBe('best');
    expect(startingHanging(fitting, null).key).toBe('best');
  });

  it('are never none', () => {
    const [only] = hangingsOf({ hangings: [], stacks: [{ key: 'a' }] } as unknown as Manifest);
    expect([only?.rows, only?.columns, only?.panes[0]?.stack]).toEqual([1, 1, 'a']);
  });

  it('say what is linked', () => {
    expect(linksOf(hanging('x', { scroll: [[0, 1]] }))).toEqual({ scroll: true, zoom: false, window: false });
  });

  it('move the panes of a group together, and all where there are no groups', () => {
    const groups = [
      [0, 2],
      [1, 3],
    ];
    expect(panesWith(2, groups, 4)).toEqual([0]);
    expect(panesWith(1, groups, 2)).toEqual([]);
    expect(panesWith(4, groups, 5)).toEqual([]);
    expect(panesWith(1, [], 3)).toEqual([0, 2]);
  });
});
