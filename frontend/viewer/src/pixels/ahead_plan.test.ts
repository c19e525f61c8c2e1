import { describe, expect, it } from 'vitest';
import type { FrameJson, StackJson } from '../model/pictures';
import { aheadPlan } from './ahead_plan';

function stackOf(name: string, count: number, side: number): StackJson {
  const frames = Array.from(
    { length: count },
    (_, i) => ({ key: `${name}.${i}`, format: 'htj2k', windows: [{ centre: 0, width: 100 }] }) as unknown as FrameJson,
  );
  return { key: name, rows: side, columns: side, bits_stored: 12, presets: [], frames } as unknown as StackJson;
}

const pane = { width: 500, height: 500 };
const keys = (plan: ReturnType<typeof aheadPlan>): string[] => plan.map(({ frame }) => frame.key);

describe('what is loaded ahead', () => {
  it('is what each pane opens with, then outward in turn', () => {
    const openings = [
      { stack: stackOf('a', 3, 100), at: 1, ...pane },
      { stack: stackOf('b', 2, 100), at: 0, ...pane },
    ];
    expect(keys(aheadPlan(openings, 1e9))).toEqual(['a.1', 'b.0', 'a.2', 'b.1', 'a.0']);
  });

  it('is no more than fits into its share of the memory', () => {
    const openings = [{ stack: stackOf('a', 9, 100), at: 4, ...pane }];
    expect(keys(aheadPlan(openings, 3 * 100 * 100 * 2 + 10))).toEqual(['a.4', 'a.5', 'a.3']);
    expect(aheadPlan(openings, 10)).toEqual([]);
  });

  it('is decoded at the level that the pane will show', () => {
    const [first] = aheadPlan([{ stack: stackOf('a', 1, 2000), at: 0, ...pane }], 1e9);
    expect(first?.level).toBe(2);
  });
});
