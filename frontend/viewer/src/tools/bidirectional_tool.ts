/**
 * The two axes of a lesion: drag along the long one, then across it. The short one is perpendicular whatever the hand
 * does; a click in place of the second drag puts it as far on the other side.
 */
import { mirroredAxis, settledAxes, shortAxis } from '../marks/calipers';
import { scaleFor } from '../marks/measures';
import { SHAPES } from '../marks/shapes';
import { distance } from '../model/contour';
import { clampToFrame } from '../model/geometry';
import type { Point } from '../model/pictures';
import { reshapeSelected } from './dragged_shape';
import { type HeldFrame, holdFrame } from './held_frame';
import { DRAG_THRESHOLD, type Gesture, type Stage, type Tool } from './tool';

export const bidirectionalTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    const reshaping = reshapeSelected(event, stage, 'bidirectional');
    if (reshaping) return reshaping;
    const held = holdFrame(stage);
    const start = held?.at(event);
    return held && start ? drawAxes(stage, held, [start, start], false) : null;
  },
  resume(half, stage) {
    const held = holdFrame(stage, half.frame);
    const [from, to] = half.points;
    return held && from && to ? drawAxes(stage, held, [from, to], true) : null;
  },
};

/** @param goesOn the long axis is drawn: the short one follows. */
function drawAxes({ layer, acts }: Stage, held: HeldFrame, axis: [Point, Point], goesOn: boolean): Gesture {
  const { stack, frame, back, at } = held;
  const [start] = axis;
  let long = axis;
  let hasLong = goesOn;
  let short: [Point, Point] | null = null;
  let pressed: { at: Point; x: number; y: number } | null = null;
  let isOver = false;

  const scale = () => scaleFor(frame.geometry, long);
  const isInside = (points: readonly Point[]): boolean =>
    points.every((p) => distance(p, clampToFrame(p, stack.columns, stack.rows)) < 1e-9);
  const draw = (): void =>
    layer.setDraft({
      kind: 'bidirectional',
      points: short ? [...long, ...short] : long,
      closed: false,
      frame: frame.key,
    });
  const stop = (): void => {
    isOver = true;
    layer.setDraft(null);
  };
  const follow = (e: PointerEvent): void => {
    const p = isOver ? null : at(e);
    if (!p) return;
    if (!hasLong) long = [start, p];
    else {
      const isDrag = pressed && Math.hypot(e.clientX - pressed.x, e.clientY - pressed.y) >= DRAG_THRESHOLD;
      const next = isDrag && pressed ? shortAxis(long, pressed.at, p, scale()) : mirroredAxis(long, p, scale());
      if (isInside(next)) short = next;
    }
    draw();
  };
  const finish = (): void => {
    stop();
    const points = short ? settledAxes([...long, ...short], scale()) : [];
    if (short && SHAPES.bidirectional.isWhole(points)) acts.addMark(frame.key, 'bidirectional', points);
    // Half of it is a length; a line that was drawn is not thrown away.
    else if (hasLong && SHAPES.length.isWhole(long)) acts.addMark(frame.key, 'length', long);
  };
  if (hasLong) draw();
  return {
    get goesOn() {
      return !isOver;
    },
    get halfDrawn() {
      return hasLong && !isOver ? { frame: frame.key, points: long } : null;
    },
    move: follow,
    press: (e) => {
      const p = at(e);
      if (!p) back();
      else pressed = { at: p, x: e.clientX, y: e.clientY };
    },
    end: () => {
      if (isOver) return;
      if (!hasLong) {
        hasLong = SHAPES.length.isWhole(long);
        if (!hasLong) stop();
      } else if (pressed) finish();
    },
    cancel: stop,
    finish: () => {
      // Without a second drag or click what the mouse hovers over is not meant.
      short = null;
      finish();
    },
    takeBack: stop,
  };
}
