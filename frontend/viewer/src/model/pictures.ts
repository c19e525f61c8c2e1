/** Pictures as the server's manifest has them: frames, stacks, and how they hang. */

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
