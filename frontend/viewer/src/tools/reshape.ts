/** Moving a mark, a corner of a box or a vertex of a contour with the mouse. */
import { distance } from '../model/contour';
import { clampToFrame } from '../model/geometry';
import type { Point } from '../model/types';
import { boxCorners, type ShownMark } from '../pane/marks_layer';
import { handleAt } from './hit_test';
import { DRAG_THRESHOLD, type Gesture, type Stage } from './tool';

/** A gesture that reshapes the mark when a handle was pressed, else moves it. */
export function reshapeOrMove(event: PointerEvent, stage: Stage, mark: ShownMark): Gesture | null {
  const { pane, layer, acts } = stage;
  const start = pane.pixelAt(event.clientX, event.clientY);
  const affine = pane.pixelToPane;
  const stack = pane.stack;
  const record = acts.workspace.records.get('annotation', mark.id);
  if (!start || !affine || !stack || mark.dashed || !record || !acts.mayEdit || !acts.isMine(record)) return null;
  const handle = mark.selected ? handleAt(mark, affine, pane.panePoint(event.clientX, event.clientY)) : null;
  const reshape = (to: Point): Point[] => {
    const by: Point = [to[0] - start[0], to[1] - start[1]];
    const inFrame = (p: Point): Point => clampToFrame(p, stack.columns, stack.rows);
    if (handle === null) return moved(mark.points, by, stack.columns, stack.rows);
    if (mark.kind === 'box') return resizedBox(mark.points, handle, by).map(inFrame);
    return pulled(mark.points, handle, by).map(inFrame);
  };
  let points: Point[] | null = null;
  return {
    move: (e) => {
      if (!points && Math.hypot(e.clientX - event.clientX, e.clientY - event.clientY) < DRAG_THRESHOLD) return;
      const to = pane.pixelAt(e.clientX, e.clientY);
      if (!to) return;
      points = reshape(to);
      layer.setOverride({ id: mark.id, points });
    },
    end: () => {
      layer.setOverride(null);
      if (points && hasArea(mark.kind, points)) {
        acts.changeMark(mark.id, points, handle === null ? `move ${mark.kind}` : `reshape ${mark.kind}`);
      }
    },
    cancel: () => layer.setOverride(null),
  };
}

/** All points shifted together, no further than the frame's edge. */
export function moved(points: readonly Point[], by: Point, columns: number, rows: number): Point[] {
  const low = (axis: 0 | 1): number => -Math.min(...points.map((p) => p[axis]));
  const high = (axis: 0 | 1, size: number): number => size - Math.max(...points.map((p) => p[axis]));
  const dx = Math.min(Math.max(by[0], low(0)), high(0, columns));
  const dy = Math.min(Math.max(by[1], low(1)), high(1, rows));
  return points.map(([c, r]) => [c + dx, r + dy] as const);
}

/** A box with one corner moved and the opposite one held. */
export function resizedBox(points: readonly Point[], corner: number, by: Point): Point[] {
  const corners = boxCorners(points);
  const held = corners[(corner + 2) % 4] as Point;
  const [c, r] = corners[corner] as Point;
  return [held, [c + by[0], r + by[1]]];
}

/** A contour with one vertex pulled; its neighbours follow, less the farther they are along the outline. */
export function pulled(points: readonly Point[], vertex: number, by: Point): Point[] {
  const count = points.length;
  const reach = Math.hypot(by[0], by[1]) * 1.5 + 1e-9;
  const weights = new Float64Array(count);
  weights[vertex] = 1;
  for (const direction of [1, -1]) {
    let along = 0;
    for (let step = 1; step <= count / 2; step++) {
      const i = (vertex + direction * step + count * step) % count;
      const before = (vertex + direction * (step - 1) + count * step) % count;
      along += distance(points[i] as Point, points[before] as Point);
      if (along >= reach) break;
      weights[i] = Math.max(weights[i] as number, (1 + Math.cos((Math.PI * along) / reach)) / 2);
    }
  }
  return points.map(([c, r], i) => [c + by[0] * (weights[i] as number), r + by[1] * (weights[i] as number)] as const);
}

export function hasArea(kind: string, points: readonly Point[]): boolean {
  if (kind !== 'box') return true;
  const [a, b] = [points[0] as Point, points[1] as Point];
  return Math.abs(a[0] - b[0]) >= 0.5 && Math.abs(a[1] - b[1]) >= 0.5;
}
