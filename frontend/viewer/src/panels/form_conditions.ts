/**
 * Which questions of a form are asked, by what was answered. Pure.
 *
 * The twin of annotator/labels/conditions.py: the same cases check both (tests/annotator/labels/condition_cases.json).
 */
import type { AnswerValue, Condition, FormQuestion } from '../model/questions';

export type Answers = Readonly<Record<string, AnswerValue>>;

/** The part of a definition that says what is asked when. */
export interface AskedForm {
  form: { questions: readonly FormQuestion[] };
}

/** Whether there is an answer: blank text and an empty list are none; false and 0 are. */
export function isAnswered(value: AnswerValue | undefined): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** Whether a condition holds, given a way to look answers up. */
export function holds(condition: Condition, answerTo: (question: string) => AnswerValue | undefined): boolean {
  if ('all' in condition) return condition.all.every((one) => holds(one, answerTo));
  if ('any' in condition) return condition.any.some((one) => holds(one, answerTo));
  if ('not' in condition) return !holds(condition.not, answerTo);
  const value = answerTo(condition.question);
  if ('answered' in condition) return isAnswered(value) === condition.answered;
  if (value === undefined || value === null) return false;
  if ('is' in condition) return isSame(value, condition.is);
  if ('is_one_of' in condition) return condition.is_one_of.some((one) => isSame(value, one));
  return Array.isArray(value) && value.some((one) => one === condition.includes);
}

/** The names of the questions that are asked. One that is not asked has no answer, whatever was said before. */
export function shownQuestions({ form }: AskedForm, answers: Answers): ReadonlySet<string> {
  const shown = new Set<string>();
  const looked = new Set<string>();
  const answerTo = (name: string): AnswerValue | undefined => (shown.has(name) ? answers[name] : undefined);
  let left = form.questions;
  // Each behind those that it waits for; what waits in a circle is never asked.
  for (let ready = left; ready.length > 0; left = left.filter(({ name }) => !looked.has(name))) {
    ready = left.filter((q) => !q.show_when || mentioned(q.show_when).every((name) => looked.has(name)));
    for (const { name, show_when } of ready) {
      looked.add(name);
      if (!show_when || holds(show_when, answerTo)) shown.add(name);
    }
  }
  return new Set(form.questions.map(({ name }) => name).filter((name) => shown.has(name)));
}

function mentioned(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(mentioned);
  if ('any' in condition) return condition.any.flatMap(mentioned);
  return 'not' in condition ? mentioned(condition.not) : [condition.question];
}

/** The answers without those to questions that are not asked. */
export function withoutHidden(definition: AskedForm, answers: Answers): Answers {
  const shown = shownQuestions(definition, answers);
  return Object.fromEntries(Object.entries(answers).filter(([name]) => shown.has(name)));
}

function isSame(one: AnswerValue, other: AnswerValue): boolean {
  return Array.isArray(one) || Array.isArray(other) ? JSON.stringify(one) === JSON.stringify(other) : one === other;
}
