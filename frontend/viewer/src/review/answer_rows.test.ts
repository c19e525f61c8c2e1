import { describe, expect, it } from 'vitest';
import type { SchemaJson } from '../model/questions';
import type { Answer } from '../model/reading';
import { aboutWords, answerRows, levelWords, valueWords } from './answer_rows';
import type { AgreementJson } from './records';

const schema = (key: string, applies: SchemaJson['definition']['applies_to']): SchemaJson => ({
  key,
  version: 1,
  title: `Form ${key}`,
  definition: {
    applies_to: applies,
    form: {
      questions: [
        {
          name: 'category',
          title: 'Category',
          kind: 'choice',
          options: [
            { value: '2', title: '2 Benign' },
            { value: '4A', title: '4A Low suspicion' },
          ],
        },
        { name: 'size', title: 'Size', kind: 'number', unit: 'mm' },
        { name: 'known', title: 'Known', kind: 'boolean' },
        { name: 'outline', title: 'Outline', kind: 'draw', mark_kind: 'box' },
      ],
    },
  },
});
const SCHEMAS = [schema('breast', 'breast'), schema('case', 'case'), schema('slices', 'slices')];

const answer = (key: string, more: Partial<Answer> = {}): Answer => ({
  id: key,
  case: 'c',
  finding: null,
  breast: '',
  first_frame: null,
  last_frame: null,
  schema: `${key}@1`,
  answers: { category: '2' },
  override: null,
  score: {},
  revision: 1,
  deleted: false,
  owner: 'me',
  ...more,
});

const differences: AgreementJson['differences'] = [
  { schema: 'breast@1', question: 'category', answers: ['2', '4A'], findings: ['', ''], about: 'L' },
];
const sources = {
  schemas: SCHEMAS,
  agreements: [
    { readers: ['me', 'you'], matched: [], only: [[], []], mean_dice: null, equal: 0, compared: 1, differences },
  ] as unknown as AgreementJson[],
  frameWords: (frame: string) => `slice ${frame}`,
};

describe('what a reviewer sees of answers', () => {
  it('says what each is about, the case first, and marks what another reader answered otherwise of the same breast', () => {
    const rows = answerRows(
      'me',
      [
        answer('slices', { first_frame: '3', last_frame: '5' }),
        answer('breast', { breast: 'L' }),
        answer('breast', { breast: 'R', id: 'r' }),
        answer('case'),
        answer('case', { owner: 'you' }),
        answer('case', { finding: 'f' }),
      ],
      sources,
    );
    expect(rows.map(({ title, value, differs }) => [title, value, differs])).toEqual([
      ['Category', '2 Benign', false],
      ['Left breast · Category', '2 Benign', true],
      ['Right breast · Category', '2 Benign', false],
      ['slice 3 – slice 5 · Category', '2 Benign', false],
    ]);
  });

  it('tells what follows from other answers apart, and a level put by hand with the computed one', () => {
    const rows = answerRows(
      'me',
      [
        answer('case', {
          answers: {},
          score: { level: 'L2', derived: { category: { value: '4A', because: 'breasts' } } },
          override: { level: 'L1', reason: 'known' },
        }),
      ],
      sources,
    );
    expect(rows).toEqual([
      { title: 'Category', value: '4A Low suspicion (derived)', differs: false, derived: true },
      { title: 'Level', value: 'L1 by hand: known (L2 computed)', differs: false, derived: false },
    ]);
  });

  it('says what follows below what was said of the same', () => {
    const score = { derived: { note: { value: 'x' }, category: { value: '4A' } } };
    const rows = answerRows('me', [answer('case', { answers: { category: '2', side: 'left' }, score })], sources);
    expect(rows.map(({ title, derived }) => [title, derived])).toEqual([
      ['Category', false],
      ['Category', true],
      [rows[2]?.title, false],
      [rows[3]?.title, true],
    ]);
  });

  it('says a category once where it was answered as such', () => {
    const score = { level: 'BI-RADS 2', category: '2' };
    expect(answerRows('me', [answer('breast', { breast: 'L', score })], sources)).toHaveLength(1);
    const [, ...more] = answerRows('me', [answer('case', { score: { level: 'BI-RADS 4A', category: '4A' } })], sources);
    expect(more).toMatchObject([{ title: 'Category', value: 'BI-RADS 4A' }]);
  });

  it('has words for every kind of value', () => {
    const words = (name: string, value: unknown): string => valueWords(SCHEMAS, 'case@1', name, value);
    expect(words('size', 7)).toBe('7 mm');
    expect(words('known', false)).toBe('No');
    expect(words('outline', ['a', 'b'])).toBe('2 marks');
    expect(words('category', ['2', '4A'])).toBe('2 Benign, 4A Low suspicion');
    expect(valueWords(SCHEMAS, 'gone@9', 'x', 'y')).toBe('y');
    expect(levelWords({ score: {}, override: { category: '3', reason: 'x' } })).toBe('3 by hand: x');
    expect(levelWords({ score: { level: 'TR4' }, override: null })).toBe('TR4');
    expect(aboutWords('7 7', (frame) => `slice ${frame}`)).toBe('slice 7');
  });
});
