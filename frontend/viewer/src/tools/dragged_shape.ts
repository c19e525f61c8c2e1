/** Kinds that are drawn by one drag: box, ellipse, length, arrow. */
import { SHAPES } from '../marks/shapes';
import { clampToFrame } from '../model/geometry';
import type { FrameJson, Point } from '../model/pictures';
import type { MarkKind } from '../model/reading';
import { handleAt } from './hit_test';
import { reshapeOrMove } from './reshape';
import type { Gesture, Stage, Tool } from './tool';

export interface DraggedShape {
  kind: MarkKind;
  /** The points of a drag from here to there. */
  points(from: Point, to: Point): Point[];
  keep(frame: FrameJson, points: readonly Point[]): void;
}

/** A tool that draws from press to release. */
export function draggedShapeTool(
  kind: MarkKind,
  points: DraggedShape['points'],
  added: (id: string, stage: Stage) => void = () => undefined,
): Tool {
  return {
    cursor: 'crosshair',
    begin: (event, stage) =>
      drawByDrag(event, stage, {
        kind,
        points,
        keep: (frame, drawn) => {
          const id = stage.acts.addMark(frame.key, kind, drawn);
          if (id) added(id, stage);
        },
      }),
  };
}

/** Draw from press to release; a press on a handle of the selected mark of this kind reshapes that one. */
export function drawByDrag(event: PointerEvent, stage: Stage, what: DraggedShape): Gesture | null {
  const { pane, layer, acts } = stage;
  const { stack, frame } = pane;
  const raw = pane.pixelAt(event.clientX, event.clientY);
  if (!stack || !frame || !raw || !acts.mayEdit) return null;
  const { kind } = what;
  const reshaping = reshapeSelected(event, stage, kind);
  if (reshaping) return reshaping;
  const start = clampToFrame(raw, stack.columns, stack.rows);
  let points: Point[] | null = null;
  return {
    move: (e) => {
      const to = pane.pixelAt(e.clientX, e.clientY);
      if (!to) return;
      points = what.points(start, clampToFrame(to, stack.columns, stack.rows));
      layer.setDraft({ kind, points, closed: SHAPES[kind].closed });
    },
    end: () => {
      layer.setDraft(null);
      if (points && SHAPES[kind].isWhole(points)) what.keep(frame, points);
    },
    cancel: () => layer.setDraft(null),
  };
}

/** Reshape the selected mark of a kind when the press is on one of its handles. */
export function reshapeSelected(event: PointerEvent, stage: Stage, kind: MarkKind): Gesture | null {
  const { pane, layer } = stage;
  const affine = pane.pixelToPane;
  const selected = layer.shown.find((m) => m.selected && m.kind === kind);
  if (!affine || !selected) return null;
  if (handleAt(selected, affine, pane.panePoint(event.clientX, event.clientY)) === null) return null;
  return reshapeOrMove(event, stage, selected);
}
