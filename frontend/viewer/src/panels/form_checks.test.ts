import { describe, expect, it } from 'vitest';
import type { FormCheck, FormQuestion } from '../model/questions';
import { withChecks } from './form_checks';

const questions: FormQuestion[] = [
  { name: 'side', title: 'Side', kind: 'choice' },
  { name: 'hour', title: 'Hour', kind: 'number' },
  { name: 'deep', title: 'Deep', kind: 'boolean', show_when: { question: 'side', answered: true } },
];
const form = { form: { questions } };
const CHECKS: FormCheck[] = [
  {
    when: {
      all: [
        { question: 'side', is: 'left' },
        { question: 'hour', is_one_of: [7, 8] },
      ],
    },
    message: "{hour} o'clock (of the left) lies elsewhere",
    questions: ['hour'],
  },
  { when: { question: 'deep', is: true }, message: 'Too deep', questions: ['deep'] },
];
const OTHER = { message: 'Marked on the other side', questions: ['side'] };

describe('what does not go together', () => {
  it('is told at once, with the answer in its words, beside what the server said', () => {
    const told = withChecks(form, CHECKS, { side: 'left', hour: 8 }, { warnings: [OTHER] });
    expect(told?.warnings).toEqual([OTHER, { message: "8 o'clock (of the left) lies elsewhere", questions: ['hour'] }]);
    expect(withChecks(form, CHECKS, { side: 'left', hour: 8 }, null)?.warnings).toHaveLength(1);
  });

  it('goes at once when it holds no more, though the saved score still says it', () => {
    const saved = { warnings: ["7 o'clock (of the left) lies elsewhere", OTHER] };
    expect(withChecks(form, CHECKS, { side: 'left', hour: 2 }, saved)?.warnings).toEqual([OTHER]);
    const changed = withChecks(form, CHECKS, { side: 'left', hour: 8 }, saved);
    expect(changed?.warnings?.map((one) => (typeof one === 'string' ? one : one.message))).toEqual([
      OTHER.message,
      "8 o'clock (of the left) lies elsewhere",
    ]);
  });

  it('sees what follows from other answers, and nothing of what is not asked', () => {
    const derived = { side: { value: 'left' } };
    expect(withChecks(form, CHECKS, { hour: 7 }, { derived })?.warnings).toHaveLength(1);
    expect(withChecks(form, CHECKS, { deep: true }, null)).toBeNull();
  });
});
