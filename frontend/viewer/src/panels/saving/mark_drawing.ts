/** Two states of a mark drawn small, in one frame of reference: one of them strong, the other one faint. */
import { linesOf } from '../../marks/shape';
import { SHAPES } from '../../marks/shapes';
import { outlinesOf } from '../../masks/outlines';
import { bitmapOf } from '../../masks/runs';
import type { Point } from '../../model/pictures';
import type { Annotation } from '../../model/reading';
import { s } from '../../page/dom';

const MARGIN = 0.12;

/** Null for what has no shape, or where the two lie on different slices and `faint` would mean nothing. */
export function markDrawing(strong: Annotation, faint: Annotation | null): SVGSVGElement | null {
  const beside = faint && faint.frame === strong.frame && !faint.deleted ? faint : null;
  const points = [...strong.points, ...(beside?.points ?? [])];
  if (strong.deleted || points.length < 2) return null;
  return s(
    'svg',
    {
      viewBox: boxAround([...points, ...pathPoints(strong), ...(beside ? pathPoints(beside) : [])]),
      class: 'state-drawing',
      'aria-hidden': 'true',
    },
    beside ? s('path', { d: pathOf(beside), class: 'faint' }) : null,
    s('path', { d: pathOf(strong), class: 'strong' }),
  );
}

function boxAround(points: readonly Point[]): string {
  const [columns, rows] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  const side = Math.max(Math.max(...columns) - left, Math.max(...rows) - top, 1);
  const margin = side * MARGIN;
  const [x, y] = [(left + Math.max(...columns) - side) / 2, (top + Math.max(...rows) - side) / 2];
  return `${x - margin} ${y - margin} ${side + 2 * margin} ${side + 2 * margin}`;
}

function lines(mark: Annotation): readonly (readonly Point[])[] {
  if (mark.mask) return outlinesOf(bitmapOf(mark.points, mark.mask)).map(({ points }) => points);
  return linesOf(SHAPES[mark.kind], mark.points);
}

function pathPoints(mark: Annotation): Point[] {
  return lines(mark).flat();
}

function pathOf(mark: Annotation): string {
  const end = mark.mask || SHAPES[mark.kind].closed ? 'Z' : '';
  return lines(mark)
    .map((line) => line.map(([c, r], i) => `${i ? 'L' : 'M'}${c} ${r}`).join('') + end)
    .join('');
}
