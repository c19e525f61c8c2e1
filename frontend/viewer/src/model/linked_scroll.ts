/** Which slice of one stack belongs to a slice of another: by place in the patient, else by share of the stack. Pure. */
import { dot } from './geometry';
import type { StackJson, Vector } from './pictures';

/** Slices that lie more askew than this (cosine) have no place in common to go to. */
const PARALLEL = 0.98;

/** Whether a place in one stack is a place in the other: one space, slices side by side. */
export function shareSpace(a: StackJson, b: StackJson): boolean {
  if (a.key === b.key) return true;
  if (a.frame_of_reference === 0 || a.frame_of_reference !== b.frame_of_reference) return false;
  if (a.kind !== 'volume' || b.kind !== 'volume') return false;
  const [m, n] = [normalOf(a), normalOf(b)];
  return m !== null && n !== null && Math.abs(dot(m, n)) >= PARALLEL && isPlaced(a) && isPlaced(b);
}

/**
 * The slice of `to` that belongs to a slice of `from`.
 *
 * @param index of a slice of `from`, from 0; a fraction or one beyond the ends where stacks were linked askew.
 * @returns an index of `to`, within it.
 */
export function matchingSlice(from: StackJson, index: number, to: StackJson): number {
  const last = to.frames.length - 1;
  if (from.key === to.key) return clamp(Math.round(index), last);
  if (shareSpace(from, to)) return nearestTo(to, placeOf(from, index));
  const share = from.frames.length > 1 ? index / (from.frames.length - 1) : 0.5;
  return clamp(Math.round((runsBackwards(from, to) ? 1 - share : share) * last), last);
}

/** Along the other stack's normal the slice numbers count down. */
function runsBackwards(a: StackJson, b: StackJson): boolean {
  const [m, n] = [normalOf(a), normalOf(b)];
  if (!m || !n) return false;
  // The two breasts are mirrored: heights above the detector count alike on both sides of the body.
  const mirrored = a.laterality !== b.laterality && [a.laterality, b.laterality].every((side) => /^[LR]$/.test(side));
  return dot(mirrored ? [-m[0], m[1], m[2]] : m, n) < 0;
}

function normalOf(stack: StackJson): Vector | null {
  const o = stack.frames[0]?.geometry.orientation;
  return o ? [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]] : null;
}

/** The centre of the first pixel, at a fraction of the way between two slices. */
function placeOf(stack: StackJson, index: number): Vector {
  const last = stack.frames.length - 1;
  const at = Math.min(Math.max(index, 0), last);
  const [below, above] = [position(stack, Math.floor(at)), position(stack, Math.ceil(at))];
  const part = at - Math.floor(at);
  const between = (axis: 0 | 1 | 2): number => below[axis] + part * (above[axis] - below[axis]);
  return [between(0), between(1), between(2)];
}

function nearestTo(stack: StackJson, place: Vector): number {
  const normal = normalOf(stack) as Vector;
  const wanted = dot(place, normal);
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < stack.frames.length; index++) {
    const away = Math.abs(dot(position(stack, index), normal) - wanted);
    if (away < least) [nearest, least] = [index, away];
  }
  return nearest;
}

function isPlaced({ frames }: StackJson): boolean {
  return frames.every(({ geometry }) => geometry.position !== null);
}

function position(stack: StackJson, index: number): Vector {
  return stack.frames[index]?.geometry.position ?? [0, 0, 0];
}

function clamp(index: number, last: number): number {
  return Math.min(Math.max(index, 0), last);
}
