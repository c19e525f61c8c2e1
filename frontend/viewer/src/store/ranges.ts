/** Ranges of slices that questions are answered about: which there are, and what they say in words. */
import type { AnswerValue, FormQuestion, SchemaJson } from '../model/questions';
import type { Answer } from '../model/reading';
import type { Acts } from './acts';
import { schemaName } from './answers';
import type { Places } from './places';

export interface Range {
  answer: Answer;
  schema: SchemaJson;
}

/** The reader's ranges in the order in which they begin; older versions' too. */
export function rangesOfCase(acts: Acts, places: Places): Range[] {
  const schemas = new Map(acts.manifest.schemas.map((schema) => [schemaName(schema), schema]));
  return acts.workspace.records
    .live('answer')
    .flatMap((answer): Range[] => {
      const schema = schemas.get(answer.schema);
      return schema && answer.first_frame && acts.isMine(answer) ? [{ answer, schema }] : [];
    })
    .sort((a, b) => places.orderOf(a.answer.first_frame ?? '') - places.orderOf(b.answer.first_frame ?? ''));
}

/** Those that hold on a frame. */
export function rangesOn(frameKey: string, acts: Acts, places: Places): Range[] {
  const here = places.of(frameKey);
  const { spanDraft } = acts.ui.now;
  return rangesOfCase(acts, places).filter(({ answer }) => {
    const { first_frame: first, last_frame: last } = answer;
    const span = first ? places.spanOf({ frame: first, first_frame: first, last_frame: last }) : null;
    const ends = spanDraft?.mark === answer.id ? spanDraft : span;
    return span?.stack === here?.stack && ends !== null && here !== null && within(here.index, ends);
  });
}

/** What the answers say: "Subdural haemorrhage, mass effect uncertain". */
export function rangeWords({ answer, schema }: Range): string {
  const said = schema.definition.form.questions.flatMap((question) => {
    const value = answer.answers[question.name];
    return value === undefined || value === null ? [] : [{ value, words: wordsFor(question, value) }];
  });
  const telling = said.filter(({ value }) => value !== 'absent' && value !== false);
  if (telling.length > 0) return telling.map(({ words }) => words).join(', ');
  return said.length > 0 ? 'nothing present' : 'not answered yet';
}

/** How certain the range is of anything: what it is coloured by. */
export function rangeSign({ answer }: Range): 'present' | 'uncertain' | 'other' {
  const values = Object.values(answer.answers);
  if (values.includes('present')) return 'present';
  return values.includes('uncertain') ? 'uncertain' : 'other';
}

function wordsFor(question: FormQuestion, value: AnswerValue): string {
  const titles = (Array.isArray(value) ? value : [value]).map(
    (one) => question.options?.find((option) => option.value === one)?.title.toLowerCase() ?? String(one),
  );
  if (value === 'present' || value === true) return question.title;
  return value === 'uncertain' ? `${question.title} uncertain` : `${question.title}: ${titles.join(', ')}`;
}

function within(index: number, { first, last }: { first: number; last: number }): boolean {
  return index >= first && index <= last;
}
