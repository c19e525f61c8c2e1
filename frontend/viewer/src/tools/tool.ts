/** What a tool is: something that turns a press of the mouse into a gesture. */

import type { Point } from '../model/pictures';
import type { MarksLayer } from '../pane/marks_layer';
import type { MaskLayer } from '../pane/mask_layer';
import type { Pane } from '../pane/pane';
import type { Acts } from '../store/acts';

export interface Stage {
  pane: Pane;
  layer: MarksLayer;
  masks: MaskLayer;
  acts: Acts;
  /** Tell the reader what the page did beyond what is seen. */
  say(words: string): void;
}

/** What has been set so far of a mark that takes several presses: enough to go on with it on another page. */
export interface HalfDrawn {
  frame: string;
  /** What the reader set: corners, ends. */
  points: readonly Point[];
  /** Of a line that finds its own way: how it ran between them; null where it had not found it yet. */
  legs?: readonly (readonly Point[] | null)[];
}

export interface Gesture {
  /** The mouse moved; with the button up too, while the gesture goes on. */
  move(event: PointerEvent): void;
  /** The button was let go. */
  end(event: PointerEvent): void;
  cancel(): void;
  /** After the button was let go: more presses belong to it, until it is finished (a polygon, click by click). */
  readonly goesOn?: boolean;
  /** A further press of the left button. */
  press?(event: PointerEvent): void;
  /** Enter, a double click, another tool: kept if there is enough of it. */
  finish?(): void;
  /** Backspace: the last point is taken back. */
  takeBack?(): void;
  /** While it goes on; null where nothing would be lost. */
  readonly halfDrawn?: HalfDrawn | null;
}

export interface Tool {
  cursor: string;
  begin(event: PointerEvent, stage: Stage): Gesture | null;
  /** Go on with what was begun on a page that is gone, or in another pane of the same series. */
  resume?(half: HalfDrawn, stage: Stage): Gesture | null;
}

/** Presses shorter than this are clicks. */
export const DRAG_THRESHOLD = 3;
