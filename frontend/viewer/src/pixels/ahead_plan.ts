/** Which pictures of the next case are fetched before it is opened, and in which order. Pure. */
import type { FrameJson, StackJson } from '../model/pictures';
import { outward } from './prefetch';
import { levelFor, mayBeReduced, sizeAt } from './resolution';

/** What will hang in a pane: where it begins, and how large the pane is, in CSS pixels. */
export interface Opening {
  stack: StackJson;
  at: number;
  width: number;
  height: number;
}

export interface AheadFrame {
  frame: FrameJson;
  level: number;
}

/** The level at which a pane will show a stack whole. */
export function fittingLevel({ stack, width, height }: Opening, frame: FrameJson, pixelRatio: number): number {
  if (!mayBeReduced(stack, frame)) return 0;
  return levelFor(Math.min(width / stack.columns, height / stack.rows) * pixelRatio);
}

/** The memory that a decoded frame takes. */
export function bytesOf(stack: StackJson, frame: FrameJson, level: number): number {
  const bytes = frame.colour ? 3 : stack.bits_stored > 8 ? 2 : 1;
  return sizeAt(level, stack.rows) * sizeAt(level, stack.columns) * bytes;
}

/** First what each pane opens with, then outward from there in turn, as much as fits. */
export function aheadPlan(openings: readonly Opening[], memoryBytes: number, pixelRatio = 1): AheadFrame[] {
  const orders = openings.map(({ stack, at }) => outward(at, stack.frames.length));
  const longest = Math.max(0, ...orders.map((order) => order.length));
  const plan: AheadFrame[] = [];
  let room = memoryBytes;
  for (let step = 0; step < longest; step++) {
    for (const [i, opening] of openings.entries()) {
      const frame = opening.stack.frames[orders[i]?.[step] ?? -1];
      if (!frame) continue;
      const level = fittingLevel(opening, frame, pixelRatio);
      room -= bytesOf(opening.stack, frame, level);
      if (room < 0) return plan;
      plan.push({ frame, level });
    }
  }
  return plan;
}
