/** Which frames a pane asks for ahead of the reader, and at which resolution. */
import type { FrameJson, StackJson, Window } from '../model/pictures';
import { windowRange } from '../model/windows';
import { type FrameStore, requestOf } from '../pixels/frame_store';
import { forward, framesThatFit, outward } from '../pixels/prefetch';
import { PREVIEW } from '../pixels/preview';
import { sizeAt } from '../pixels/resolution';

/** What is in memory of a slice. */
export type SliceState = 'there' | 'preview' | 'coming' | 'failed' | 'missing';

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

  /** What there is of each slice. */
  states(stack: StackJson): SliceState[] {
    return stack.frames.map(({ key }): SliceState => {
      if (this.frames.failureOf(key) !== null) return 'failed';
      if ([...this.frames.levels(key)].length > 0) return 'there';
      if (this.frames.isLoaded(key)) return 'preview';
      return this.frames.isComing(key) ? 'coming' : 'missing';
    });
  }

  /**
   * Ask for the frame that the reader looks at. On a slow line a preview comes first, and nothing more before the reader
   * rests: then what fits the screen, which is a part of the stored pixels, and the rest of them.
   */
  want({ key }: FrameJson, [level, fitting]: readonly [number, number], somethingShown: boolean, still: boolean): void {
    const { schedule } = this.frames;
    if (!this.frames.previewsFirst(key)) schedule.want(requestOf(key, level));
    else if (!somethingShown) schedule.want(requestOf(key, PREVIEW));
    else if (still) {
      schedule.want(requestOf(key, level));
      if (fitting > level) schedule.want(requestOf(key, fitting));
    }
  }

  /** Previews are made in this window, for a picture of this size. */
  look(stack: StackJson, shades: Window | null, { clientWidth, clientHeight }: HTMLElement): void {
    const ratio = window.devicePixelRatio;
    this.frames.look(stack, { window: shades, width: clientWidth * ratio, height: clientHeight * ratio });
  }

  /** What a pane says of a preview that it shows. */
  previewWords({ key }: FrameJson, shades: Window | null, wanted: number, still: boolean): string {
    const made = this.frames.previewWindowOf(key);
    const cut = made && shades && !holds(made, shades);
    const of = cut ? `Preview, cut to C ${made.centre.toFixed(0)}  W ${made.width.toFixed(0)}` : 'Preview';
    if (this.frames.gaveUp(key, wanted)) return `${of}: the rest could not be loaded`;
    return still ? `${of}, loading…` : of;
  }

  private ask(stack: StackJson, level: number, order: readonly number[]): void {
    this.level = level;
    const keys = order.flatMap((index) => stack.frames[index] ?? []).map(({ key }) => key);
    const previews = keys.filter((key) => this.frames.previewsFirst(key)).map((key) => requestOf(key, PREVIEW));
    this.frames.schedule.plan(this.pane, [...previews, ...keys.map((key) => requestOf(key, level))]);
  }
}

function bytesPerPixel(stack: StackJson): number {
  if (stack.frames[0]?.colour) return 3;
  return stack.bits_stored > 8 ? 2 : 1;
}

/** Whether what one window shows between black and white is told apart in a picture made with another. */
function holds(made: Window, now: Window): boolean {
  const [there, asked] = [windowRange(made), windowRange(now)];
  return there.lower <= asked.lower + 1 && there.upper >= asked.upper - 1;
}
