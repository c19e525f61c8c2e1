import { describe, expect, it } from 'vitest';
import type { Manifest } from '../model/manifest';
import { bannerWords } from './banner';

const reading = (change: Partial<Manifest['reading']>): Manifest['reading'] => ({
  assignment: 'a',
  state: 'opened',
  locked: false,
  may_annotate: true,
  returned: '',
  may_review: false,
  adjudicates: false,
  position: null,
  mark_kinds: null,
  submits_to: 'done',
  ...change,
});

describe('the banner', () => {
  it('says that a reading is submitted, that it was given back and why, that one only looks, and else nothing', () => {
    expect(bannerWords(reading({ state: 'submitted', locked: true }))).toContain('Submitted');
    expect(bannerWords(reading({ returned: 'The second view was not read.' }))).toBe(
      'Given back to you: The second view was not read.',
    );
    expect(bannerWords(reading({ may_annotate: false }))).toContain('not mark it');
    expect(bannerWords(reading({ may_annotate: false, may_review: true }))).toBe('');
    expect(bannerWords(reading({}))).toBe('');
  });
});
