import { describe, expect, it } from 'vitest';
import type { Acts } from './acts';
import { missingWords, openQuestions } from './missing';

function acts(rows: { annotation?: object[]; answer?: object[] }, findings: object[] = []): Acts {
  return {
    manifest: { schemas: [] },
    myFindings: findings,
    findingTitle: () => 'Nodule 1',
    isMine: () => true,
    workspace: { records: { live: (kind: 'annotation' | 'answer') => rows[kind] ?? [] } },
  } as unknown as Acts;
}

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
  const schema = (key: string, applies_to: 'case' | 'finding') => ({
    key,
    version: 1,
    definition: { applies_to, form: { questions: [{ name: `${key}-first` }, { name: `${key}-second` }] } },
  });
  const birads = schema('birads', 'case');
  const tirads = schema('tirads', 'finding');
  const lesion = schema('lesion', 'finding');

  function reading(answers: Record<string, { answers: object; score: object }>): Acts {
    return {
      manifest: { schemas: [birads, tirads, lesion] },
      myFindings: [{ id: 'f' }],
      answerOf: (s: { key: string }, finding: string | null) => answers[`${s.key}/${finding ?? ''}`],
    } as unknown as Acts;
  }
  const names = (found: ReturnType<typeof openQuestions>) => found.map((q) => `${q.finding ?? 'case'}:${q.question}`);

  it('are the first of what nobody has begun, one for a finding whatever forms it has', () => {
    expect(names(openQuestions(reading({})))).toEqual(['case:birads-first', 'f:tirads-first']);
  });

  it('are what the score waits for, the case before the findings', () => {
    const found = openQuestions(
      reading({
        'birads/': { answers: { a: 1 }, score: { missing_names: ['left'] } },
        'tirads/f': { answers: { a: 1 }, score: { missing_names: ['shape', 'margin'] } },
      }),
    );
    expect(names(found)).toEqual(['case:left', 'f:shape', 'f:margin']);
  });

  it('are none where a finding is answered by another of its forms', () => {
    const done = { answers: { a: 1 }, score: { missing_names: [] } };
    expect(openQuestions(reading({ 'birads/': done, 'lesion/f': done }))).toEqual([]);
  });
});
