/** What a reader has made in a case, and what models propose there, as the server has it. */

import type { Hint } from '../outlines/hint';
import type { CommentJson } from '../review/records';
import type { Point } from './pictures';
import type { AnswerValue } from './questions';

interface Owned {
  id: string;
  case: string;
  revision: number;
  deleted: boolean;
  owner: string;
  updated_at?: string;
}

/**
 * Points by kind, in stored pixels of the mark's frame: box two opposite corners; ellipse the ends of its major, then
 * of its minor axis (DICOM SCOORD); contour a closed polygon; spline the points that a closed curve goes through;
 * length two ends; bidirectional the ends of the long, then of the short axis; angle three, the vertex between;
 * arrow tip and tail; mask the corners of what encloses it; slices (a label of slices) none.
 */
export type MarkKind =
  | 'box'
  | 'ellipse'
  | 'contour'
  | 'spline'
  | 'point'
  | 'length'
  | 'bidirectional'
  | 'angle'
  | 'arrow'
  | 'mask'
  | 'slices';

/** Row by row within the mask's box: how many pixels are out, in, out, ... */
export interface MaskRuns {
  runs: readonly number[];
}

export interface Annotation extends Owned {
  frame: string;
  kind: MarkKind;
  points: readonly Point[];
  /** The span of frames that it holds for, ends included, in the order of the stack; null: its own frame alone. */
  first_frame: string | null;
  last_frame: string | null;
  mask: MaskRuns | null;
  /** Not to be moved or reshaped until it is unlocked. */
  locked: boolean;
  finding: string | null;
  label: string;
  provenance: 'drawn' | 'suggestion' | 'imported' | 'taken_over';
}

export interface Finding extends Owned {
  kind: string;
  /** Given by the server; 0 until it has answered. */
  number: number;
  name: string;
}

export interface ScoreWarning {
  message: string;
  /** What it is about: pressing it leads there. */
  questions?: readonly string[];
}

/** One table of points by itself. */
export interface SystemScore {
  title?: string;
  points?: number | null;
  level?: string | null;
  meaning?: string | null;
  recommendation?: string;
  explanation?: readonly string[];
}

export interface Score {
  points: number | null;
  level: string | null;
  recommendation: string;
  explanation: readonly string[];
  missing: readonly string[];
  missing_names: readonly string[];
  warnings: readonly (string | ScoreWarning)[];
  systems: Readonly<Record<string, SystemScore>>;
  size_mm: number | null;
  size_source: string | null;
  category: string | null;
  derived: Readonly<Record<string, { value: unknown; because?: string }>>;
  likelihood: string;
  management: string;
  [name: string]: unknown;
}

/** A level or category that the reader chose by hand; what was computed stays beside it. */
export type Override = ({ level: string } | { category: string }) & { reason: string };

export interface Answer extends Owned {
  finding: string | null;
  /** Of a schema that asks breast by breast; "" for the others. */
  breast: 'L' | 'R' | '';
  /** The slices that it holds for, ends included; null for what is not about slices. */
  first_frame: string | null;
  last_frame: string | null;
  schema: string;
  answers: Readonly<Record<string, AnswerValue>>;
  override: Override | null;
  score: Partial<Score>;
  /** Largest diameter of the finding's calibrated marks, sent with the answers; the page computes it. */
  size_mm?: number | null;
  /** Which of its marks gave it. */
  size_source?: string;
}

export interface Suggestion {
  id: string;
  case: string;
  frame: string;
  kind: MarkKind;
  points: readonly Point[];
  mask: MaskRuns | null;
  label: string;
  score: number;
  /** Name and version. */
  model: string;
  /** Why it may not fit: one of the calipers is missing; "" for most. */
  note?: string;
  /** Why none of its model's may: it learned from another anatomy; the same words at each. */
  model_note?: string;
  /** What this reader clicked to have it outlined; null of what nobody asked for. */
  hint?: Hint | null;
  decision: 'accepted' | 'rejected' | null;
  annotation: string | null;
  /** Why it was rejected; "" where nothing was said. */
  reason: string;
}

/** What a model's suggestions on slices come to for the scan; in the server's words. */
export interface SliceSummary {
  model: string;
  stack: string;
  positive: boolean;
  told: string;
}

/** What lies between two calipers that were found. */
export interface CaliperAxis {
  points: readonly Point[];
  pixels: number;
  /** Null where the picture isn't calibrated. */
  measured_mm: number | null;
  /** What was read in the picture; null where none is surely this axis's. */
  printed_mm: number | null;
  difference_mm: number | null;
  tolerance_mm: number | null;
  state: 'agrees' | 'differs' | 'not_compared' | 'not_calibrated';
  /** In the server's words. */
  told: string;
}

/** What the calipers of one ultrasound picture measure, beside what is printed in it. */
export interface CaliperLengths {
  frame: string;
  model: string;
  axes: readonly CaliperAxis[];
  other_printed_mm: readonly number[];
  told: string;
}

export interface Reading {
  findings: readonly Finding[];
  annotations: readonly Annotation[];
  answers: readonly Answer[];
  suggestions: readonly Suggestion[];
  slice_summaries: readonly SliceSummary[];
  caliper_lengths: readonly CaliperLengths[];
  /** On one's own reading, once it was reviewed. */
  comments: readonly CommentJson[];
}
