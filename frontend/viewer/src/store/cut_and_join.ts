/** One mark made of two, and two of one; each one step of undo. */
import { newId } from '../api/identifiers';
import { cutAlong, cutOutline } from '../marks/cut';
import { SHAPES } from '../marks/shapes';
import { unionOutline } from '../marks/union';
import { polygonArea, roundPoint } from '../model/contour';
import type { Point } from '../model/pictures';
import type { Annotation } from '../model/reading';
import type { Acts } from './acts';
import { changeable } from './mark_acts';
import { isMask, joinAsMask, splitIntoParts } from './mask_acts';
import type { Edit } from './workspace';

/** What a mark encloses can be cut and joined as a contour; masks are joined, and taken apart, by their pixels. */
const OUTLINED: ReadonlySet<string> = new Set(['box', 'ellipse', 'contour', 'spline']);
const SMALLEST_AREA = 1;

/** Cut a mark in two, along a drawn line or along its longest axis. Returns what to tell the reader. */
export function splitMark(acts: Acts, id: string | null, line: readonly [Point, Point] | null): string {
  const mark = changeable(acts, id);
  if (mark && isMask(mark)) return line ? 'Cut a mask with the eraser (Shift+E).' : splitIntoParts(acts, mark);
  if (!mark || !OUTLINED.has(mark.kind))
    return 'Choose a box, an ellipse, a contour or a spline of yours to cut; locked ones stay.';
  const outline = SHAPES[mark.kind].outline(mark.points);
  const parts = line ? cutOutline(outline, ...line) : cutAlong(outline);
  if (!parts || parts.some((part) => polygonArea(part) < SMALLEST_AREA))
    return 'The line does not cut the mark in two.';
  const [larger, smaller] = parts.sort((a, b) => polygonArea(b) - polygonArea(a)) as [Point[], Point[]];
  const kept = contourLike(mark, larger);
  const made = contourLike(mark, smaller);
  acts.workspace.commit(`split ${mark.kind}`, [...replacement(mark, kept), add(made)]);
  acts.ui.set({ selectedMark: mark.kind === 'contour' ? mark.id : kept.id, alsoSelected: [] });
  return 'Cut in two.';
}

/** Join the selected marks of one picture to one contour. Returns what to tell the reader. */
export function mergeMarks(acts: Acts, ids: readonly string[]): string {
  const marks = ids.map((id) => changeable(acts, id));
  const whole = marks.filter(
    (mark): mark is Annotation => mark !== null && (OUTLINED.has(mark.kind) || mark.kind === 'mask'),
  );
  const [first, ...others] = whole;
  if (!first || others.length === 0 || whole.length < ids.length) {
    return 'Choose two boxes or contours of yours: click one, then Shift + click the other; locked ones stay.';
  }
  if (others.some((mark) => mark.frame !== first.frame)) return 'They lie on different slices.';
  if (others.some((mark) => mark.finding !== first.finding))
    return 'They belong to different findings: join them there first (L).';
  if (whole.some(isMask)) return joinAsMask(acts, whole);
  let outline: readonly Point[] = SHAPES[first.kind].outline(first.points);
  let left = others;
  while (left.length > 0) {
    // One that touches nothing yet may touch what the others have made.
    const next = left.find((mark) => unionOutline(outline, SHAPES[mark.kind].outline(mark.points)));
    const joined = next && unionOutline(outline, SHAPES[next.kind].outline(next.points));
    if (!next || !joined) return 'They do not touch: nothing to join.';
    outline = joined;
    left = left.filter((mark) => mark !== next);
  }
  const kept = contourLike(first, outline);
  acts.workspace.commit(`merge ${whole.length} marks`, [
    ...replacement(first, kept),
    ...others.map((mark): Edit => ({ kind: 'annotation', id: mark.id, state: null })),
  ]);
  acts.ui.set({ selectedMark: first.kind === 'contour' ? first.id : kept.id, alsoSelected: [] });
  return whole.length === 2 ? 'Two marks joined.' : `${whole.length} marks joined.`;
}

/** A contour keeps its record and its history; another kind gives way to a new one. */
function replacement(mark: Annotation, by: Annotation): Edit[] {
  if (mark.kind === 'contour') return [{ kind: 'annotation', id: mark.id, state: { ...mark, points: by.points } }];
  return [{ kind: 'annotation', id: mark.id, state: null }, add(by)];
}

function add(mark: Annotation): Edit {
  return { kind: 'annotation', id: mark.id, state: mark };
}

function contourLike(mark: Annotation, points: readonly Point[]): Annotation {
  return {
    id: newId(),
    case: mark.case,
    frame: mark.frame,
    kind: 'contour',
    points: points.map(roundPoint),
    finding: mark.finding,
    first_frame: null,
    last_frame: null,
    mask: null,
    locked: false,
    label: mark.label,
    provenance: 'drawn',
    revision: 0,
    deleted: false,
    owner: mark.owner,
  };
}
