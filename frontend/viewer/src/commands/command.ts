/** What a reader can do with a key, a button or the mouse's wheel: one command, one name, one place where it happens. */
import type { Suggestion } from '../model/reading';
import type { PaneGrid } from '../page/pane_grid';
import type { Forms } from '../panels/forms';
import type { SliceLabelsPanel } from '../panels/slice_labels_panel';
import type { SuggestionsPanel } from '../panels/suggestions_panel';
import type { Bandwidth } from '../pixels/bandwidth';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';

export const COMMAND_GROUPS = [
  'Slices',
  'Picture',
  'Views',
  'Hangings',
  'Tools',
  'Marks',
  'Spans',
  'Masks',
  'Findings',
  'Questions',
  'Suggestions',
  'Case',
  'Review',
] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** What commands act on: the reading page as they see it. */
export interface Desk {
  readonly acts: Acts;
  readonly grid: PaneGrid;
  readonly places: Places;
  readonly bandwidth: Bandwidth;
  /** A mark is being drawn or reshaped. */
  readonly busy: boolean;
  cancelGestures(): void;
  /** End what is drawn click by click: kept if there is enough of it. */
  finishGestures(): void;
  /** Take the last of its points back. */
  takeBackGesture(): void;
  say(words: string): void;
  /** The keys are the picture's again, wherever Tab had led. */
  takeKeys(): void;
  showHelp(): void;
  /** Go to what saving asks of the reader. */
  showWaiting(): void;
  submit(): void;
  openSecondScreen(): void;
  nextCase(): void;
  previousCase(): void;
  jumpToMark(id: string): void;
  jumpToSuggestion(suggestion: Suggestion): void;
  /** Every pane that has one of its marks goes there. */
  showFinding(id: string): void;
  readonly forms: Forms;
  readonly suggestionsPanel: SuggestionsPanel;
  readonly sliceLabels: SliceLabelsPanel;
}

export interface Command {
  /** "slices.next": people's own keys are kept under it, so it never changes. */
  id: string;
  title: string;
  group: CommandGroup;
  /** As `keyName` writes them: "B", "Shift+ArrowDown", "Ctrl+Z", "Space", "?". The first is the one shown. */
  keys: readonly string[];
  /** Left out of the list of keys where it would do nothing in this reading. */
  isOffered?(acts: Acts): boolean;
  /** Done again while the key is held down. */
  repeats?: boolean;
  /** Also while a text field has the keys. */
  inFields?: boolean;
  /** Also while a control that Tab has led to has the keys; commands with Ctrl always are. */
  onControls?: boolean;
  run(desk: Desk): void;
}
