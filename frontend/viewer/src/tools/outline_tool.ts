/**
 * Have a program outline something: click two to four of its ends, or drag a box round it. While the outline is open a
 * click says what belongs to it, with Alt or Shift what doesn't.
 */
import { SHAPES } from '../marks/shapes';
import type { Point } from '../model/pictures';
import { FEWEST_ENDS, hintOf, MOST_ENDS, roundAbout } from '../outlines/hint';
import type { Outlining } from '../outlines/outlining';
import { reshapeSelected } from './dragged_shape';
import { type HeldFrame, holdFrame } from './held_frame';
import { DRAG_THRESHOLD, type Gesture, type Stage, type Tool } from './tool';

export const outlineTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    const { outlining } = stage.acts;
    if (!outlining) return null;
    const reshaping = reshapeSelected(event, stage, 'contour');
    if (reshaping) return reshaping;
    const held = holdFrame(stage);
    const first = held?.at(event);
    return held && first ? say({ stage, held, outlining }, [first], { isPressed: true }) : null;
  },
  resume(half, stage) {
    const { outlining } = stage.acts;
    const held = holdFrame(stage, half.frame);
    return outlining && held && half.points.length > 0
      ? say({ stage, held, outlining }, half.points, { isPressed: false })
      : null;
  },
};

interface Place {
  stage: Stage;
  held: HeldFrame;
  outlining: Outlining;
}

/** `isPressed`: the first point's button is still down, and may become a box. */
function say(
  { stage, held, outlining }: Place,
  begun: readonly Point[],
  { isPressed }: { isPressed: boolean },
): Gesture {
  const { layer } = stage;
  const { frame, back, at, onScreen } = held;
  const first = begun[0] as Point;
  const correcting = isPressed && outlining.openOn(frame.key) !== null;
  let points = begun;
  let mayDrag = isPressed;
  let corner: Point | null = null;
  let isOver = false;

  const draw = (hover: Point | null): void => {
    if (corner) {
      layer.setDraft({ kind: 'box', points: [first, corner], closed: true, frame: frame.key });
      return;
    }
    const ends = roundAbout(hover ? [...points, hover] : points);
    // About what it will enclose, from the third end on.
    const isRound = ends.length > 2;
    const kind = isRound ? 'spline' : 'contour';
    layer.setDraft({ kind, points: ends, closed: isRound, dots: points, frame: frame.key });
  };
  const stop = (): void => {
    isOver = true;
    layer.setDraft(null);
  };
  const finish = (): void => {
    stop();
    // A double click has put its last point twice.
    const ends = points.filter((p, i) => i === 0 || onScreen(p, points[i - 1] as Point) >= DRAG_THRESHOLD);
    if (ends.length >= FEWEST_ENDS) outlining.ask(frame.key, hintOf('extremes', ends));
    else stage.say('Two ends at least say what is to be outlined.');
  };
  if (!correcting) draw(null);
  return {
    get goesOn() {
      return !isOver;
    },
    get halfDrawn() {
      return isOver || correcting ? null : { frame: frame.key, points };
    },
    move: (e) => {
      const p = isOver ? null : at(e);
      if (!p) return;
      if (mayDrag && (corner || onScreen(p, first) >= 2 * DRAG_THRESHOLD)) corner = p;
      if (!mayDrag || corner) draw(p);
    },
    end: (e) => {
      if (!mayDrag) return;
      mayDrag = false;
      const box: Point[] | null = corner && [first, corner];
      if (box) {
        stop();
        if (SHAPES.box.isWhole(box)) outlining.ask(frame.key, hintOf('box', box));
      } else if (correcting) {
        stop();
        outlining.correct(first, !e.altKey && !e.shiftKey);
      }
    },
    press: (e) => {
      const p = at(e);
      if (!p) {
        back();
        return;
      }
      points = [...points, p];
      if (points.length === MOST_ENDS) finish();
      else draw(null);
    },
    cancel: stop,
    finish,
    takeBack: () => {
      points = points.slice(0, -1);
      if (points.length === 0) stop();
      else draw(null);
    },
  };
}
