/** One pane: a stack in a Cornerstone viewport, its slice, window and camera. */
import { Enums, type RenderingEngine, type Types } from '@cornerstonejs/core';
import {
  type Affine,
  affineScale,
  affineThrough,
  applyAffine,
  type ImagePlane,
  imagePlane,
  invertAffine,
  pixelToWorld,
} from '../model/geometry';
import { chestWallEdge, edgeLetters, type Flips, hangingFlips, NO_FLIPS } from '../model/orientation';
import type { FrameJson, Point, StackJson, Window } from '../model/types';
import { fullRangeWindow, initialWindow, windowRange } from '../model/windows';
import { h } from '../page/dom';
import { type FrameStore, imageIdOf } from '../pixels/frame_store';
import { forward, framesThatFit, outward } from '../pixels/prefetch';

export interface PaneEvents {
  /** Slice, window, zoom, loading or failure changed. */
  changed: () => void;
  /** A picture has been drawn: overlays follow the camera. */
  drawn: () => void;
}

export class Pane {
  readonly element: HTMLElement;
  readonly picture: HTMLDivElement;
  stack: StackJson | null = null;
  /** The slice that the reader asked for, and the one that is on the screen. */
  target = 0;
  shown = -1;
  window: Window | null = null;
  inverted = false;
  flips: Flips = NO_FLIPS;
  events: PaneEvents = { changed: () => undefined, drawn: () => undefined };
  /** Counts up whenever frames of this stack came, failed or were evicted. */
  loadedVersion = 0;
  private sharing = 1;
  private stackGeneration = 0;
  private readonly viewportId: string;

  constructor(
    readonly index: number,
    private readonly engine: RenderingEngine,
    private readonly frames: FrameStore,
  ) {
    this.viewportId = `pane-${index}`;
    this.picture = h('div', { class: 'pane-canvas' });
    this.element = h('section', { class: 'pane', 'aria-label': `Pane ${index + 1}` }, this.picture);
    frames.subscribe((key) => this.frameChanged(key));
  }

  /** Make the viewport; the element must be in the page and have a size. */
  enable(): void {
    if (this.engine.getViewport(this.viewportId)) return;
    this.engine.enableElement({
      viewportId: this.viewportId,
      type: Enums.ViewportType.STACK,
      element: this.picture,
      defaultOptions: { background: [0, 0, 0] },
    });
    this.picture.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.events.drawn());
    if (this.stack) this.openStack(this.stack, this.target);
  }

  disable(): void {
    this.frames.schedule.drop(this.viewportId);
    if (this.engine.getViewport(this.viewportId)) this.engine.disableElement(this.viewportId);
    this.shown = -1;
  }

  get viewport(): Types.IStackViewport | null {
    return (this.engine.getViewport(this.viewportId) as Types.IStackViewport | undefined) ?? null;
  }

  /** The frame that is on the screen. */
  get frame(): FrameJson | null {
    return this.stack?.frames[this.shown] ?? null;
  }

  get targetFrame(): FrameJson | null {
    return this.stack?.frames[this.target] ?? null;
  }

  get failure(): string | null {
    const frame = this.targetFrame;
    return frame ? this.frames.failureOf(frame.key) : null;
  }

  get loading(): boolean {
    return this.stack !== null && this.shown !== this.target && this.failure === null;
  }

  openStack(stack: StackJson, at: number): void {
    const same = this.stack?.key === stack.key;
    this.stack = stack;
    this.stackGeneration += 1;
    this.loadedVersion += 1;
    this.shown = -1;
    if (!same) {
      this.window = null;
      this.inverted = false;
    }
    const edge = chestWallEdge(stack.modality, stack.laterality);
    this.element.classList.toggle('bar-left', edge === 'right');
    const frame = stack.frames[0];
    this.flips = frame ? hangingFlips(stack.modality, stack.laterality, stack.view, frame.geometry) : NO_FLIPS;
    this.goTo(at);
  }

  /** Show a slice as soon as it is there; the newest wish counts. */
  goTo(index: number): void {
    if (!this.stack) return;
    this.target = Math.min(Math.max(index, 0), this.stack.frames.length - 1);
    this.plan();
    this.showTarget();
    this.events.changed();
  }

  step(by: number): void {
    this.goTo(this.target + by);
  }

  /** How many panes share the memory for pictures. */
  shareMemory(panes: number): void {
    this.sharing = panes;
  }

  retry(): void {
    const frame = this.targetFrame;
    if (frame) this.frames.retry(frame.key);
  }

  setWindow(window: Window): void {
    this.window = window;
    this.applyWindow();
    this.viewport?.render();
    this.events.changed();
  }

  toggleInvert(): void {
    this.inverted = !this.inverted;
    this.applyWindow();
    this.viewport?.render();
    this.events.changed();
  }

  fit(): void {
    const viewport = this.viewport;
    if (!viewport || this.shown < 0) return;
    viewport.resetCamera();
    this.applyFlips();
    this.hangAtEdge();
    viewport.render();
    this.events.changed();
  }

  /** Window, inversion and camera as they were when the stack was opened. */
  reset(): void {
    const frame = this.frame;
    if (!this.stack || !frame) return;
    this.inverted = false;
    this.window = initialWindow(this.stack, frame) ?? this.rangeOf(frame);
    this.applyWindow();
    this.fit();
  }

  /** Zoom by a factor, keeping what lies under a point of the pane where it is. */
  zoomBy(factor: number, at: Point): void {
    const viewport = this.viewport;
    if (!viewport || this.shown < 0) return;
    const before = viewport.canvasToWorld([at[0], at[1]]);
    const scale = viewport.getCamera().parallelScale ?? 1;
    const zoom = this.zoom * factor;
    if (zoom < 0.02 || zoom > 60) return;
    viewport.setCamera({ parallelScale: scale / factor });
    const after = viewport.canvasToWorld([at[0], at[1]]);
    this.shift(before, after);
  }

  panBy(from: Point, to: Point): void {
    const viewport = this.viewport;
    if (!viewport || this.shown < 0) return;
    this.shift(viewport.canvasToWorld([from[0], from[1]]), viewport.canvasToWorld([to[0], to[1]]));
  }

  private shift(before: Types.Point3, after: Types.Point3): void {
    const viewport = this.viewport;
    if (!viewport) return;
    const { focalPoint, position } = viewport.getCamera();
    if (!focalPoint || !position) return;
    const by = (p: Types.Point3): Types.Point3 => [
      p[0] + before[0] - after[0],
      p[1] + before[1] - after[1],
      p[2] + before[2] - after[2],
    ];
    viewport.setCamera({ focalPoint: by(focalPoint), position: by(position) });
    viewport.render();
    this.events.changed();
  }

  /** Stored pixels to CSS pixels of the pane, for the picture on the screen. */
  get pixelToPane(): Affine | null {
    const viewport = this.viewport;
    const plane = this.plane;
    if (!viewport || !plane) return null;
    const at = (p: Point): Point => viewport.worldToCanvas(pixelToWorld(plane, p)) as Point;
    // Far corners, so that rounding in the camera's matrices divides out.
    const columns = this.stack?.columns ?? 1;
    const rows = this.stack?.rows ?? 1;
    const origin = at([0, 0]);
    const right = at([columns, 0]);
    const down = at([0, rows]);
    return affineThrough(
      origin,
      [origin[0] + (right[0] - origin[0]) / columns, origin[1] + (right[1] - origin[1]) / columns],
      [origin[0] + (down[0] - origin[0]) / rows, origin[1] + (down[1] - origin[1]) / rows],
    );
  }

  /** The stored pixel under a point of the browser's window, or null when no picture is shown. */
  pixelAt(clientX: number, clientY: number): [number, number] | null {
    const affine = this.pixelToPane;
    if (!affine) return null;
    const box = this.picture.getBoundingClientRect();
    return applyAffine(invertAffine(affine), [clientX - box.left, clientY - box.top]);
  }

  panePoint(clientX: number, clientY: number): [number, number] {
    const box = this.picture.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  }

  /** Screen pixels a stored pixel. */
  get zoom(): number {
    const affine = this.pixelToPane;
    return affine ? affineScale(affine) : 1;
  }

  get letters(): ReturnType<typeof edgeLetters> {
    return this.frame ? edgeLetters(this.frame.geometry, this.flips) : null;
  }

  /** Which slices are in memory: for the scroll bar. */
  loaded(): { there: boolean[]; failed: boolean[] } {
    const list = this.stack?.frames ?? [];
    return {
      there: list.map((f) => this.frames.isLoaded(f.key)),
      failed: list.map((f) => this.frames.failureOf(f.key) !== null),
    };
  }

  private get plane(): ImagePlane | null {
    return this.frame ? imagePlane(this.frame.geometry) : null;
  }

  private plan(): void {
    if (!this.stack) return;
    const { frames, kind, rows, columns } = this.stack;
    const bytes = rows * columns * (frames[0]?.colour ? 3 : this.stack.bits_stored > 8 ? 2 : 1);
    const most = framesThatFit(this.frames.memoryBytes, bytes, this.sharing);
    const order =
      kind === 'cine' ? forward(this.target, frames.length, most) : outward(this.target, frames.length, most);
    this.frames.schedule.plan(
      this.viewportId,
      order.map((i) => (frames[i] as FrameJson).key),
    );
  }

  private frameChanged(key: string): void {
    // A frame's key begins with its stack's.
    if (!this.stack || !key.startsWith(this.stack.key)) return;
    this.loadedVersion += 1;
    if (key === this.targetFrame?.key && this.shown !== this.target) this.showTarget();
    this.events.changed();
  }

  private showTarget(): void {
    const frame = this.targetFrame;
    const viewport = this.viewport;
    if (!frame || !viewport || !this.stack || this.shown === this.target) return;
    if (!this.frames.isLoaded(frame.key)) {
      this.frames.schedule.want(frame.key);
      return;
    }
    void this.display(this.target, frame);
  }

  private async display(index: number, frame: FrameJson): Promise<void> {
    const viewport = this.viewport;
    const stack = this.stack;
    if (!viewport || !stack) return;
    const generation = this.stackGeneration;
    const first = this.shown < 0;
    this.shown = index;
    if (first) {
      this.window ??= initialWindow(stack, frame) ?? this.rangeOf(frame);
      await viewport.setStack(
        stack.frames.map((f) => imageIdOf(f.key)),
        index,
      );
      if (generation !== this.stackGeneration) return;
      this.applyWindow();
      viewport.resetCamera();
      this.applyFlips();
      this.hangAtEdge();
    } else {
      await viewport.setImageIdIndex(index);
    }
    if (generation !== this.stackGeneration) return;
    viewport.render();
    this.events.changed();
    // The reader may have gone on while the stack was being set up.
    if (this.shown !== this.target) this.showTarget();
  }

  private rangeOf(frame: FrameJson): Window | null {
    const image = this.frames.image(frame.key);
    return image && !frame.colour ? fullRangeWindow(image.minPixelValue, image.maxPixelValue) : null;
  }

  private applyWindow(): void {
    const frame = this.frame;
    const viewport = this.viewport;
    if (!frame || !viewport) return;
    const invert = this.inverted !== frame.inverted;
    if (this.window && !frame.colour) {
      const { lower, upper } = windowRange(this.window);
      const sigmoid = this.window.function === 'SIGMOID';
      const fn = sigmoid ? Enums.VOILUTFunctionType.SAMPLED_SIGMOID : Enums.VOILUTFunctionType.LINEAR;
      viewport.setProperties({ voiRange: { lower, upper }, VOILUTFunction: fn, invert });
    } else {
      viewport.setProperties({ invert });
    }
  }

  /** A breast hangs with its chest wall at the inner edge of the pane. */
  private hangAtEdge(): void {
    const edge = this.stack ? chestWallEdge(this.stack.modality, this.stack.laterality) : null;
    const affine = this.pixelToPane;
    if (!edge || !affine || !this.stack) return;
    const ends = [applyAffine(affine, [0, 0])[0], applyAffine(affine, [this.stack.columns, this.stack.rows])[0]];
    const at = edge === 'left' ? Math.min(...ends) : Math.max(...ends);
    this.panBy([at, 0], [edge === 'left' ? 0 : this.picture.clientWidth, 0]);
  }

  private applyFlips(): void {
    const { horizontal, vertical } = this.flips;
    if (horizontal || vertical) this.viewport?.setCamera({ flipHorizontal: horizontal, flipVertical: vertical });
  }
}
