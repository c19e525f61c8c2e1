/** A stroke of a brush: what it paints is shown as it goes, and is one change of a mask when it ends. */
import { around, type Bitmap, type Box, cropped, emptyBitmap, trimmed } from '../masks/bitmap';
import { type Admits, type Brush, nearestRadius, steppedRadius, sweep } from '../masks/brush';
import { boxOf, MOST_RUNS, shapeOf } from '../masks/runs';
import type { FrameJson, Point, StackJson } from '../model/pictures';
import type { Pane } from '../pane/pane';
import { findingColour } from '../panels/palette';
import type { Acts } from '../store/acts';
import { colourOf } from '../store/mark_looks';
import { changeMask, isMask, type MaskMark, maskOnFrame, pixelsOf } from '../store/mask_acts';
import type { Ui } from '../store/ui';
import { markAt } from './hit_test';
import type { Gesture, Stage } from './tool';

/** How large a brush is at first, in pixels of the screen. */
const FIRST_RADIUS = 12;

export interface Stroke {
  erases: boolean;
  /** Which pixels it may paint; all, where it says nothing. */
  admits?: Admits | null;
}

/** The brush as it is now; its first size is one that is good to see. */
export function brushOf(ui: Ui, pane: Pane): Brush {
  const radius = ui.now.brushRadius ?? nearestRadius(FIRST_RADIUS / pane.zoom);
  return { radius, aspect: aspectOf(pane.frame) };
}

/** The next larger or smaller brush. */
export function resizeBrush(ui: Ui, pane: Pane, by: 1 | -1): void {
  ui.set({ brushRadius: steppedRadius(brushOf(ui, pane).radius, by) });
}

/** How much higher than wide the pixels of a frame are. */
function aspectOf(frame: FrameJson | null): number {
  const [high, wide] = frame?.geometry.spacing ?? [1, 1];
  return high > 0 && wide > 0 ? high / wide : 1;
}

export function frameBox({ columns, rows }: StackJson): Box {
  return { column: 0, row: 0, columns, rows };
}

export function beginStroke(event: PointerEvent, stage: Stage, { erases, admits = null }: Stroke): Gesture | null {
  const { pane, masks, acts, say } = stage;
  const { stack, frame } = pane;
  const start = pane.pixelAt(event.clientX, event.clientY);
  if (!stack || !frame || !start || !acts.mayEdit) return null;
  const mark = maskOnFrame(acts, frame.key) ?? (erases ? maskUnder(event, stage) : null);
  if (erases && !mark) return null;
  if (mark?.locked) {
    say('This mask is locked.');
    return null;
  }
  const brush = brushOf(acts.ui, pane);
  const whole = mark ? cropped(pixelsOf(mark), frameBox(stack)) : emptyBitmap(frameBox(stack));
  let reach: Box | null = mark ? boxOf(mark.points) : null;
  masks.paint({ mark: mark?.id ?? null, bitmap: whole, colour: colourFor(acts, mark) });
  let last: Point = start;
  const go = (to: Point): void => {
    const touched = sweep(whole, last, to, brush, erases ? 0 : 1, admits);
    last = to;
    if (!touched) return;
    reach = reach ? around(reach, touched) : touched;
    masks.touch(touched);
  };
  go(start);
  if (mark) masks.touch(boxOf(mark.points));
  return {
    move: (e) => {
      // The browser keeps the positions between two events: a quick stroke stays round.
      const coalesced = e.getCoalescedEvents?.() ?? [];
      for (const step of coalesced.length > 0 ? coalesced : [e]) {
        const at = pane.pixelAt(step.clientX, step.clientY);
        if (at) go(at);
      }
    },
    end: () => {
      masks.stopPainting();
      keep(stage, frame, mark, reach ? trimmed(whole, reach) : null);
    },
    cancel: () => masks.stopPainting(),
  };
}

function keep({ acts, say }: Stage, frame: FrameJson, mark: MaskMark | null, painted: Bitmap | null): void {
  if (!painted) {
    if (mark) changeMask(acts, mark, null, 'erase mask');
    return;
  }
  const { points, mask } = shapeOf(painted);
  if (mask.runs.length > MOST_RUNS) {
    say('This mask has too many specks to be kept. Paint with a narrower range.');
    return;
  }
  if (mark) changeMask(acts, mark, painted, 'paint mask');
  else acts.addMark(frame.key, 'mask', points, { mask });
}

/** The reader's mask under the mouse. */
function maskUnder(event: PointerEvent, { pane, layer, acts }: Stage): MaskMark | null {
  const affine = pane.pixelToPane;
  const shown = layer.shown.filter((m) => m.kind === 'mask' && !m.dashed);
  const under = affine && markAt(shown, affine, pane.panePoint(event.clientX, event.clientY));
  const mark = under ? acts.workspace.records.get('annotation', under.id) : undefined;
  return isMask(mark) && acts.isMine(mark) ? mark : null;
}

/** The colour of the finding that the stroke goes to, which may be one that it makes. */
function colourFor(acts: Acts, mark: MaskMark | null): string {
  const all = acts.myFindings;
  const finding = all.find((f) => f.id === (mark ? mark.finding : acts.ui.now.selectedFinding));
  if (finding) return colourOf(finding, all);
  return findingColour(Math.max(0, ...all.map((f) => f.number)));
}
