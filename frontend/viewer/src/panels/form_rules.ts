/** What a label form shows and how a choice changes an answer. Pure. */
import type { AnswerValue, FormOption, FormQuestion, SchemaJson, Score } from '../model/types';

type Answers = Readonly<Record<string, AnswerValue>>;

/** Whether a question is asked, given what has been answered. */
export function isVisible(question: FormQuestion, answers: Answers): boolean {
  return Object.entries(question.visible_when ?? {}).every(([name, wanted]) => {
    const value = answers[name];
    const accepted: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    return Array.isArray(value) ? value.some((v) => accepted.includes(v)) : accepted.includes(value);
  });
}

export function chosen(value: AnswerValue, option: FormOption): boolean {
  return Array.isArray(value) ? value.includes(String(option.value)) : value === option.value;
}

/** The answer after an option was chosen; choosing the chosen one again takes it back. */
export function toggled(
  question: FormQuestion,
  options: readonly FormOption[],
  value: AnswerValue,
  option: FormOption,
): AnswerValue {
  if (question.kind !== 'multiple') return chosen(value, option) ? null : (option.value as AnswerValue);
  const picked = Array.isArray(value) ? value.map(String) : [];
  const name = String(option.value);
  if (picked.includes(name)) return picked.filter((v) => v !== name);
  if (option.excludes_others) return [name];
  const excluding = options.filter((o) => o.excludes_others).map((o) => String(o.value));
  const kept = [...picked.filter((v) => !excluding.includes(v)), name];
  // In the form's order, so that the same choice is the same answer however it was reached.
  return options.map((o) => String(o.value)).filter((v) => kept.includes(v));
}

export type OptionLayout = 'list' | 'chips' | 'codes';

/** Codes (BI-RADS 4A) are told by their value alone, short titles stand in a row, the rest one under the other. */
export function layoutFor(options: readonly FormOption[]): OptionLayout {
  if (options.some((o) => pointsWords(o))) return 'list';
  const coded = options.filter((o) => o.title.startsWith(`${o.value} `));
  if (coded.length >= 4 && coded.length >= options.length - 2) return 'codes';
  return options.every((o) => o.title.length <= 14) ? 'chips' : 'list';
}

/** An option's points beside it: "2", or "ACR 2 · AI 3" where two tables differ in name. */
export function pointsWords(option: FormOption): string {
  const tables = Object.entries(option.points ?? {});
  if (tables.length === 0) return '';
  if (tables.length === 1) return String(tables[0]?.[1]);
  return tables.map(([name, points]) => `${name.toUpperCase()} ${points}`).join(' · ');
}

/** Answers that the score took from the pictures because the reader typed none: shown in the empty field. */
export function measuredValues(
  schema: SchemaJson,
  score: Partial<Score> | undefined,
): Readonly<Record<string, number>> {
  const name = schema.definition.scoring?.size;
  const measured = score?.size_source === 'measured' && typeof score.size_mm === 'number';
  return typeof name === 'string' && measured ? { [name]: score.size_mm as number } : {};
}
