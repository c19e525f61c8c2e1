/** Conditions as rows that can be chosen, and back. Pure. */
import type { Condition, Question, Value } from './draft';

export type Relation = 'is' | 'is_not' | 'includes' | 'excludes' | 'answered' | 'unanswered';

export interface ConditionRow {
  question: string;
  relation: Relation;
  /** Any of them; of "includes" one. */
  values: readonly Value[];
}

/** Rows that hold together, perhaps with other such groups among them: one within another is as deep as is shown. */
export interface ConditionGroup {
  joint: Joint;
  rows: readonly ConditionRow[];
}

export type Joint = 'all' | 'any' | 'not_all' | 'none';
export type ConditionPart = ConditionRow | ConditionGroup;

export interface ConditionRows {
  joint: 'all' | 'any';
  rows: readonly ConditionPart[];
}

export function isGroup(part: ConditionPart): part is ConditionGroup {
  return 'rows' in part;
}

/** A condition as rows and groups of rows; null for one that is nested deeper than they can show. */
export function rowsOf(condition: Condition | undefined): ConditionRows | null {
  if (!condition) return { joint: 'all', rows: [] };
  const together = partsOf(condition);
  const rows = (together?.parts ?? [condition]).map((part) => rowOf(part) ?? groupOf(part));
  if (!rows.every((row) => row !== null)) return null;
  return { joint: together?.joint ?? 'all', rows: rows as ConditionPart[] };
}

/** The condition that rows say; nothing where there is no row. */
export function conditionOf({ joint, rows }: ConditionRows): Condition | undefined {
  const parts = rows.map((row) => (isGroup(row) ? saidOf(row) : partOf(row)));
  const [first] = rows;
  if (!first || !parts[0]) return undefined;
  // A group alone stays one: it would be read as the whole else.
  if (parts.length === 1 && !isGroup(first)) return parts[0];
  return joint === 'all' ? { all: parts } : { any: parts };
}

function partsOf(condition: Condition): { joint: 'all' | 'any'; parts: readonly Condition[] } | null {
  const joint = 'any' in condition ? 'any' : 'all';
  const parts = (condition as Record<string, unknown>)[joint];
  return Array.isArray(parts) ? { joint, parts } : null;
}

function groupOf(condition: Condition): ConditionGroup | null {
  const isDenied = 'not' in condition;
  const together = partsOf(isDenied ? condition.not : condition);
  const rows = together?.parts.map(rowOf);
  if (!together || !rows?.every((row) => row !== null)) return null;
  const denied = together.joint === 'all' ? 'not_all' : 'none';
  return { joint: isDenied ? denied : together.joint, rows: rows as ConditionRow[] };
}

function saidOf({ joint, rows }: ConditionGroup): Condition {
  const parts = rows.map(partOf);
  if (joint === 'all' || joint === 'not_all') return joint === 'all' ? { all: parts } : { not: { all: parts } };
  return joint === 'any' ? { any: parts } : { not: { any: parts } };
}

/** What can be said of a question's answer. */
export function relationsFor(question: Question | undefined): readonly Relation[] {
  if (!question || question.kind === 'draw') return ['answered', 'unanswered'];
  return question.kind === 'multiple'
    ? ['includes', 'excludes', 'answered', 'unanswered']
    : ['is', 'is_not', 'answered', 'unanswered'];
}

/** A row on another question, with the first thing that can be said of it. */
export function freshRow(question: Question): ConditionRow {
  const relation = relationsFor(question)[0] as Relation;
  return { question: question.name, relation, values: takesValues(relation) ? firstValue(question) : [] };
}

export function takesValues(relation: Relation): boolean {
  return relation !== 'answered' && relation !== 'unanswered';
}

export function firstValue(question: Question): readonly Value[] {
  if (question.kind === 'boolean') return [true];
  if (question.kind === 'number') return [question.minimum ?? 0];
  const first = question.options?.[0];
  return first ? [first.value] : [''];
}

/** A condition without what it asks of a question; null where nothing is left. */
export function conditionWithout(condition: Condition, name: string): Condition | null {
  if ('not' in condition) {
    const inner = conditionWithout(condition.not, name);
    return inner && { not: inner };
  }
  for (const joint of ['all', 'any'] as const) {
    const parts = (condition as Record<string, unknown>)[joint] as readonly Condition[] | undefined;
    if (!parts) continue;
    const left = parts.map((part) => conditionWithout(part, name)).filter((part): part is Condition => part !== null);
    if (left.length <= 1) return left[0] ?? null;
    return joint === 'all' ? { all: left } : { any: left };
  }
  return 'question' in condition && condition.question === name ? null : condition;
}

export function conditionWithRenamed(condition: Condition, old: string, name: string): Condition {
  return mapped(condition, (part) => (part.question === old ? { ...part, question: name } : part));
}

/** A condition in which an option of a question has another value. */
export function conditionWithValue(condition: Condition, question: string, old: Value, value: Value): Condition {
  return mapped(condition, (part) => {
    if (part.question !== question) return part;
    const other = (one: unknown): unknown => (one === old ? value : one);
    return Object.fromEntries(
      Object.entries(part).map(([name, wanted]) => [
        name,
        name === 'question' ? wanted : Array.isArray(wanted) ? wanted.map(other) : other(wanted),
      ]),
    ) as typeof part;
  });
}

type Comparison = Extract<Condition, { question: string }>;

function mapped(condition: Condition, change: (part: Comparison) => Comparison): Condition {
  if ('all' in condition) return { all: condition.all.map((part) => mapped(part, change)) };
  if ('any' in condition) return { any: condition.any.map((part) => mapped(part, change)) };
  if ('not' in condition) return { not: mapped(condition.not, change) };
  return change(condition);
}

/** Of what is denied once only: two denials in one row are not said. */
const DENIED: Readonly<Record<Relation, Relation>> = {
  is: 'is_not',
  is_not: 'is',
  includes: 'excludes',
  excludes: 'includes',
  answered: 'unanswered',
  unanswered: 'answered',
};

function rowOf(condition: Condition): ConditionRow | null {
  if ('not' in condition) {
    const row = 'question' in condition.not ? rowOf(condition.not) : null;
    if (!row) return null;
    return { ...row, relation: DENIED[row.relation] };
  }
  if (!('question' in condition)) return null;
  const { question } = condition;
  if ('answered' in condition)
    return { question, relation: condition.answered ? 'answered' : 'unanswered', values: [] };
  if ('includes' in condition) return { question, relation: 'includes', values: [condition.includes] };
  if ('is_one_of' in condition) return { question, relation: 'is', values: condition.is_one_of };
  return 'is' in condition ? { question, relation: 'is', values: [condition.is] } : null;
}

function partOf({ question, relation, values }: ConditionRow): Condition {
  if (relation === 'answered' || relation === 'unanswered') return { question, answered: relation === 'answered' };
  if (relation === 'includes') return { question, includes: String(values[0] ?? '') };
  if (relation === 'excludes') return { not: { question, includes: String(values[0] ?? '') } };
  const is: Condition = values.length === 1 ? { question, is: values[0] as Value } : { question, is_one_of: values };
  return relation === 'is' ? is : { not: is };
}
