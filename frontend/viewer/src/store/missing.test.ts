import { describe, expect, it } from 'vitest';
import type { Acts } from './acts';
import { missingWords } from './missing';

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
