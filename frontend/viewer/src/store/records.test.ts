import { describe, expect, it } from 'vitest';
import type { Annotation, Answer } from '../model/reading';
import { addressOf, contentOf, Records } from './records';

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

describe('a score that follows from another record', () => {
  const answer = (level: string, answers: Answer['answers'] = {}): Answer => ({
    id: 'a',
    case: 'c',
    finding: null,
    breast: '',
    first_frame: null,
    last_frame: null,
    schema: 'birads-assessment@2',
    answers,
    override: null,
    score: { level },
    revision: 3,
    deleted: false,
    owner: 'p',
  });

  it('is taken alone: what the reader goes on answering stays, and the revision that it builds on', () => {
    const records = new Records();
    records.merge('answer', answer('old'), false);
    records.put('answer', answer('old', { density: 'c' }));
    records.rescore([
      { ...answer('new'), revision: 4 },
      { ...answer('new'), id: 'elsewhere' },
    ]);
    expect(records.get('answer', 'a')).toEqual(answer('new', { density: 'c' }));
    expect(records.ofServer(addressOf('answer', 'a'))).toEqual(answer('new'));
    expect(records.get('answer', 'elsewhere')).toBeUndefined();
  });
});
