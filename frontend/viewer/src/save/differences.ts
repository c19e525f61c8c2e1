/** How two states of one record differ, in the reader's words. */
import { SHAPES } from '../marks/shapes';
import type { AnswerValue, FormQuestion, SchemaJson } from '../model/questions';
import type { Annotation, Answer, Finding } from '../model/reading';
import type { AnyRecord, Decision } from '../store/records';

export interface Difference {
  what: string;
  here: string;
  elsewhere: string;
}

/** What words are made with. */
export interface Namer {
  /** Where a frame lies: "slice 12". */
  frame(key: string): string;
  finding(id: string): string;
  schemas: readonly SchemaJson[];
}

/** What differs, most telling first. The server's own fields (numbers, scores, times) are no difference. */
export function differences(here: AnyRecord, elsewhere: AnyRecord | null, namer: Namer): Difference[] {
  if (!elsewhere) return [{ what: 'There', here: 'yes', elsewhere: 'no' }];
  if (here.deleted !== elsewhere.deleted) {
    return [{ what: 'Deleted', here: here.deleted ? 'yes' : 'no', elsewhere: elsewhere.deleted ? 'yes' : 'no' }];
  }
  const [a, b] = [rowsOf(here, namer), rowsOf(elsewhere, namer)];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names
    .map((what) => ({ what, here: a.get(what) ?? '–', elsewhere: b.get(what) ?? '–' }))
    .filter((row) => row.here !== row.elsewhere);
}

/** What a record is called in a sentence: "this box", "this finding", "these answers to TI-RADS". */
export function nameOf(record: AnyRecord, namer: Namer): string {
  if ('points' in record) return `this ${SHAPES[record.kind].words.toLowerCase()}`;
  if ('answers' in record) {
    const schema = schemaOf(record, namer);
    return `these answers to ${schema?.title ?? record.schema}`;
  }
  return 'number' in record ? 'this finding' : 'this decision on a suggestion';
}

function rowsOf(record: AnyRecord, namer: Namer): Map<string, string> {
  if ('points' in record) return rowsOfMark(record, namer);
  if ('answers' in record) return rowsOfAnswer(record, namer);
  if ('number' in record) return rowsOfFinding(record);
  return new Map([['Decision', (record as Decision).decision ?? 'open']]);
}

function rowsOfMark(mark: Annotation, namer: Namer): Map<string, string> {
  const span =
    mark.first_frame && mark.last_frame ? `${namer.frame(mark.first_frame)} – ${namer.frame(mark.last_frame)}` : '';
  return new Map([
    ['Place', namer.frame(mark.frame)],
    ['Shape', shapeWords(mark)],
    ['Holds for', span || 'its own slice'],
    ['Finding', mark.finding ? namer.finding(mark.finding) : 'none'],
    ['Words', mark.label || '–'],
    ['Locked', mark.locked ? 'yes' : 'no'],
  ]);
}

/** Corner and extent tell two outlines apart where a small picture does not. */
function shapeWords({ points, mask }: Annotation): string {
  if (points.length === 0) return '–';
  const [columns, rows] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  const [wide, high] = [Math.max(...columns) - left, Math.max(...rows) - top];
  const painted = mask
    ? `, ${mask.runs.filter((_, i) => i % 2 === 1).reduce((sum, run) => sum + run, 0)} pixels painted`
    : '';
  return `${wide.toFixed(1)} × ${high.toFixed(1)} px at ${left.toFixed(1)}, ${top.toFixed(1)}${painted}`;
}

function rowsOfFinding({ kind, name }: Finding): Map<string, string> {
  return new Map([
    ['Kind', kind],
    ['Name', name || '–'],
  ]);
}

function rowsOfAnswer(answer: Answer, namer: Namer): Map<string, string> {
  const questions = schemaOf(answer, namer)?.definition.form.questions ?? [];
  const { override, first_frame: first, last_frame: last } = answer;
  const rows = Object.entries(answer.answers).map(([name, value]): [string, string] => {
    const question = questions.find((one) => one.name === name);
    return [question?.title ?? name, answerWords(value, question)];
  });
  if (first && last) rows.unshift(['Slices', `${namer.frame(first)} – ${namer.frame(last)}`]);
  if (override)
    rows.push(['By hand', `${'level' in override ? override.level : override.category}: ${override.reason}`]);
  return new Map(rows);
}

function schemaOf(answer: Answer, { schemas }: Namer): SchemaJson | undefined {
  return schemas.find((schema) => `${schema.key}@${schema.version}` === answer.schema);
}

function answerWords(value: AnswerValue, question: FormQuestion | undefined): string {
  const title = (one: unknown): string =>
    question?.options?.find((option) => option.value === one)?.title ?? String(one);
  if (value === null) return '–';
  if (Array.isArray(value)) return value.map(title).join(', ') || '–';
  if (typeof value === 'boolean' && !question?.options) return value ? 'yes' : 'no';
  return title(value) + (question?.unit ? ` ${question.unit}` : '');
}
