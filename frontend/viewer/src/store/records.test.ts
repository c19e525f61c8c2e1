import { describe, expect, it } from 'vitest';
import type { Annotation } from '../model/types';
import { contentOf } from './records';

const mask = (runs: readonly number[]): Annotation => ({
  id: 'm',
  case: 'c',
  frame: 'f',
  kind: 'mask',
  points: [
    [0, 0],
    [2, 2],
  ],
  first_frame: null,
  last_frame: null,
  mask: { runs },
  locked: false,
  finding: null,
  label: '',
  provenance: 'drawn',
  revision: 0,
  deleted: false,
  owner: 'p',
});

describe("a record's content", () => {
  it('is another when other pixels of the same box are in: else the change would be neither saved nor undone', () => {
    expect(contentOf(mask([0, 3, 1]))).not.toBe(contentOf(mask([0, 2, 1, 1])));
    expect(contentOf(mask([0, 3, 1]))).toBe(contentOf({ ...mask([0, 3, 1]), revision: 4 }));
  });
});
