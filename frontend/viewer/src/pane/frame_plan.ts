/** Which frames a pane asks for ahead of the reader, and at which resolution. */
import type { StackJson } from '../model/types';
import { type FrameStore, requestOf } from '../pixels/frame_store';
import { forward, framesThatFit, outward } from '../pixels/prefetch';
import { sizeAt } from '../pixels/resolution';

export class FramePlan {
  /** How many panes share the memory for pictures. */
  sharing = 1;
  /** The level at which the slices are asked for. */
  level = 0;

  constructor(
    private readonly pane: string,
    private readonly frames: FrameStore,
  ) {}

  /** As many as fit into the memory, from where the reader is. */
  askAround(stack: StackJson, target: number, level: number): void {
    const { frames, kind, rows, columns } = stack;
    const bytes = sizeAt(level, rows) * sizeAt(level, columns) * bytesPerPixel(stack);
    const most = framesThatFit(this.frames.memoryBytes, bytes, this.sharing);
    this.ask(
      stack,
      level,
      kind === 'cine' ? forward(target, frames.length, most) : outward(target, frames.length, most),
    );
  }

  /** Every stored pixel of every slice, from one outwards: what a volume is cut of. That they fit was seen before. */
  askForAll(stack: StackJson, from: number): void {
    this.ask(stack, 0, outward(from, stack.frames.length));
  }

  /** Whether each pane may hold a frame with every stored pixel. */
  mayRestWhole(stack: StackJson): boolean {
    return stack.rows * stack.columns * bytesPerPixel(stack) * this.sharing <= this.frames.memoryBytes / 2;
  }

  private ask(stack: StackJson, level: number, order: readonly number[]): void {
    this.level = level;
    const requests = order.flatMap((index) => stack.frames[index] ?? []).map(({ key }) => requestOf(key, level));
    this.frames.schedule.plan(this.pane, requests);
  }
}

function bytesPerPixel(stack: StackJson): number {
  if (stack.frames[0]?.colour) return 3;
  return stack.bits_stored > 8 ? 2 : 1;
}
