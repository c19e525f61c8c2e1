/** The server's JSON as the viewer knows it: the case's manifest, and what a reader has made in it. */

import type { CommentJson } from '../review/records';

export type Point = readonly [column: number, row: number];
export type Vector = readonly [number, number, number];

export interface UltrasoundRegion {
  min_column: number;
  min_row: number;
  max_column: number;
  max_row: number;
  mm_per_column: number | null;
  mm_per_row: number | null;
  spatial: boolean;
  low_priority?: boolean;
}

export interface FrameGeometry {
  position: Vector | null;
  orientation: readonly [number, number, number, number, number, number] | null;
  spacing: readonly [betweenRows: number, betweenColumns: number] | null;
  spacing_source: 'PixelSpacing' | 'ImagerPixelSpacing' | null;
  slice_thickness: number | null;
  regions: readonly UltrasoundRegion[];
  frame_time_ms: number | null;
}

export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

export interface Window {
  centre: number;
  width: number;
  name?: string;
  function?: VoiFunction;
}

export interface Preset extends Window {
  name: string;
  key?: string;
}

export interface LookupTable {
  first: number;
  bits: number;
  values: readonly number[];
}

export interface FrameJson {
  key: string;
  number: number;
  format: 'htj2k' | 'jpeg';
  slope: number;
  intercept: number;
  inverted: boolean;
  colour: boolean;
  windows: readonly Window[];
  geometry: FrameGeometry;
  modality_lut: LookupTable | null;
  voi_lut: LookupTable | null;
  padding: readonly [number, number] | null;
  overlays: readonly OverlayJson[];
  /** How many of the frame's bytes hold it reduced by 1, 2, ... halvings; empty where only all of them do. */
  prefix_lengths: readonly number[];
}

/** A picture to lay over a frame, its top-left pixel at row, column of the frame's matrix. */
export interface OverlayJson {
  label: string;
  rows: number;
  columns: number;
  row: number;
  column: number;
  address: string;
}

/** A step longer than the usual one, after a slice counted from 1; missing is 0 where no whole slices fit in. */
export interface Gap {
  after: number;
  millimetres: number;
  missing: number;
}

export interface StackJson {
  key: string;
  title: string;
  kind: 'volume' | 'cine' | 'still';
  place: number;
  modality: string;
  laterality: string;
  view: string;
  token: string;
  token_expires: string;
  rows: number;
  columns: number;
  samples_per_pixel: number;
  bits_stored: number;
  bits_allocated: number;
  signed: boolean;
  photometric: string;
  presets: readonly Preset[];
  /** The presets that the three-window picture shows as red, green and blue; none where values are no Hounsfield units. */
  three_windows: readonly string[];
  default_window: Window | null;
  notes: readonly string[];
  /** What stands as a banner over the picture; "" for most stacks. */
  warning: string;
  /** The header's side is in doubt: nothing is turned by it. */
  hang_as_stored: boolean;
  gaps: readonly Gap[];
  /** 0 in the study that is read, 1 in the latest earlier one, and so on; and how much earlier, in words. */
  prior: number;
  prior_words: string;
  /** Stacks with the same number lie in one space; 0 where the files don't say. */
  frame_of_reference: number;
  frames: readonly FrameJson[];
}

/** One pane of a hanging. */
export interface HangingPane {
  /** A stack's key; null where the case lacks what the pane is for. */
  stack: string | null;
  /** What the pane is for, in words: "R CC". */
  wanted: string;
  /** A preset's name, "" for the stack's own window. */
  window: string;
  composition: 'three-window' | '';
  slab: { mode: 'maximum' | 'average'; slices: number } | null;
  plane: 'axial' | 'coronal' | 'sagittal' | '';
}

export type LinkKind = 'scroll' | 'zoom' | 'window';

/** A hanging that fits the case; links are groups of panes, counted from 0. */
export interface HangingJson {
  key: string;
  title: string;
  rows: number;
  columns: number;
  panes: readonly HangingPane[];
  links: Readonly<Record<LinkKind, readonly (readonly number[])[]>>;
}

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

export interface Manifest {
  case: {
    id: string;
    title: string;
    modality: string;
    layout: string;
    patient: { patient_id: string; name: string; sex: string; birth_date: string } | null;
  };
  reading: {
    assignment: string | null;
    state: 'assigned' | 'opened' | 'submitted' | null;
    locked: boolean;
    may_annotate: boolean;
    /** Why the reading was opened again after it was submitted; "" where it was not. */
    returned: string;
    position: string | null;
    /** All readings of the case are shown side by side. */
    may_review: boolean;
    /** This person settles what readers disagree about, and is shown their marks under letters. */
    adjudicates: boolean;
    /** Kinds of marks that may be drawn; null: all. */
    mark_kinds: readonly string[] | null;
    /** "suggestions": submitting locks the unaided answer, and what a model proposes comes next. */
    submits_to: 'done' | 'suggestions';
  };
  stacks: readonly StackJson[];
  /** What fits the case, best first. */
  hangings: readonly HangingJson[];
  schemas: readonly SchemaJson[];
  finding_kinds: readonly { value: string; label: string }[];
  shows_suggestions: boolean;
}

export type AnswerValue = string | number | boolean | readonly string[] | null;

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
  provenance: 'drawn' | 'suggestion' | 'imported';
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
  model: string;
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

export interface Reading {
  findings: readonly Finding[];
  annotations: readonly Annotation[];
  answers: readonly Answer[];
  suggestions: readonly Suggestion[];
  slice_summaries: readonly SliceSummary[];
  /** On one's own reading, once it was reviewed. */
  comments: readonly CommentJson[];
}
