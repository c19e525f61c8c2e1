/** One pane: a stack in a Cornerstone viewport, its slice, window and camera. */
import { Enums, type Types } from '@cornerstonejs/core';
import type { FrameValues } from '../masks/value_range';
import { type Affine, applyAffine, imagePlane, invertAffine } from '../model/geometry';
import { chestWallEdge, edgeLetters, type Flips, hangingFlips, NO_FLIPS } from '../model/orientation';
import type { FrameJson, Point, StackJson, Window } from '../model/types';
import { fullRangeWindow, initialWindow, windowRange } from '../model/windows';
import { h } from '../page/dom';
import { valuesOf } from '../pixels/frame_image';
import { type FrameStore, imageIdOf, requestOf } from '../pixels/frame_store';
import { forward, framesThatFit, outward } from '../pixels/prefetch';
import { bestLevel, levelFor, mayBeReduced, sizeAt } from '../pixels/resolution';
import type { Screen } from '../pixels/screen';
import { Camera } from './camera';

/** A reader who stands still this long is shown the stored resolution. */
const REST_MS = 350;

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
  /** The resolution on the screen: 0 is the stored one, each level halves it. */
  level = 0;
  window: Window | null = null;
  inverted = false;
  flips: Flips = NO_FLIPS;
  events: PaneEvents = { changed: () => undefined, drawn: () => undefined };
  /** Counts up whenever frames of this stack came, failed or were evicted. */
  loadedVersion = 0;
  private sharing = 1;
  private stackGeneration = 0;
  private resting = false;
  /** The level at which the other slices are asked for. */
  private planned = 0;
  private restTimer = 0;
  private readonly viewportId: string;
  private readonly unsubscribe: () => void;
  private readonly camera = new Camera(() => ({
    viewport: this.viewport,
    plane: this.frame ? imagePlane(this.frame.geometry) : null,
    columns: this.stack?.columns ?? 1,
    rows: this.stack?.rows ?? 1,
  }));

  constructor(
    readonly index: number,
    private readonly screen: Screen,
    private readonly frames: FrameStore,
  ) {
    this.viewportId = `pane-${index}`;
    this.picture = h('div', { class: 'pane-canvas' });
    this.element = h('section', { class: 'pane', 'aria-label': `Pane ${index + 1}` }, this.picture);
    this.unsubscribe = frames.subscribe((key) => this.frameChanged(key));
  }

  private get engine(): Screen['engine'] {
    return this.screen.engine;
  }

  /** The case is left. */
  close(): void {
    this.unsubscribe();
    this.disable();
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
    window.clearTimeout(this.restTimer);
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
    this.element.classList.toggle('bar-left', this.edge === 'right');
    const frame = stack.frames[0];
    this.flips =
      frame && !stack.hang_as_stored
        ? hangingFlips(stack.modality, stack.laterality, stack.view, frame.geometry)
        : NO_FLIPS;
    this.goTo(at);
  }

  /** Show a slice as soon as it is there; the newest wish counts. */
  goTo(index: number): void {
    if (!this.stack) return;
    this.target = Math.min(Math.max(index, 0), this.stack.frames.length - 1);
    this.stir();
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
    this.camera.turn(this.flips);
    if (this.edge) this.camera.hangAt(this.edge, this.picture.clientWidth);
    this.looked();
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
    if (this.shown >= 0 && this.camera.zoomBy(factor, at)) this.looked();
  }

  panBy(from: Point, to: Point): void {
    if (this.shown < 0) return;
    this.camera.panBy(from, to);
    this.looked();
  }

  /** Stored pixels to CSS pixels of the pane, for the picture on the screen. */
  get pixelToPane(): Affine | null {
    return this.camera.pixelToPane;
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
    return this.camera.zoom;
  }

  get letters(): ReturnType<typeof edgeLetters> {
    return this.frame ? edgeLetters(this.frame.geometry, this.flips) : null;
  }

  /**
   * The modality values of the frame on the screen, every stored pixel; null while they are not in memory: then they are
   * asked for.
   */
  values(): FrameValues | null {
    const { frame, stack } = this;
    if (!frame || !stack) return null;
    const image = this.frames.image(frame.key, 0);
    if (image) return valuesOf(image);
    this.frames.schedule.want(requestOf(frame.key, 0));
    return null;
  }

  /** Which slices are in memory: for the scroll bar. */
  loaded(): { there: boolean[]; failed: boolean[] } {
    const list = this.stack?.frames ?? [];
    return {
      there: list.map((f) => this.frames.isLoaded(f.key)),
      failed: list.map((f) => this.frames.failureOf(f.key) !== null),
    };
  }

  /** How many slices are in memory as fine as this pane needs them. */
  get loadedCount(): number {
    const asNeeded = (f: FrameJson): boolean => [...this.frames.levels(f.key)].some((level) => level <= this.planned);
    return this.stack?.frames.filter(asNeeded).length ?? 0;
  }

  /** Said while the picture has fewer pixels than the screen; "" as a rule. */
  get coarseness(): string {
    const { frame } = this;
    if (!frame || this.level === 0) return '';
    const wanted = this.levelOf(frame);
    if (this.level <= wanted) return '';
    return this.frames.gaveUp(frame.key, wanted) ? 'Coarse: the rest could not be loaded' : 'Coarse, loading…';
  }

  /** The edge at which a breast hangs; none while its side is in doubt. */
  private get edge(): 'left' | 'right' | null {
    const { stack } = this;
    return stack && !stack.hang_as_stored ? chestWallEdge(stack.modality, stack.laterality) : null;
  }

  /** The level that has a sample for every pixel of the screen. */
  private levelOf(frame: FrameJson): number {
    const { stack, picture } = this;
    if (!stack || !mayBeReduced(stack, frame)) return 0;
    const fitting = Math.min(picture.clientWidth / stack.columns, picture.clientHeight / stack.rows);
    return levelFor((this.shown >= 0 ? this.zoom : fitting) * window.devicePixelRatio);
  }

  private get bytesPerPixel(): number {
    if (this.stack?.frames[0]?.colour) return 3;
    return (this.stack?.bits_stored ?? 8) > 8 ? 2 : 1;
  }

  private plan(): void {
    if (!this.stack) return;
    const { frames, kind, rows, columns } = this.stack;
    const level = frames[0] ? this.levelOf(frames[0]) : 0;
    this.planned = level;
    const bytes = sizeAt(level, rows) * sizeAt(level, columns) * this.bytesPerPixel;
    const most = framesThatFit(this.frames.memoryBytes, bytes, this.sharing);
    const order =
      kind === 'cine' ? forward(this.target, frames.length, most) : outward(this.target, frames.length, most);
    this.frames.schedule.plan(
      this.viewportId,
      order.map((i) => requestOf((frames[i] as FrameJson).key, level)),
    );
  }

  private frameChanged(key: string): void {
    // A frame's key begins with its stack's.
    if (!this.stack || !key.startsWith(this.stack.key)) return;
    this.loadedVersion += 1;
    if (key === this.targetFrame?.key) this.showTarget();
    this.events.changed();
  }

  /** The pane has another size: Cornerstone keeps the camera, but a stored pixel covers more or less of the screen. */
  resized(): void {
    if (this.shown >= 0) this.looked();
  }

  /** The camera moved: the picture may need another resolution. */
  private looked(): void {
    this.viewport?.render();
    this.stir();
    this.showTarget();
    this.events.changed();
  }

  /** Something moves; a while after the last move the reader rests, and is shown every stored pixel. */
  private stir(): void {
    this.resting = false;
    window.clearTimeout(this.restTimer);
    const frame = this.targetFrame;
    if (!this.stack || !frame || !mayBeReduced(this.stack, frame)) return;
    this.restTimer = window.setTimeout(() => {
      if (this.shown !== this.target) {
        this.stir();
        return;
      }
      // Zooming may have changed what is worth having of the other slices.
      if (this.planned !== this.levelOf(frame)) this.plan();
      const whole = this.stack ? this.stack.rows * this.stack.columns * this.bytesPerPixel : 0;
      this.resting = whole * this.sharing <= this.frames.memoryBytes / 2;
      this.showTarget();
    }, REST_MS);
  }

  private showTarget(): void {
    const frame = this.targetFrame;
    if (!frame || !this.viewport || !this.stack || this.failure !== null) return;
    const wanted = this.resting ? 0 : this.levelOf(frame);
    const isShown = this.shown === this.target;
    if (isShown && this.level <= wanted) return;
    const level = bestLevel(this.frames.levels(frame.key), wanted);
    if (level === null || level > wanted) this.frames.schedule.want(requestOf(frame.key, wanted));
    if (level === null || (isShown && level >= this.level)) return;
    void this.display(this.target, frame, level);
  }

  private async display(index: number, frame: FrameJson, level: number): Promise<void> {
    const viewport = this.viewport;
    const stack = this.stack;
    const image = this.frames.image(frame.key, level);
    if (!viewport || !stack || !image) return;
    const generation = this.stackGeneration;
    const first = this.shown < 0;
    const before = { frame: this.frame, level: this.level, map: first ? null : this.pixelToPane };
    this.shown = index;
    this.level = level;
    if (first) {
      this.window ??= initialWindow(stack, frame) ?? this.rangeOf(frame);
      await viewport.setStack([imageIdOf(frame.key, level)], 0);
      if (generation !== this.stackGeneration) return;
      this.applyWindow();
      viewport.resetCamera();
      this.camera.turn(this.flips);
      if (this.edge) this.camera.hangAt(this.edge, this.picture.clientWidth);
    } else {
      viewport.renderImageObject(image);
      if (before.map && before.level !== level) this.camera.restore(before.map);
      // What was shown whole at rest would fill the memory after a while of reading.
      if (before.frame && before.frame !== frame && before.level < this.levelOf(frame)) {
        this.frames.release(before.frame.key, before.level);
      }
    }
    viewport.render();
    this.events.changed();
    // The reader may have gone on while the stack was being set up, or zoomed in.
    this.showTarget();
  }

  private rangeOf(frame: FrameJson): Window | null {
    const image = this.frames.image(frame.key, this.level);
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
}
