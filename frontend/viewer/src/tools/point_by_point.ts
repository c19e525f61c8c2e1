/** Marks that are made click by click: polygons, splines, angles. */
import type { Point } from '../model/pictures';
import type { MarkKind } from '../model/reading';
import { reshapeSelected } from './dragged_shape';
import { holdFrame } from './held_frame';
import { DRAG_THRESHOLD, type Gesture, type HalfDrawn, type Stage, type Tool } from './tool';

/** How near to the first point a click must come to close the line, in screen pixels. */
const CLOSING_REACH = 9;

export interface PointByPoint {
  kind: MarkKind;
  /** It ends where it began: by a click on the first point, a double click or Enter. */
  closes: boolean;
  fewest: number;
  /** It ends by itself with this many points. */
  most?: number;
  /** A first press that is dragged gives two points. */
  dragsFirst?: boolean;
  /** Whether what was drawn is worth a mark; all of it, where it is left out. */
  isWorth?(points: readonly Point[]): boolean;
}

export function pointByPointTool(what: PointByPoint): Tool {
  return {
    cursor: 'crosshair',
    begin: (event, stage) => reshapeSelected(event, stage, what.kind) ?? beginAt(event, stage, what),
    resume: (half, stage) => goOn(stage, what, half),
  };
}

function beginAt(event: PointerEvent, stage: Stage, what: PointByPoint): Gesture | null {
  const held = holdFrame(stage);
  const first = held?.at(event);
  return held && first ? goOn(stage, what, { frame: held.frame.key, points: [first] }) : null;
}

function goOn(stage: Stage, what: PointByPoint, half: HalfDrawn): Gesture | null {
  const { layer, acts } = stage;
  const held = holdFrame(stage, half.frame);
  const [first] = half.points;
  if (!held || !first) return null;
  const { frame, back, at, onScreen } = held;
  let points: readonly Point[] = half.points;
  let isOver = false;

  const closesAt = (p: Point): boolean =>
    what.closes && points.length >= what.fewest && onScreen(points[0] as Point, p) <= CLOSING_REACH;
  const draw = (hover: Point | null): void => {
    const line = hover ? [...points, closesAt(hover) ? (points[0] as Point) : hover] : points;
    layer.setDraft({
      kind: what.kind,
      points: line,
      closed: false,
      dots: points,
      closes: what.closes,
      frame: frame.key,
    });
  };
  const stop = (): void => {
    isOver = true;
    layer.setDraft(null);
  };
  const finish = (): void => {
    stop();
    // A double click has put its last point twice.
    const kept = points.filter((p, i) => i === 0 || onScreen(p, points[i - 1] as Point) >= DRAG_THRESHOLD);
    if (kept.length >= what.fewest && (what.isWorth?.(kept) ?? true)) acts.addMark(frame.key, what.kind, kept);
  };
  const add = (p: Point): void => {
    points = [...points, p];
    if (points.length === what.most) finish();
    else draw(null);
  };
  draw(null);
  return {
    get goesOn() {
      return !isOver;
    },
    get halfDrawn() {
      return isOver ? null : { frame: frame.key, points };
    },
    move: (e) => {
      const p = isOver ? null : at(e);
      if (p) draw(p);
    },
    press: (e) => {
      const p = at(e);
      if (!p) back();
      else if (closesAt(p)) finish();
      else add(p);
    },
    end: (e) => {
      const p = isOver || !what.dragsFirst || points.length !== 1 ? null : at(e);
      if (p && onScreen(p, first) >= DRAG_THRESHOLD) add(p);
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
