/** What a reader answered, row by row, as a reviewer sees it: what it is about, what follows, what was put by hand. Pure. */
import type { SchemaJson } from '../model/questions';
import type { Answer } from '../model/reading';
import { BREAST_WORDS, targetOf } from '../store/targets';
import type { AgreementJson } from './records';

export interface AnswerRow {
  title: string;
  value: string;
  /** Another reader who submitted answered otherwise. */
  differs: boolean;
  /** Not answered: it follows from other answers. */
  derived: boolean;
}

/** What the rows are made from. */
export interface AnswerSources {
  schemas: readonly SchemaJson[];
  agreements: readonly AgreementJson[];
  /** Where a frame is, in words. */
  frameWords(frame: string): string;
}

/** The answers of one reader about the case, its breasts and ranges of its slices, in that order. */
export function answerRows(reader: string, answers: readonly Answer[], sources: AnswerSources): AnswerRow[] {
  const order = { case: 0, breast: 1, slices: 2, finding: 3 };
  return answers
    .filter((answer) => answer.owner === reader && answer.finding === null)
    .sort((a, b) => order[targetOf(a).kind] - order[targetOf(b).kind])
    .flatMap((answer) => rowsOf(answer, sources));
}

/** What an answer or a difference is about, in words; "" for the case. */
export function aboutWords(about: string, frameWords: (frame: string) => string): string {
  if (about === 'L' || about === 'R') return BREAST_WORDS[about];
  if (about === '') return '';
  const [first, last] = about.split(' ').map(frameWords);
  return first === last ? String(first) : `${first} – ${last}`;
}

export function questionTitle(schemas: readonly SchemaJson[], reference: string, name: string): string {
  return questionOf(schemas, reference, name)?.title ?? name;
}

export function valueWords(schemas: readonly SchemaJson[], reference: string, name: string, value: unknown): string {
  const question = questionOf(schemas, reference, name);
  if (question?.kind === 'draw' && Array.isArray(value)) return value.length === 1 ? '1 mark' : `${value.length} marks`;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  const titleOf = (one: unknown): string =>
    question?.options?.find((option) => option.value === one)?.title ?? String(one);
  const words = Array.isArray(value) ? value.map(titleOf).join(', ') : titleOf(value);
  return question?.unit ? `${words} ${question.unit}` : words;
}

/** "TR4", or "TR5 by hand: its reason (TR4 computed)". */
export function levelWords({ score, override }: Pick<Answer, 'score' | 'override'>): string {
  const computed = score.level ?? '';
  if (!override) return computed;
  const byHand = 'level' in override ? override.level : override.category;
  return `${byHand} by hand: ${override.reason}${computed ? ` (${computed} computed)` : ''}`;
}

function rowsOf(answer: Answer, { schemas, agreements, frameWords }: AnswerSources): AnswerRow[] {
  const target = targetOf(answer);
  const about =
    target.kind === 'breast' ? target.breast : target.kind === 'slices' ? `${target.first} ${target.last}` : '';
  const where = aboutWords(about, frameWords);
  const row = (title: string, value: string, more: Partial<AnswerRow> = {}): AnswerRow => ({
    title: [where, title].filter(Boolean).join(' · '),
    value,
    differs: false,
    derived: false,
    ...more,
  });
  const differs = (question: string): boolean =>
    agreements.some(
      (pair) =>
        pair.readers.includes(answer.owner) &&
        pair.differences.some(
          (d) => d.schema === answer.schema && d.question === question && !d.findings[0] && d.about === about,
        ),
    );
  const titleOf = (question: string): string => questionTitle(schemas, answer.schema, question);
  const wordsFor = (question: string, value: unknown): string => valueWords(schemas, answer.schema, question, value);
  const follows = (question: string): AnswerRow[] => {
    const derived = answer.score.derived?.[question];
    return derived ? [row(titleOf(question), `${wordsFor(question, derived.value)} (derived)`, { derived: true })] : [];
  };
  // What follows stands below what was said of the same.
  const said = Object.entries(answer.answers).flatMap(([question, value]) => [
    row(titleOf(question), wordsFor(question, value), { differs: differs(question) }),
    ...follows(question),
  ]);
  const unsaid = Object.keys(answer.score.derived ?? {}).filter((question) => !(question in answer.answers));
  const derived = unsaid.flatMap(follows);
  // A category that was answered as such needs no second row.
  const isSaid = answer.override === null && Object.values(answer.answers).includes(answer.score.category ?? '');
  const level = isSaid ? '' : levelWords(answer);
  return [...said, ...derived, ...(level ? [row(answer.score.category ? 'Category' : 'Level', level)] : [])];
}

function questionOf(schemas: readonly SchemaJson[], reference: string, name: string) {
  const schema = schemas.find((one) => `${one.key}@${one.version}` === reference);
  return schema?.definition.form.questions.find((question) => question.name === name);
}
