/** What is edited: a schema's title and definition as JSON, never changed in place. */

export type Value = string | number | boolean;

export type Condition =
  | { question: string; is: Value }
  | { question: string; is_one_of: readonly Value[] }
  | { question: string; includes: string }
  | { question: string; answered: boolean }
  | { all: readonly Condition[] }
  | { any: readonly Condition[] }
  | { not: Condition };

export interface Option {
  value: string;
  title: string;
  help?: string;
  key?: string;
  excludes_others?: boolean;
  points?: Readonly<Record<string, number>>;
}

export const KINDS = ['choice', 'multiple', 'boolean', 'number', 'text', 'draw'] as const;
export type Kind = (typeof KINDS)[number];

export interface Question {
  name: string;
  title: string;
  kind: Kind;
  group?: string;
  help?: string;
  key?: string;
  unit?: string;
  minimum?: number;
  maximum?: number;
  mark_kind?: string;
  required?: boolean;
  show_when?: Condition;
  options?: readonly Option[];
}

export interface Group {
  name: string;
  title: string;
}

export interface System {
  name: string;
  title: string;
  ends_at_zero?: Readonly<Record<string, readonly string[]>>;
}

export interface Recommendation {
  text: string;
  from_mm?: number;
}

export interface Level {
  level: string;
  from: number;
  meaning: string;
  aspirate_from_mm?: number;
  follow_from_mm?: number;
  recommendations?: readonly Recommendation[];
}

export interface Scoring {
  kind: string;
  name?: string;
  size?: string;
  categories?: readonly string[];
  systems?: readonly System[];
  levels?: readonly Level[];
  [setting: string]: unknown;
}

export interface Definition {
  applies_to: string;
  modalities: readonly string[];
  body_parts?: readonly string[];
  description?: string;
  source?: string;
  form: { groups?: readonly Group[]; questions: readonly Question[] };
  scoring: Scoring;
  /** What may be answered follows from the questions; written by hand it stands until a question is changed. */
  answers?: unknown;
}

export interface Draft {
  title: string;
  definition: Definition;
}

export function hasOptions(kind: Kind): boolean {
  return kind === 'choice' || kind === 'multiple';
}

export function givesPoints(scoring: Scoring): boolean {
  return scoring.kind === 'points' || scoring.kind === 'tirads';
}

/** Whether the form can draw what came as JSON; what can't be drawn is mended as JSON. */
export function isDrawable(value: unknown): value is Draft {
  if (!isObject(value) || typeof value.title !== 'string' || !isObject(value.definition)) return false;
  const { form, scoring, modalities, body_parts: parts } = value.definition;
  if (!isObject(form) || !Array.isArray(form.questions) || !isObject(scoring) || typeof scoring.kind !== 'string')
    return false;
  if (!areTexts(modalities) || (parts !== undefined && !areTexts(parts))) return false;
  if (form.groups !== undefined && !areObjects(form.groups)) return false;
  for (const list of [scoring.categories]) if (list !== undefined && !areTexts(list)) return false;
  for (const list of [scoring.systems, scoring.levels]) if (list !== undefined && !areObjects(list)) return false;
  return form.questions.every(
    (q) =>
      isObject(q) &&
      typeof q.name === 'string' &&
      typeof q.title === 'string' &&
      KINDS.includes(q.kind as Kind) &&
      (q.options === undefined || areOptions(q.options)) &&
      (q.show_when === undefined || isObject(q.show_when)),
  );
}

function areOptions(value: unknown): boolean {
  return (
    areObjects(value) &&
    (value as { points?: unknown; value?: unknown; title?: unknown }[]).every(
      (o) =>
        typeof o.value === 'string' && typeof o.title === 'string' && (o.points === undefined || isObject(o.points)),
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
