import { describe, expect, it } from 'vitest';
import type { Acts } from './acts';
import { missingIn, openQuestions } from './missing';
import type { Places } from './places';

function acts(rows: { annotation?: object[]; answer?: object[] }, findings: object[] = []): Acts {
  return {
    manifest: { schemas: [], stacks: [] },
    myFindings: findings,
    findingTitle: () => 'Nodule 1',
    isMine: () => true,
    workspace: { records: { live: (kind: 'annotation' | 'answer') => rows[kind] ?? [] } },
  } as unknown as Acts;
}

const places = { orderOf: () => 0, words: (frame: string) => frame } as unknown as Places;
const missingWords = (one: Acts) => missingIn(one, places).map(({ words }) => words);

describe('what is missing before submitting', () => {
  it('is everything in a case that nobody touched, so that one stray key does not submit it', () => {
    expect(missingWords(acts({}))).toEqual(['Nothing is marked and nothing answered']);
  });

  it('is nothing once a finding has its mark, or a question its answer', () => {
    expect(missingWords(acts({ annotation: [{ finding: 'f' }] }, [{ id: 'f' }]))).toEqual([]);
    expect(missingWords(acts({ answer: [{ finding: null, answers: { normal: true } }] }))).toEqual([]);
  });
});

describe('new kinds of mark', () => {
  it('that say something by themselves need no finding; areas and points do', () => {
    const own = ['slices', 'arrow', 'length', 'angle'].map((kind) => ({ kind, finding: null, label: 'words' }));
    expect(missingWords(acts({ annotation: own }))).toEqual([]);
    const loose = ['box', 'mask', 'ellipse'].map((kind) => ({ kind, finding: null, label: '' }));
    expect(missingWords(acts({ annotation: loose }))).toEqual(['3 marks without a finding']);
  });

  it('that should have words and have none are told', () => {
    const wordless = [{ kind: 'arrow', finding: null, label: ' ' }];
    expect(missingWords(acts({ annotation: wordless }))).toEqual(['One label or arrow says nothing']);
  });
});

describe('open questions', () => {
  const schema = (key: string, applies_to: string, version = 1, current = true) => ({
    key,
    version,
    title: key,
    current,
    definition: { applies_to, form: { questions: [{ name: `${key}-first` }, { name: `${key}-second` }] } },
  });
  const schemas = [
    schema('breast', 'breast'),
    schema('birads', 'case', 2),
    schema('birads', 'case', 1, false),
    schema('tirads', 'finding'),
    schema('lesion', 'finding'),
    schema('bleeds', 'slices'),
  ];

  function reading(answers: object[]): Acts {
    const made = answers.map((one, i) => ({ id: `a${i}`, breast: '', finding: null, score: {}, ...one }));
    return {
      manifest: { schemas, stacks: [{ prior: 0, laterality: 'L' }] },
      myFindings: [{ id: 'f' }],
      findingTitle: () => 'Nodule 1',
      isMine: () => true,
      workspace: { records: { live: (kind: string) => (kind === 'answer' ? made : []) } },
    } as unknown as Acts;
  }
  const names = (answers: object[]) =>
    openQuestions(reading(answers), places).map(({ target, schema: asked, question }) => {
      const about = target.kind === 'breast' ? target.breast : target.kind;
      return `${about}:${asked}:${question}`;
    });
  const done = { answers: { a: 1 }, score: { missing_names: [] } };
  const left = { breast: 'L', schema: 'breast@1', ...done };

  it('are the first of what nobody has begun, of the breasts that have pictures, one for a finding', () => {
    expect(names([])).toEqual([
      'L:breast@1:breast-first',
      'case:birads@2:birads-first',
      'finding:tirads@1:tirads-first',
    ]);
  });

  it('are what the score waits for: breasts, case, findings, ranges of slices', () => {
    const found = names([
      left,
      { schema: 'birads@2', answers: { a: 1 }, score: { missing_names: ['birads-second', 'breast:R'] } },
      {
        schema: 'tirads@1',
        finding: 'f',
        answers: { a: 1 },
        score: { missing_names: ['tirads-first', 'tirads-second'] },
      },
      { schema: 'bleeds@1', first_frame: 'x', last_frame: 'y', answers: {} },
    ]);
    expect(found).toEqual([
      'case:birads@2:birads-second',
      'finding:tirads@1:tirads-first',
      'finding:tirads@1:tirads-second',
      'slices:bleeds@1:bleeds-first',
    ]);
  });

  it('are none where a finding is answered by another of its forms, and the case under an older version', () => {
    expect(names([left, { schema: 'birads@1', ...done }, { schema: 'lesion@1', finding: 'f', ...done }])).toEqual([]);
  });

  it('are told target by target before submitting, each with its way there', () => {
    const told = missingIn(reading([{ ...left, score: { missing: ['Density'], missing_names: ['density'] } }]), places);
    expect(told.map(({ words }) => words)).toEqual([
      'Left breast, breast: Density',
      'birads: not answered',
      'Nodule 1: no mark',
      'Nodule 1: no answers',
    ]);
    expect(told[0]?.open?.question).toBe('density');
    expect(told[2]?.finding).toBe('f');
  });

  it('stand first and are told apart where they must be answered before submitting', () => {
    const strict = {
      ...schema('breast', 'breast'),
      definition: {
        applies_to: 'breast',
        form: {
          questions: [
            { name: 'density', title: 'Density' },
            { name: 'category', title: 'Category', required: true },
            { name: 'quadrant', title: 'Quadrant', required: true },
          ],
        },
      },
    };
    const begun = {
      ...left,
      answers: { remark: 'x' },
      score: {
        missing: ['Density', 'Category'],
        missing_names: ['density', 'category'],
        derived: { quadrant: { value: 'upper' } },
      },
    };
    const one = reading([begun]);
    const told = missingIn({ ...one, manifest: { ...one.manifest, schemas: [strict] } } as unknown as Acts, places);
    expect(told.map(({ words, required }) => [words, required === true])).toEqual([
      ['Left breast, breast: Category', true],
      ['Left breast, breast: Density', false],
      ['Nodule 1: no mark', false],
    ]);
    expect(told[0]?.open?.question).toBe('category');
    // Nobody began it: the reader is told, and may leave it.
    const untouched = reading([]);
    const asked = missingIn(
      { ...untouched, manifest: { ...one.manifest, schemas: [strict] } } as unknown as Acts,
      places,
    );
    expect(asked.some(({ required }) => required)).toBe(false);
  });
});
