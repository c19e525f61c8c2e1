/** What a label form shows and how a choice changes an answer. Pure. */
import type { AnswerValue, FormOption, FormQuestion, SchemaDefinition } from '../model/questions';
import type { Score } from '../model/reading';

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
  if (options.some((o) => o.points)) return 'list';
  const coded = options.filter((o) => o.title.startsWith(`${o.value} `));
  if (coded.length >= 4 && coded.length >= options.length - 2) return 'codes';
  return options.every((o) => o.title.length <= 14) ? 'chips' : 'list';
}

/** The names of the tables of points, where there are several: told once, above the options. */
export function pointsHead(options: readonly FormOption[]): string {
  const names = [...new Set(options.flatMap((o) => Object.keys(o.points ?? {})))];
  return names.length > 1 ? names.map((name) => name.toUpperCase()).join(' · ') : '';
}

/** An option's points beside it: "2", or "2 · 3" by two tables. */
export function pointsWords(option: FormOption): string {
  return Object.values(option.points ?? {}).join(' · ');
}

/** A size that the score took from the pictures because the reader typed none: shown in the empty field. */
export function measuredValues(
  definition: SchemaDefinition,
  score: Partial<Score> | null,
): Readonly<Record<string, string>> {
  const name = definition.scoring?.size;
  const source = score?.size_source;
  if (!name || typeof score?.size_mm !== 'number' || !source || source === 'typed') return {};
  const from = source === 'measured' ? 'measured' : `from the ${source}`;
  return { [name]: `${score.size_mm.toFixed(1)}, ${from}` };
}

/** Why a number can't be taken, in the server's words; null where it can. */
export function numberFault(question: FormQuestion, definition: SchemaDefinition, value: number): string | null {
  const allowed = definition.answers?.properties?.[question.name] ?? {};
  const bound = (name: string): number | null => (typeof allowed[name] === 'number' ? (allowed[name] as number) : null);
  const minimum = bound('minimum') ?? question.minimum ?? null;
  const maximum = bound('maximum') ?? question.maximum ?? null;
  if (!Number.isFinite(value)) return 'This is no number.';
  if (minimum !== null && value < minimum) return `${value} is less than the minimum of ${minimum}`;
  if (maximum !== null && value > maximum) return `${value} is greater than the maximum of ${maximum}`;
  const above = bound('exclusiveMinimum');
  if (above !== null && value <= above) return `${value} is less than or equal to the minimum of ${above}`;
  const below = bound('exclusiveMaximum');
  if (below !== null && value >= below) return `${value} is greater than or equal to the maximum of ${below}`;
  return allowed.type === 'integer' && !Number.isInteger(value) ? `${value} is not of type 'integer'` : null;
}

/** What may be chosen by hand instead of what was computed; null where nothing is computed that could be. */
export function overridable({ scoring }: SchemaDefinition): { as: 'level' | 'category'; values: string[] } | null {
  if (scoring?.levels?.length) return { as: 'level', values: scoring.levels.map(({ level }) => level) };
  const assesses = scoring?.kind === 'birads' || scoring?.name === 'birads_examination';
  return assesses ? { as: 'category', values: [...(scoring.most_abnormal_first ?? BI_RADS)].sort() } : null;
}

const BI_RADS = ['0', '1', '2', '3', '4', '4A', '4B', '4C', '5', '6'];

/** The questions that a warning is about, and its words. */
export function warningsOf(score: Partial<Score> | null): { message: string; questions: readonly string[] }[] {
  return (score?.warnings ?? []).map((one) =>
    typeof one === 'string'
      ? { message: one, questions: [] }
      : { message: one.message, questions: one.questions ?? [] },
  );
}
