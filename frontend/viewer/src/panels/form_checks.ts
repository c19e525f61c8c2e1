/**
 * What does not go together within one form, told while its reader answers. Pure.
 *
 * The rules are the server's (annotator/labels/form_checks.py) and come with the case: conditions and words, over the
 * answers and over facts of the case ("@..."). What follows otherwise comes with the saved score.
 */
import type { FormCheck } from '../model/questions';
import type { Score, ScoreWarning } from '../model/reading';
import { type Answers, type AskedForm, holds, withoutHidden } from './form_conditions';
import { warningsOf } from './form_rules';

/** The score with its warnings as they are by these answers: those that hold no more are gone, new ones are there. */
export function withChecks(
  definition: AskedForm,
  checks: readonly FormCheck[],
  answers: Answers,
  score: Partial<Score> | null,
  facts: Answers = {},
): Partial<Score> | null {
  if (checks.length === 0) return score;
  const derived = Object.entries(score?.derived ?? {}).map(([name, { value }]) => [name, value]);
  const held = { ...Object.fromEntries(derived), ...withoutHidden(definition, answers), ...facts } as Answers;
  const told = checks
    .filter(({ when }) => holds(when, (question) => held[question]))
    .map((check): ScoreWarning => ({ message: said(check.message, held), questions: check.questions }));
  const others = warningsOf(score).filter(({ message }) => !checks.some((check) => isOf(check, message)));
  if (told.length === 0 && others.length === (score?.warnings?.length ?? 0)) return score;
  return { ...score, warnings: [...others, ...told] };
}

function said(message: string, answers: Answers): string {
  return message.replace(/\{(@?[a-z][a-z0-9_]*)\}/g, (whole, name: string) => String(answers[name] ?? whole));
}

/** Whether words that the server told are those of a check. */
function isOf({ message }: FormCheck, words: string): boolean {
  const parts = message.split(/\{@?[a-z][a-z0-9_]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(words);
}
