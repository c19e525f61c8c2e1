import { describe, expect, it } from 'vitest';
import shared from '../../../../tests/annotator/labels/breast_fact_cases.json';
import { breastFacts } from './breast_facts';

describe('the findings of a breast', () => {
  it.each(shared)('as the server counts them: $says', ({ breast, findings, certain, possible, words }) => {
    const facts = breastFacts(breast as 'L' | 'R', findings);
    expect([facts['@certain'], facts['@possible'], facts['@findings']]).toEqual([certain, possible, words]);
  });
});
