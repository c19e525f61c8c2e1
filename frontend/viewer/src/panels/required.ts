/**
 * Which required questions of a begun form are open: a reading is not submitted with them. Pure.
 *
 * The twin of annotator/labels/completeness.py, which refuses what this lists: the same cases check both
 * (tests/annotator/labels/completeness_cases.json).
 */
import type { FormQuestion } from '../model/questions';
import type { Score } from '../model/reading';
import { type Answers, type AskedForm, isAnswered, shownQuestions } from './form_conditions';

/** In the form's order; none of a form that nobody began, and none that follows from other answers. */
export function requiredLeft(definition: AskedForm, answers: Answers, derived: Score['derived'] = {}): FormQuestion[] {
  if (Object.keys(answers).length === 0) return [];
  const shown = shownQuestions(definition, answers);
  return definition.form.questions.filter(
    ({ name, required }) => required === true && shown.has(name) && !(name in derived) && !isAnswered(answers[name]),
  );
}
