import { describe, expect, it } from 'vitest';
import type { SchemaJson } from '../model/questions';
import type { Answer } from '../model/reading';
import { differences, type Namer, nameOf } from './differences';
import { finding, mark } from './testing';

const schema = {
  key: 'tirads',
  version: 1,
  title: 'TI-RADS',
  definition: {
    form: {
      questions: [
        { name: 'shape', title: 'Shape', kind: 'choice', options: [{ value: 'taller', title: 'Taller than wide' }] },
        { name: 'size', title: 'Size', kind: 'number', unit: 'mm' },
      ],
    },
  },
} as unknown as SchemaJson;
const namer: Namer = { frame: (key) => `slice ${key}`, finding: (id) => `Nodule ${id}`, schemas: [schema] };
const answer = (answers: Answer['answers']): Answer =>
  ({ ...finding(), finding: null, schema: 'tirads@1', answers, score: {} }) as unknown as Answer;

describe('two states of a mark', () => {
  it('differ in words where they differ, and only there', () => {
    const here = mark({ frame: '3', label: 'edge' });
    const elsewhere = mark({
      frame: '3',
      finding: '1',
      revision: 9,
      updated_at: 'now',
      points: [
        [1, 1],
        [9, 5],
      ],
    });
    expect(differences(here, elsewhere, namer)).toEqual([
      { what: 'Shape', here: '4.0 × 4.0 px at 1.0, 1.0', elsewhere: '8.0 × 4.0 px at 1.0, 1.0' },
      { what: 'Finding', here: 'none', elsewhere: 'Nodule 1' },
      { what: 'Words', here: 'edge', elsewhere: '–' },
    ]);
    expect(nameOf(here, namer)).toBe('this box');
  });

  it('say that one was deleted, or is not there', () => {
    expect(differences(mark(), mark({ deleted: true }), namer)).toEqual([
      { what: 'Deleted', here: 'no', elsewhere: 'yes' },
    ]);
    expect(differences(mark(), null, namer)[0]?.elsewhere).toBe('no');
  });
});

describe('two states of answers', () => {
  it('are told by the questions and options as the form has them', () => {
    const rows = differences(answer({ shape: 'taller', size: 12 }), answer({ size: 14 }), namer);
    expect(rows).toEqual([
      { what: 'Shape', here: 'Taller than wide', elsewhere: '–' },
      { what: 'Size', here: '12 mm', elsewhere: '14 mm' },
    ]);
    expect(nameOf(answer({}), namer)).toBe('these answers to TI-RADS');
    const byHand = { ...answer({}), override: { level: 'TR5', reason: 'grew' }, first_frame: '2', last_frame: '5' };
    expect(differences(byHand, answer({}), namer)).toEqual([
      { what: 'Slices', here: 'slice 2 – slice 5', elsewhere: '–' },
      { what: 'By hand', here: 'TR5: grew', elsewhere: '–' },
    ]);
  });
});
