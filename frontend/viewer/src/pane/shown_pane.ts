/** What a pane shows and where on the screen it lies: all that others read of it. What changes it is in Pane. */
import type { Types } from '@cornerstonejs/core';
import type { FrameValues } from '../masks/value_range';
import { type Affine, applyAffine, type ImagePlane, invertAffine, pixelToWorld } from '../model/geometry';
import { chestWallEdge, edgeLetters, type Flips, NO_FLIPS } from '../model/orientation';
import type { FrameJson, StackJson, Vector, Window } from '../model/pictures';
import type { Presentation } from '../model/presentation';
import { h } from '../page/dom';
import { valuesOf } from '../pixels/frame_image';
import { type FrameStore, requestOf } from '../pixels/frame_store';
import { PREVIEW } from '../pixels/preview';
import { levelFor, mayBeReduced } from '../pixels/resolution';
import type { Screen } from '../pixels/screen';
import { FramePlan, type SliceState } from './frame_plan';
import { PaneScreen } from './pane_screen';
import { View } from './view';

/** The share of the memory for pictures that one volume may take. */
const VOLUME_SHARE = 0.75;

export class ShownPane {
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
  /** Counts up whenever frames of this stack came, failed or were evicted. */
  loadedVersion = 0;
  /** The place that the reader pointed at, in this pane or in another one of the same volume. */
  crosshair: Vector | null = null;
  /** Nothing has moved for a while. */
  protected still = false;
  protected readonly view: View;
  protected readonly plan: FramePlan;
  protected readonly display: PaneScreen;

  constructor(
    protected readonly viewportId: string,
    screen: Screen,
    protected readonly frames: FrameStore,
  ) {
    this.view = new View(frames.memoryBytes * VOLUME_SHARE);
    this.plan = new FramePlan(viewportId, frames);
    this.picture = h('div', { class: 'pane-canvas' });
    this.display = new PaneScreen(viewportId, screen, this.picture);
  }

  get viewport(): Types.IStackViewport | null {
    return this.display.viewport;
  }

  /** The frame that is on the screen, with a slab its middle one; null on a reformatted plane: no mark can lie there. */
  get frame(): FrameJson | null {
    return this.reformatted ? null : (this.stack?.frames[this.shown] ?? null);
  }

  get targetFrame(): FrameJson | null {
    return this.reformatted ? null : (this.stack?.frames[this.target] ?? null);
  }

  /** How the stack is presented now. */
  get presentation(): Presentation {
    return this.view.now;
  }

  /** A plane through the volume is shown, not a slice of it. */
  get reformatted(): boolean {
    return this.view.planes !== null;
  }

  /** How many slices or planes there are to scroll through. */
  get count(): number {
    return this.view.planes?.count ?? this.stack?.frames.length ?? 0;
  }

  /** What the picture says of itself beyond slice and window. */
  get said(): readonly string[] {
    return this.display.picture?.said ?? [];
  }

  /** Why something that was asked for is not shown; "" as a rule. */
  get refusal(): string {
    return this.view.refusal;
  }

  /** Whether the window means anything: not in colour. */
  get windowed(): boolean {
    return this.display.picture !== null && !this.display.picture.image.color;
  }

  /** The plane of the picture on the screen. */
  get plane(): ImagePlane | null {
    return this.display.picture?.plane ?? null;
  }

  /** The size of that picture in its own pixels. */
  get size(): { columns: number; rows: number } {
    return { columns: this.display.picture?.columns ?? 1, rows: this.display.picture?.rows ?? 1 };
  }

  get failure(): string | null {
    const frame = this.targetFrame;
    return frame ? this.frames.failureOf(frame.key) : null;
  }

  get loading(): boolean {
    return this.stack !== null && this.shown !== this.target && this.failure === null;
  }

  /** Stored pixels to CSS pixels of the pane, for the picture on the screen. */
  get pixelToPane(): Affine | null {
    return this.display.camera.pixelToPane;
  }

  /** The stored pixel under a point of the browser's window, or null when no picture is shown. */
  pixelAt(clientX: number, clientY: number): [number, number] | null {
    const affine = this.pixelToPane;
    if (!affine) return null;
    const box = this.picture.getBoundingClientRect();
    return applyAffine(invertAffine(affine), [clientX - box.left, clientY - box.top]);
  }

  /** The place in the patient under a point of the browser's window; null where slices say no place. */
  placeAt(clientX: number, clientY: number): Vector | null {
    const pixel = this.pixelAt(clientX, clientY);
    const { plane } = this;
    return pixel && plane && this.view.place ? pixelToWorld(plane, pixel) : null;
  }

  panePoint(clientX: number, clientY: number): [number, number] {
    const box = this.picture.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  }

  /** Screen pixels a stored pixel. */
  get zoom(): number {
    return this.display.camera.zoom;
  }

  get letters(): ReturnType<typeof edgeLetters> {
    const geometry = this.frame?.geometry ?? null;
    const { planes } = this.view;
    if (planes) return edgeLetters({ orientation: [...planes.right, ...planes.down] as never }, this.flips);
    return geometry ? edgeLetters(geometry, this.flips) : null;
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
  loaded(): readonly SliceState[] {
    return this.stack ? this.plan.states(this.stack) : [];
  }

  /** How many slices are in memory as fine as this pane needs them. */
  get loadedCount(): number {
    const asNeeded = (f: FrameJson): boolean =>
      [...this.frames.levels(f.key)].some((level) => level <= this.plan.level);
    return this.stack?.frames.filter(asNeeded).length ?? 0;
  }

  /** Said while the picture has fewer pixels than the screen; "" as a rule. */
  get coarseness(): string {
    const { frame } = this;
    if (!frame || this.level === 0) return '';
    const wanted = this.levelOf(frame);
    if (this.level <= wanted) return '';
    if (this.level === PREVIEW) return this.plan.previewWords(frame, this.window, wanted, this.still);
    return this.frames.gaveUp(frame.key, wanted) ? 'Coarse: the rest could not be loaded' : 'Coarse, loading…';
  }

  /** The edge at which a breast hangs; none while its side is in doubt. */
  get edge(): 'left' | 'right' | null {
    const { stack } = this;
    return stack && !stack.hang_as_stored ? chestWallEdge(stack.modality, stack.laterality) : null;
  }

  /** The level that has a sample for every pixel of the screen. */
  protected levelOf(frame: FrameJson): number {
    const { stack, picture } = this;
    if (!stack || !mayBeReduced(stack, frame)) return 0;
    const fitting = Math.min(picture.clientWidth / stack.columns, picture.clientHeight / stack.rows);
    return levelFor((this.shown >= 0 ? this.zoom : fitting) * window.devicePixelRatio);
  }

  protected get nearestFrame(): FrameJson {
    return this.frame ?? this.view.nearestFrame(this.stack as StackJson);
  }
}
