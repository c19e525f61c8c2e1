import { describe, expect, it } from 'vitest';
import type { AdjudicationJson, CaseReviewJson, CommentJson } from './records';
import { Review, type ReviewServer, waits } from './review';

const reading = (reader: string, state = 'submitted', verdict?: 'approved' | 'returned') => ({
  assignment: { id: `of ${reader}`, reader, state, active_seconds: 60 },
  review: verdict ? { verdict, reason: 'why', reviewer: 'r', decided_at: '' } : null,
});

function made(server: Partial<ReviewServer> = {}): { review: Review; said: string[] } {
  const said: string[] = [];
  const found = {
    readings: [reading('ada', 'submitted', 'approved'), reading('bo'), reading('cy', 'opened')],
    comments: [],
    agreements: [],
  } as unknown as CaseReviewJson;
  const whole: ReviewServer = {
    caseReview: async () => found,
    adjudication: async () => Promise.reject(new Error('not asked for')),
    decide: async () => undefined,
    saveComment: async (comment) => comment,
    deleteComment: async () => undefined,
    ...server,
  };
  return { review: new Review('case', 'me', true, whole, [], (words) => said.push(words)), said };
}

describe('an adjudicator', () => {
  const found = {
    because: [{ kind: 'missed', words: 'Lesion 1: marked by Reader A, not by Reader B', frame: 'k.1' }],
    readers: ['Reader A', 'Reader B'],
    findings: [],
    annotations: [],
    answers: [],
    agreements: [],
  } as unknown as AdjudicationJson;

  it('is shown readers by letter and their records, and decides about none of them', async () => {
    const said: string[] = [];
    const taken: AdjudicationJson[] = [];
    const server = { adjudication: async () => found } as unknown as ReviewServer;
    const review = new Review(
      'case',
      'me',
      false,
      server,
      [],
      (words) => said.push(words),
      (one) => taken.push(one),
    );
    await review.load();
    expect([review.showsReaders, review.adjudicates, review.mayReview]).toEqual([true, true, false]);
    expect(review.readers).toEqual(['Reader A', 'Reader B']);
    expect(review.because).toEqual(found.because);
    expect(taken).toEqual([found]);
    expect(review.stepAlone()).toBe('Reader A');
    expect([review.shows('Reader B'), review.shows('me')]).toEqual([false, true]);
    expect(said).toEqual([]);
  });

  it('is told when the marks could not be loaded', async () => {
    const said: string[] = [];
    const server = { adjudication: async () => Promise.reject(new Error('gone')) } as unknown as ReviewServer;
    const review = new Review(
      'case',
      'me',
      false,
      server,
      [],
      (words) => said.push(words),
      () => undefined,
    );
    await review.load();
    expect(said[0]).toContain('gone');
    expect(review.showsReaders).toBe(true);
  });
});

describe('readers', () => {
  it('are shown alone one after the other, then all', async () => {
    const { review } = made();
    await review.load();
    expect([1, 2, 3, 4].map(() => review.stepAlone())).toEqual(['ada', 'bo', 'cy', 'All readers']);
    expect(review.readers.every((one) => review.shows(one))).toBe(true);
    review.toggle('bo');
    expect(review.readers.filter((one) => review.shows(one))).toEqual(['ada', 'cy']);
  });

  it('are decided about one by one: the one shown alone, else the first that waits', async () => {
    const { review } = made();
    await review.load();
    expect(review.readingAtHand?.assignment.reader).toBe('bo');
    review.stepAlone();
    expect(review.readingAtHand?.assignment.reader).toBe('ada');
    expect(review.readings.map(waits)).toEqual([false, true, false]);
  });
});

describe('comments', () => {
  it('are on the page at once, and say so when they could not be saved', async () => {
    const { review, said } = made({ saveComment: () => Promise.reject(new Error('The disk is full.')) });
    await review.pin('f', 1, 2, 'Here');
    expect(review.comments.map((one) => one.text)).toEqual(['Here']);
    expect(said).toEqual(['The comment is not saved: The disk is full.']);
    expect([...review.unsaved]).toEqual(review.comments.map((one) => one.id));
  });

  it('come back when they could not be deleted', async () => {
    const { review, said } = made({ deleteComment: () => Promise.reject(new Error('')) });
    await review.pin('f', 1, 2, 'Here');
    await review.remove(review.comments[0] as CommentJson);
    expect(review.comments).toHaveLength(1);
    expect(said).toEqual(['Not deleted: the server could not be reached.']);
  });
});
