/**
 * A contour that follows edges by itself: each click holds the line where it lies, between them it runs along what the
 * window shows as an edge. Closed by a click on the first point, a double click or Enter; Backspace frees the last hold.
 */
import { closingWay } from '../livewire/closing';
import { partOf } from '../livewire/picture_part';
import { Ways } from '../livewire/tracer';
import { polygonArea, simplifyContour } from '../model/contour';
import { applyAffine, invertAffine } from '../model/geometry';
import type { Point } from '../model/pictures';
import { windowRange } from '../model/windows';
import type { Pane } from '../pane/pane';
import { reshapeSelected } from './dragged_shape';
import { type HeldFrame, holdFrame } from './held_frame';
import { DRAG_THRESHOLD, type Gesture, type Stage, type Tool } from './tool';

const CLOSING_REACH = 9;
const SMALLEST_AREA = 1;
/** In pixels as the ways see them: two lines nearer than this are one. */
const SAME_LINE = 1.5;

/** From one hold to the next. */
interface Leg {
  ways: Ways | null;
  /** How it ran where the ways are gone: it was drawn on another page. */
  line: readonly Point[] | null;
  to: Point;
}

export const livewireTool: Tool = {
  cursor: 'crosshair',
  begin(event, stage) {
    const reshaping = reshapeSelected(event, stage, 'contour');
    if (reshaping) return reshaping;
    const held = holdFrame(stage);
    const first = held?.at(event);
    return held && first ? draw(stage, held, first, []) : null;
  },
  resume(half, stage) {
    const held = holdFrame(stage, half.frame);
    const [first, ...others] = half.points;
    const legs = others.map((to, i): Leg => ({ ways: null, line: half.legs?.[i] ?? null, to }));
    return held && first ? draw(stage, held, first, legs) : null;
  },
};

function draw({ pane, layer, acts, say }: Stage, held: HeldFrame, first: Point, drawn: readonly Leg[]): Gesture {
  const { frame, back, at, onScreen } = held;
  let isOver = false;
  let legs = drawn;
  let hover: Point = legs.at(-1)?.to ?? first;
  let ways: Ways | null = null;
  const holdsNow = (): Point[] => [first, ...legs.map((leg) => leg.to)];
  const lineOf = (ends: readonly Leg[]): Point[] =>
    ends.flatMap((leg, i) => leg.line ?? leg.ways?.to(leg.to) ?? [holdsNow()[i] as Point, leg.to]);
  /** All of it, closed. */
  const loopOf = (ends: readonly Leg[], by: Ways | null): Point[] => {
    const drawn = lineOf(ends);
    const back = lineOf([...ends, { ways: by, line: null, to: first }]).slice(drawn.length);
    return [...drawn, ...closingWay(drawn, back, SAME_LINE * Math.max(1, 1 / pane.zoom))];
  };
  const waysFrom = (from: Point): Ways | null => (pane.frame?.key === frame.key ? waysOnScreen(pane, from) : null);

  const closesAt = (p: Point): boolean => legs.length >= 2 && onScreen(first, p) <= CLOSING_REACH;
  const show = (): void => {
    if (isOver) return;
    const line = closesAt(hover) ? loopOf(legs, ways) : lineOf([...legs, { ways, line: null, to: hover }]);
    layer.setDraft({
      kind: 'contour',
      points: line,
      closed: false,
      dots: holdsNow(),
      closes: true,
      frame: frame.key,
    });
  };
  const stop = (): void => {
    isOver = true;
    layer.setDraft(null);
  };
  const begin = (from: Point): void => {
    ways = waysFrom(from);
    void ways?.ready.then(show);
  };
  const finish = (): void => {
    isOver = true;
    const last = legs.at(-1);
    // A double click has held the last point twice.
    const before = legs.at(-2)?.to ?? first;
    if (last && onScreen(last.to, before) < DRAG_THRESHOLD) legs = legs.slice(0, -1);
    if (legs.length < 2) {
      layer.setDraft(null);
      return;
    }
    void Promise.all([...legs.map((leg) => leg.ways?.ready), ways?.ready]).then(() => {
      layer.setDraft(null);
      const points = simplifyContour(loopOf(legs, ways), Math.max(0.25, 0.4 / pane.zoom));
      if (points.length >= 3 && polygonArea(points) >= SMALLEST_AREA) acts.addMark(frame.key, 'contour', points);
      else say('This line encloses nothing: no contour was made of it.');
    });
  };
  begin(hover);
  show();
  return {
    get goesOn() {
      return !isOver;
    },
    get halfDrawn() {
      return isOver ? null : { frame: frame.key, points: holdsNow(), legs: legs.map(knownRun) };
    },
    move: (e) => {
      const p = isOver ? null : at(e);
      if (!p) return;
      hover = p;
      // The picture may have come only now.
      if (!ways) begin(legs.at(-1)?.to ?? first);
      if (legs.some((leg) => !leg.line && !leg.ways))
        legs = legs.map((leg, i) => (leg.line || leg.ways ? leg : { ...leg, ways: waysFrom(holdsNow()[i] as Point) }));
      show();
    },
    press: (e) => {
      const p = at(e);
      if (!p) {
        back();
        return;
      }
      if (closesAt(p)) {
        finish();
        return;
      }
      legs = [...legs, { ways, line: null, to: p }];
      begin(p);
      show();
    },
    end: () => undefined,
    cancel: stop,
    finish,
    takeBack: () => {
      if (legs.length === 0) {
        stop();
        return;
      }
      legs = legs.slice(0, -1);
      begin(legs.at(-1)?.to ?? first);
      show();
    },
  };
}

function knownRun({ line, ways, to }: Leg): readonly Point[] | null {
  return line ?? (ways?.known ? ways.to(to) : null);
}

interface KnownPart {
  frame: string;
  affine: string;
  part: ReturnType<typeof partOf>;
}
const parts = new WeakMap<Pane, KnownPart>();

/** Ways through what the pane shows now; null while its pixels have not come. */
function waysOnScreen(pane: Pane, seed: Point): Ways | null {
  const { frame, picture, pixelToPane: affine } = pane;
  if (!frame || !affine) return null;
  const known = parts.get(pane);
  const seen = JSON.stringify([affine, pane.window, picture.clientWidth, picture.clientHeight]);
  if (known?.frame === frame.key && known.affine === seen) return new Ways(known.part, seed);
  const values = pane.values();
  if (!values) return null;
  const back = invertAffine(affine);
  // As fine as the screen shows it: finer would cost time and nobody would see it.
  const step = Math.max(1, Math.floor(1 / pane.zoom));
  const range = pane.window && !frame.colour ? windowRange(pane.window) : { lower: 0, upper: 255 };
  const corners: [Point, Point] = [
    applyAffine(back, [0, 0]),
    applyAffine(back, [picture.clientWidth, picture.clientHeight]),
  ];
  const part = partOf(values, ...corners, step, range);
  parts.set(pane, { frame: frame.key, affine: seen, part });
  return new Ways(part, seed);
}
