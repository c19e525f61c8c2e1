/** Which mark, or which handle of the selected one, lies under the mouse. Pure but for the size of what is drawn. */
import { linesOf } from '../marks/shape';
import { SHAPES } from '../marks/shapes';
import {
  distance,
  distanceToLine,
  distanceToOutline,
  nearestVertex,
  pointInPolygon,
  polygonArea,
} from '../model/contour';
import { type Affine, applyAffine } from '../model/geometry';
import type { Point } from '../model/pictures';
import { textScale } from '../page/text_scale';
import type { ShownMark } from '../pane/marks_layer';
import { maskAreaAt } from './mask_hit';

const HANDLE_REACH = 8;
const OUTLINE_REACH = 7;
const POINT_REACH = 11;

function outlineOnScreen(mark: ShownMark, affine: Affine): Point[] {
  return SHAPES[mark.kind].outline(mark.points).map((p) => applyAffine(affine, p));
}

/** The handle of a mark under a point of the pane: a corner of a box, a vertex of a contour. */
export function handleAt(mark: ShownMark, affine: Affine, at: Point): number | null {
  const handles = SHAPES[mark.kind].handles(mark.points).map((p) => applyAffine(affine, p));
  if (handles.length === 0) return null;
  const { index, away } = nearestVertex(handles, at);
  return away <= HANDLE_REACH * textScale() ? index : null;
}

export function onOutline(mark: ShownMark, affine: Affine, at: Point, reach = OUTLINE_REACH * textScale()): boolean {
  if (mark.kind === 'point')
    return distance(applyAffine(affine, mark.points[0] as Point), at) <= POINT_REACH * textScale();
  if (SHAPES[mark.kind].closed) return distanceToOutline(outlineOnScreen(mark, affine), at) <= reach;
  return linesOf(SHAPES[mark.kind], mark.points).some((line) => {
    const onScreen = line.map((p) => applyAffine(affine, p));
    return onScreen.length > 0 && distanceToLine(onScreen, at) <= reach;
  });
}

/** The mark under a point of the pane: by its outline first, then the smallest one around the point. */
export function markAt(marks: readonly ShownMark[], affine: Affine, at: Point): ShownMark | null {
  const near = marks.filter((m) => m.kind !== 'mask' && onOutline(m, affine, at));
  const chosen = near.find((m) => m.selected) ?? near.at(-1);
  if (chosen) return chosen;
  const around = marks
    .filter((m) => SHAPES[m.kind].closed)
    .map((mark) => ({ mark, area: areaAround(mark, affine, at) }))
    .filter(({ area }) => area !== null)
    .sort((a, b) => Number(a.area) - Number(b.area));
  return around[0]?.mark ?? null;
}

/** What a mark covers of the screen; null where it is not around the point. */
function areaAround(mark: ShownMark, affine: Affine, at: Point): number | null {
  if (mark.mask) return maskAreaAt(mark.points, mark.mask, affine, at);
  const outline = outlineOnScreen(mark, affine);
  return pointInPolygon(at, outline) ? polygonArea(outline) : null;
}
