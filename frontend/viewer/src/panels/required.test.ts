import { describe, expect, it } from 'vitest';
import shared from '../../../../tests/annotator/labels/completeness_cases.json';
import type { AnswerValue, FormQuestion } from '../model/questions';
import { requiredLeft } from './required';

const form = { questions: shared.questions as unknown as FormQuestion[] };

describe('required questions that are open', () => {
  it.each(shared.cases)('as the server has it: $says', ({ answers, derived, left }) => {
    const follows = Object.fromEntries(derived.map((name) => [name, { value: 'present' }]));
    const given = answers as unknown as Record<string, AnswerValue>;
    expect(requiredLeft({ form }, given, follows).map(({ name }) => name)).toEqual(left);
  });
});
