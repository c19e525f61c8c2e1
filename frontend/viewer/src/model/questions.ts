/** Label schemas as the manifest has them: what is asked, and when. */

import type { MarkKind } from './reading';

export type AnswerValue = string | number | boolean | readonly string[] | null;

export interface FormOption {
  value: string | number | boolean;
  title: string;
  help?: string;
  points?: Record<string, number>;
  key?: string;
  /** Choosing this one clears the others, and others clear it ("none"). */
  excludes_others?: boolean;
}

/** When a question is asked; one that is not asked counts as unanswered. */
export type Condition =
  | { question: string; is: AnswerValue }
  | { question: string; is_one_of: readonly AnswerValue[] }
  | { question: string; includes: string }
  | { question: string; answered: boolean }
  | { all: readonly Condition[] }
  | { any: readonly Condition[] }
  | { not: Condition };

export interface FormQuestion {
  name: string;
  title: string;
  kind: 'choice' | 'multiple' | 'boolean' | 'text' | 'number' | 'draw';
  group?: string;
  options?: readonly FormOption[];
  help?: string;
  unit?: string;
  minimum?: number;
  maximum?: number;
  key?: string;
  required?: boolean;
  show_when?: Condition;
  /** What is to be drawn; the answer is the identifiers of the marks. */
  mark_kind?: MarkKind;
}

export interface PointLevel {
  level: string;
  from: number;
  meaning: string;
  aspirate_from_mm?: number;
  follow_from_mm?: number;
}

/** What follows from the answers: points as data, or a function of the server's. */
export interface Scoring {
  kind: string;
  name?: string;
  /** The question that a size may be typed in. */
  size?: string;
  categories?: readonly string[];
  systems?: readonly { name: string; title: string; ends_at_zero?: Record<string, readonly string[]> }[];
  levels?: readonly PointLevel[];
  /** Of assessments: every category. */
  most_abnormal_first?: readonly string[];
  /** The schema from whose answers this one's are derived. */
  from?: string;
  [setting: string]: unknown;
}

export interface SchemaDefinition {
  applies_to: 'finding' | 'case' | 'breast' | 'slices';
  modalities?: readonly string[];
  answers?: { properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>; [name: string]: unknown };
  form: { groups?: readonly { name: string; title: string }[]; questions: readonly FormQuestion[] };
  scoring?: Scoring;
}

export interface SchemaJson {
  key: string;
  version: number | string;
  title: string;
  definition: SchemaDefinition;
  /** false: superseded, and here because something was answered under it. */
  current?: boolean;
  /** What does not go together in its answers: told at once. */
  checks?: readonly FormCheck[];
}

/** While the condition holds, the words are told; the answer to a question stands in them as {question}. */
export interface FormCheck {
  when: Condition;
  message: string;
  questions: readonly string[];
}
