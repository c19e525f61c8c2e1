import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import shared from '../../../../tests/annotator/labels/condition_cases.json';
import type { AnswerValue, FormQuestion } from '../model/questions';
import { shownQuestions, withoutHidden } from './form_conditions';

const forms = shared.forms as unknown as Record<string, readonly FormQuestion[]>;
const formOf = (name: string) => ({ form: { questions: forms[name] as readonly FormQuestion[] } });

describe('the questions that are asked', () => {
  it.each(shared.cases)('as the server has it: $says', ({ form, answers, shown }) => {
    const given = answers as unknown as Record<string, AnswerValue>;
    expect([...shownQuestions(formOf(form), given)]).toEqual(shown);
  });

  it('never lie behind a circle', () => {
    const waits = (name: string, question: string): FormQuestion => ({
      name,
      title: name,
      kind: 'boolean',
      show_when: { not: { question, answered: true } },
    });
    const questions = [waits('a', 'b'), waits('b', 'a'), waits('c', 'a'), waits('d', 'e'), waits('e', 'unknown')];
    expect([...shownQuestions({ form: { questions } }, {})]).toEqual([]);
  });

  it('leave no answers to what is not asked, and those to the rest as they are', () => {
    const answers = { bleed: 'absent', side: 'left', types: ['subdural'], thickness: 4 };
    expect(withoutHidden(formOf('bleed'), answers)).toEqual({ bleed: 'absent' });
    expect(withoutHidden(formOf('bleed'), { ...answers, bleed: 'present' })).toEqual({ ...answers, bleed: 'present' });
  });

  it('are the same whatever was once said in those that are not asked', () => {
    const given = fc.constantFrom(...shared.cases);
    const noise = fc.dictionary(fc.constantFrom('c', 'b', 'side', 'types', 'which', 'both'), fc.constant('yes'));
    fc.assert(
      fc.property(given, noise, ({ form, answers }, said) => {
        const asked = answers as unknown as Record<string, AnswerValue>;
        const shown = shownQuestions(formOf(form), asked);
        const hidden = Object.fromEntries(Object.entries(said).filter(([name]) => !shown.has(name)));
        const mixed = { ...withoutHidden(formOf(form), asked), ...hidden };
        expect(shownQuestions(formOf(form), mixed)).toEqual(shown);
        expect(withoutHidden(formOf(form), mixed)).toEqual(withoutHidden(formOf(form), asked));
      }),
    );
  });
});
