import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Point } from '../model/pictures';
import { corrected, hintOf, roundAbout } from './hint';

it('puts ends that were clicked in any order in their order round the thing', () => {
  const ends: Point[] = [
    [0, 5],
    [10, 5],
    [5, 0],
    [5, 10],
  ];
  const inOrder = (points: readonly Point[]): string => {
    const start = points.findIndex((p) => p[0] === 0);
    return JSON.stringify([...points.slice(start), ...points.slice(0, start)]);
  };
  const expected = inOrder(roundAbout(ends));
  fc.assert(
    fc.property(fc.shuffledSubarray(ends, { minLength: 4 }), (shuffled) => {
      expect(inOrder(roundAbout(shuffled))).toBe(expected);
    }),
  );
  expect(expected).toBe('[[0,5],[5,0],[10,5],[5,10]]');
});

it('keeps what was said before when more is said', () => {
  const hint = corrected(corrected(hintOf('box', [[0, 0]]), [1, 1], true), [2, 2], false);
  expect(hint).toEqual({ kind: 'box', points: [[0, 0]], added: [[1, 1]], removed: [[2, 2]] });
});
