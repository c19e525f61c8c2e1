/** What the page shows, apart from what the reader has made: tool, panes, selection. */
import type { ValueRange } from '../masks/value_range';
import type { LinkKind } from '../model/pictures';
import type { MarkKind } from '../model/reading';
import type { Target } from './targets';

/** Which question a mark will answer, and the tool to go back to. */
export interface DrawFor {
  schema: string;
  target: Target;
  question: string;
  kind: MarkKind;
  formerTool: string;
}

export interface UiState {
  /** A name of tools/registry.ts. */
  tool: string;
  activePane: number;
  layout: { rows: number; columns: number };
  maximised: number | null;
  /** The key of the hanging, and what moves together in it. */
  hanging: string;
  links: Readonly<Record<LinkKind, boolean>>;
  selectedMark: string | null;
  /** Marks selected besides, by Shift and a click. */
  alsoSelected: readonly string[];
  /** Marks that the reader has hidden one by one. */
  hiddenMarks: ReadonlySet<string>;
  selectedFinding: string | null;
  /** The finding that was selected before this one: a mark is joined to it by one key. */
  formerFinding: string | null;
  selectedSuggestion: string | null;
  /** The suggestion that was selected last: the next one is counted from it, though it is decided. */
  formerSuggestion: string | null;
  /** What a new finding is, unless the reader says otherwise. */
  newKind: string;
  /** What the next point is called, where pictures have calipers; "" says nothing. */
  pointLabel: string;
  showsMarks: boolean;
  /** What the colours of marks tell apart. */
  colourBy: 'finding' | 'label';
  /** A span whose end is being dragged: shown like this until it is let go. */
  spanDraft: { mark: string; first: number; last: number } | null;
  /** Words being typed at a mark, and those that it had before. */
  writing: { mark: string; text: string; before: string } | null;
  /** The frame from which a label of slices is being made. */
  labelFrom: string | null;
  /** The frame from which a range of slices is being taken to answer about, and the schema that asks. */
  rangeFrom: { frame: string; schema: string } | null;
  /** The range whose questions are open. */
  selectedRange: string | null;
  /** A question that waits for what is drawn next. */
  drawFor: DrawFor | null;
  /** Of the brush, in stored pixels along a row; null until it was used in this case. */
  brushRadius: number | null;
  /** The values that the threshold brush paints; null: those that the window shows between black and white. */
  thresholdRange: ValueRange | null;
  /** The next press of the threshold brush takes its range from what lies under it. */
  picksRange: boolean;
  /** Of a second window: it scrolls, zooms and is windowed together with the first one. */
  screensTogether: boolean;
  /** Overlay planes that came with the pictures: hidden until the reader asks, for they may tell what another saw. */
  showsOverlays: boolean;
}

export class Ui {
  private state: UiState;
  private readonly listeners = new Set<(state: UiState, before: UiState) => void>();

  constructor(initial: Partial<UiState> = {}) {
    this.state = {
      tool: 'select',
      activePane: 0,
      layout: { rows: 1, columns: 1 },
      maximised: null,
      hanging: '',
      links: { scroll: false, zoom: false, window: false },
      selectedMark: null,
      alsoSelected: [],
      hiddenMarks: new Set(),
      selectedFinding: null,
      formerFinding: null,
      selectedSuggestion: null,
      formerSuggestion: null,
      newKind: '',
      pointLabel: '',
      showsMarks: true,
      colourBy: 'finding',
      spanDraft: null,
      writing: null,
      labelFrom: null,
      rangeFrom: null,
      selectedRange: null,
      drawFor: null,
      brushRadius: null,
      thresholdRange: null,
      picksRange: false,
      screensTogether: true,
      showsOverlays: false,
      ...initial,
    };
  }

  get now(): UiState {
    return this.state;
  }

  set(wanted: Partial<UiState>): void {
    const before = this.state;
    // What is selected besides goes with the mark that it was selected beside.
    const another = wanted.selectedMark !== undefined && wanted.selectedMark !== before.selectedMark;
    const change = {
      ...(another && before.alsoSelected.length > 0 ? { alsoSelected: [] } : {}),
      // One thing is chosen: its questions have the keys.
      ...(wanted.selectedMark || wanted.selectedFinding ? { selectedRange: null } : {}),
      ...wanted,
    };
    const changed = (Object.keys(change) as (keyof UiState)[]).some((name) => before[name] !== change[name]);
    if (!changed) return;
    this.state = { ...before, ...change };
    if (before.selectedFinding && this.state.selectedFinding !== before.selectedFinding)
      this.state.formerFinding = before.selectedFinding;
    if (this.state.selectedSuggestion) this.state.formerSuggestion = this.state.selectedSuggestion;
    for (const listener of this.listeners) listener(this.state, before);
  }

  subscribe(listener: (state: UiState, before: UiState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
