/** What a tool is: something that turns a press of the mouse into a gesture. */
import type { MarksLayer } from '../pane/marks_layer';
import type { Pane } from '../pane/pane';
import type { Acts } from '../store/acts';

export interface Stage {
  pane: Pane;
  layer: MarksLayer;
  acts: Acts;
  /** Tell the reader what the page did beyond what is seen. */
  say(words: string): void;
}

export interface Gesture {
  move(event: PointerEvent): void;
  end(event: PointerEvent): void;
  cancel(): void;
}

export interface Tool {
  cursor: string;
  begin(event: PointerEvent, stage: Stage): Gesture | null;
}

/** Presses shorter than this are clicks. */
export const DRAG_THRESHOLD = 3;
