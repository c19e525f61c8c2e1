/** Over which slices a mark holds: where a span starts, how its ends move, how strongly it is shown. Pure. */
import { calibrationFor } from '../model/calibration';
import type { FrameGeometry, Point, StackJson } from '../model/pictures';

/** Slices counted from 0 in the order of the stack, ends included. */
export interface Span {
  first: number;
  last: number;
}

export interface StartingSpan extends Span {
  /** Why it is as long as it is, for the reader. */
  words: string;
}

const ROUNDING_MM = 1e-3;

/**
 * The span that a box on one slice starts with.
 *
 * Tomosynthesis: as many slices as the square root of the box's mean side in stored pixels, "the number of positive
 * slices [...] was established as the square root of the average dimension in pixels of the box drawn by a
 * radiologist on the center slice of the tumor" (Buda et al., JAMA Netw Open 2021;4(8):e2119100). CT and other
 * volumes: the slices within half the box's mean side, in millimetres along the normal, of the slice drawn on.
 * Without millimetres, and on films and single pictures, the slice drawn on alone.
 */
export function startingSpan(stack: StackJson, index: number, points: readonly Point[]): StartingSpan {
  const alone = { first: index, last: index };
  const geometry = stack.frames[index]?.geometry;
  if (stack.kind !== 'volume' || !geometry) return { ...alone, words: 'This slice alone: the stack is no volume.' };
  if (isTomosynthesis(stack)) {
    const slices = Math.max(1, Math.round(Math.sqrt(meanSide(points, 1, 1))));
    return { ...spanAround(index, slices, stack.frames.length), words: `${slices} slices: the root of its mean side` };
  }
  const calibration = calibrationFor(geometry, points);
  const places = stack.frames.map((frame) => alongNormal(frame.geometry, geometry));
  const at = places[index];
  if (!calibration || at == null) {
    return { ...alone, words: 'This slice alone: the file gives no millimetres between slices. Drag its ends.' };
  }
  const side = meanSide(points, calibration.mmPerColumn, calibration.mmPerRow);
  const within = (place: number | null | undefined): boolean =>
    place != null && Math.abs(place - at) <= side / 2 + ROUNDING_MM;
  let { first, last } = alone;
  while (within(places[first - 1])) first -= 1;
  while (within(places[last + 1])) last += 1;
  return { first, last, words: `${last - first + 1} slices: ${side.toFixed(1)} mm, its mean side` };
}

export function isTomosynthesis(stack: StackJson): boolean {
  return stack.kind === 'volume' && (stack.modality === 'MG' || stack.modality === 'DBT');
}

/** So many slices with one in the middle, less what lies outside the stack; of an even number one more lies behind. */
export function spanAround(index: number, slices: number, count: number): Span {
  const first = index - Math.floor((slices - 1) / 2);
  return { first: Math.max(0, first), last: Math.min(count - 1, first + slices - 1) };
}

export type SpanEnd = 'first' | 'last';

/** A span with one end elsewhere: inside the stack, and never past the slice that must stay in it. */
export function withEnd(span: Span, end: SpanEnd, to: number, count: number, kept: number | null): Span {
  if (end === 'first') return { ...span, first: Math.max(0, Math.min(to, kept ?? span.last)) };
  return { ...span, last: Math.min(count - 1, Math.max(to, kept ?? span.first)) };
}

/** How strongly a mark is shown on a slice of its span: whole on its own, weaker towards the ends. */
export function strengthAt(span: Span, centre: number, index: number): number {
  if (index === centre) return 1;
  const reach = index < centre ? centre - span.first : span.last - centre;
  return 0.75 - 0.4 * (Math.abs(index - centre) / Math.max(1, reach));
}

/** "slice 4", "slices 4 – 9"; counted from 1. */
export function spanWords({ first, last }: Span): string {
  return first === last ? `slice ${first + 1}` : `slices ${first + 1} – ${last + 1}`;
}

function meanSide(points: readonly Point[], perColumn: number, perRow: number): number {
  const [a, b] = [points[0] as Point, points[1] as Point];
  return (Math.abs(a[0] - b[0]) * perColumn + Math.abs(a[1] - b[1]) * perRow) / 2;
}

/** Millimetres along the normal of a plane; null where a file gives no position. */
function alongNormal(geometry: FrameGeometry, plane: FrameGeometry): number | null {
  const o = plane.orientation;
  if (!geometry.position || !o) return null;
  const [x, y, z] = geometry.position;
  return x * (o[1] * o[5] - o[2] * o[4]) + y * (o[2] * o[3] - o[0] * o[5]) + z * (o[0] * o[4] - o[1] * o[3]);
}
