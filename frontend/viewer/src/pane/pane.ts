/** One pane: a stack in a Cornerstone viewport, its slice, window and camera, and what it shows beyond one slice. */
import { Enums, type Types } from '@cornerstonejs/core';
import type { FrameValues } from '../masks/value_range';
import { type Affine, applyAffine, type ImagePlane, imagePlane, invertAffine, pixelToWorld } from '../model/geometry';
import { chestWallEdge, edgeLetters, type Flips, hangingFlips, NO_FLIPS } from '../model/orientation';
import { isPlain, type Presentation } from '../model/presentation';
import type { FrameJson, Point, Preset, StackJson, Vector, Window } from '../model/types';
import { fullRangeWindow, initialWindow } from '../model/windows';
import { h } from '../page/dom';
import { valuesOf } from '../pixels/frame_image';
import { type FrameStore, requestOf } from '../pixels/frame_store';
import { PREVIEW } from '../pixels/preview';
import { bestLevel, levelFor, mayBeReduced } from '../pixels/resolution';
import type { Screen } from '../pixels/screen';
import type { SlabMaker } from '../pixels/slab_maker';
import { Composer, type Picture } from './composer';
import { FramePlan, type SliceState } from './frame_plan';
import { PaneScreen } from './pane_screen';
import { View } from './view';

/** A reader who stands still this long is shown the stored resolution. */
const REST_MS = 350;
/** While a volume loads, its planes are made anew this often. */
const COMPLETING_MS = 250;
/** The share of the memory for pictures that one volume may take. */
const VOLUME_SHARE = 0.75;

export interface PaneEvents {
  /** Slice, window, zoom, loading or failure changed. */
  changed: () => void;
  /** A picture has been drawn: overlays follow the camera. */
  drawn: () => void;
  /** The reader points at a place in the patient, for other panes to go there. */
  pointed?: (place: Vector) => void;
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
  private readonly view: View;
  private readonly composer: Composer;
  private readonly plan: FramePlan;
  private making = false;
  private completing = 0;
  /** Counts up whenever frames of this stack came, failed or were evicted. */
  loadedVersion = 0;
  /** The place that the reader pointed at, in this pane or in another one of the same volume. */
  crosshair: Vector | null = null;
  private resting = false;
  /** Nothing has moved for a while; whether every stored pixel may be had then is another question (`resting`). */
  private still = false;
  private restTimer = 0;
  private readonly viewportId: string;
  private readonly unsubscribe: () => void;
  private readonly display: PaneScreen;

  constructor(
    readonly index: number,
    screen: Screen,
    private readonly frames: FrameStore,
    slabs: SlabMaker,
  ) {
    this.viewportId = `pane-${index}`;
    this.view = new View(frames.memoryBytes * VOLUME_SHARE);
    this.composer = new Composer(this.viewportId, frames, slabs);
    this.plan = new FramePlan(this.viewportId, frames);
    this.picture = h('div', { class: 'pane-canvas' });
    this.display = new PaneScreen(this.viewportId, screen, this.picture);
    this.element = h('section', { class: 'pane', 'aria-label': `Pane ${index + 1}` }, this.picture);
    this.picture.addEventListener(Enums.Events.IMAGE_RENDERED, () => this.events.drawn());
    this.unsubscribe = frames.subscribe((key) => this.frameChanged(key));
  }

  /** The case is left. */
  close(): void {
    this.unsubscribe();
    this.disable();
  }

  /** Make the viewport; the element must be in the page and have a size. */
  enable(): void {
    if (!this.display.enable()) return;
    if (this.stack) this.openStack(this.stack, this.target);
  }

  disable(): void {
    this.frames.schedule.drop(this.viewportId);
    window.clearTimeout(this.restTimer);
    window.clearTimeout(this.completing);
    this.display.disable();
    this.shown = -1;
  }

  /** The screen was lost: with the next `enable` the picture is back where it was. */
  leaveScreen(): void {
    this.display.keepMap();
    this.disable();
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

  openStack(stack: StackJson, at: number): void {
    const same = this.stack?.key === stack.key;
    this.stack = stack;
    this.loadedVersion += 1;
    this.clearScreen();
    if (!same) {
      this.window = null;
      this.inverted = false;
      this.display.forgetMap();
      this.view.clear();
      this.crosshair = null;
    }
    this.element.classList.toggle('bar-left', this.edge === 'right');
    this.flips = this.hungFlips;
    this.goTo(at);
  }

  /** Show the stack as the case is hung: what `reset` returns to. Ask after `openStack`. */
  present(presentation: Presentation): void {
    if (!this.stack) return;
    this.turnTo(() => this.view.hang(this.stack as StackJson, presentation));
    const preset = this.stack.presets.find(({ name }) => name === presentation.preset);
    if (preset) this.setWindow(preset);
  }

  /** The reader wants it shown otherwise. */
  change(wish: Partial<Presentation>): void {
    const { stack } = this;
    if (stack) this.turnTo(() => this.view.ask(stack, { ...this.view.now, ...wish }));
  }

  /** The reader chose a window: a picture of three gives way to it. */
  choosePreset(preset: Preset): void {
    if (this.presentation.composition === 'three-window') this.change({ composition: 'window' });
    else if (!this.windowed) return;
    this.setWindow(preset);
  }

  /** Show an acquired slice, whatever plane is shown now. */
  goToFrame(index: number): void {
    if (this.reformatted) this.change({ plane: 'acquired' });
    this.goTo(index);
  }

  /** Show what lies at a place of the patient, in the plane that is shown. */
  goToPlace(place: Vector): void {
    const index = this.stack && this.view.indexAt(this.stack, place);
    if (index === null) return;
    this.goTo(index);
    this.view.place = place;
  }

  /** Point at what lies under a point of the browser's window; whether the picture knows its place in the patient. */
  pointAt(clientX: number, clientY: number): boolean {
    const place = this.placeAt(clientX, clientY);
    if (!place) return false;
    this.view.place = place;
    this.crosshair = place;
    this.events.pointed?.(place);
    this.events.changed();
    return true;
  }

  /** Show a slice as soon as it is there; the newest wish counts. */
  goTo(index: number): void {
    if (!this.stack) return;
    this.target = Math.min(Math.max(index, 0), this.count - 1);
    this.view.keepPlace(this.stack, this.target);
    this.stir();
    this.planFrames();
    this.showTarget();
    this.events.changed();
  }

  step(by: number): void {
    this.goTo(this.target + by);
  }

  /** How many panes share the memory for pictures. */
  shareMemory(panes: number): void {
    this.plan.sharing = panes;
  }

  retry(): void {
    const frame = this.targetFrame;
    if (frame) this.frames.retry(frame.key);
  }

  setWindow(window: Window): void {
    this.window = window;
    this.applyWindow();
    this.viewport?.render();
    if (this.stack) this.plan.look(this.stack, window, this.picture);
    // A preview holds no more than its window did: another is asked for, and the stored pixels once the reader rests.
    if (this.level === PREVIEW) {
      this.stir();
      this.showTarget();
    }
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
    this.display.camera.turn(this.flips);
    if (this.edge) this.display.camera.hangAt(this.edge, this.picture.clientWidth);
    this.looked();
  }

  /** Presentation, window, inversion and camera as they were when the stack was opened. */
  reset(): void {
    const { stack } = this;
    if (!stack || this.shown < 0) return;
    this.turnTo(() => this.view.reset(stack));
    this.inverted = false;
    this.crosshair = null;
    this.window = this.firstWindow(this.nearestFrame);
    this.applyWindow();
    this.fit();
  }

  /** Zoom by a factor, keeping what lies under a point of the pane where it is. */
  zoomBy(factor: number, at: Point): void {
    if (this.shown >= 0 && this.display.camera.zoomBy(factor, at)) this.looked();
  }

  panBy(from: Point, to: Point): void {
    if (this.shown < 0) return;
    this.display.camera.panBy(from, to);
    this.looked();
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

  /** The way of asking for previews or for depth changed. */
  askAnew(): void {
    this.goTo(this.target);
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

  private get hungFlips(): Flips {
    const { stack } = this;
    const frame = stack?.frames[0];
    return stack && frame && !stack.hang_as_stored && !this.reformatted
      ? hangingFlips(stack.modality, stack.laterality, stack.view, frame.geometry)
      : NO_FLIPS;
  }

  /** The edge at which a breast hangs; none while its side is in doubt. */
  get edge(): 'left' | 'right' | null {
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

  private planFrames(): void {
    const { stack } = this;
    const first = stack?.frames[0];
    if (!stack || !first) return;
    this.plan.look(stack, this.window, this.picture);
    if (this.reformatted) this.plan.askForAll(stack, stack.frames.indexOf(this.nearestFrame));
    else this.plan.askAround(stack, this.target, this.levelOf(first));
  }

  private get nearestFrame(): FrameJson {
    return this.frame ?? this.view.nearestFrame(this.stack as StackJson);
  }

  private frameChanged(key: string): void {
    // A frame's key begins with its stack's.
    if (!this.stack || !key.startsWith(this.stack.key)) return;
    this.loadedVersion += 1;
    if (this.reformatted) this.completeSoon();
    else if (key === this.targetFrame?.key || this.presentation.slab.mode !== 'none') this.showTarget();
    this.events.changed();
  }

  private completeSoon(): void {
    this.completing ||= window.setTimeout(() => {
      this.completing = 0;
      this.showTarget();
    }, COMPLETING_MS);
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
    this.still = false;
    window.clearTimeout(this.restTimer);
    const frame = this.targetFrame;
    if (!this.stack || !frame) return;
    if (!mayBeReduced(this.stack, frame) && !this.frames.previewsFirst(frame.key)) return;
    this.restTimer = window.setTimeout(() => {
      if (this.shown !== this.target) {
        this.stir();
        return;
      }
      // Zooming may have changed what is worth having of the other slices.
      if (this.plan.level !== this.levelOf(frame)) this.planFrames();
      this.still = true;
      this.resting = this.stack !== null && this.plan.mayRestWhole(this.stack);
      this.showTarget();
      this.events.changed();
    }, REST_MS);
  }

  private showTarget(): void {
    if (!this.viewport || !this.stack || this.failure !== null || this.display.busy) return;
    if (!isPlain(this.presentation)) {
      this.showComposed(this.stack);
      return;
    }
    const frame = this.targetFrame;
    if (!frame) return;
    const wanted = this.resting ? 0 : this.levelOf(frame);
    const isShown = this.shown === this.target && this.display.picture?.key === '';
    if (isShown && this.level <= wanted) return;
    const level = bestLevel(this.frames.shownLevels(frame.key), wanted);
    if (level === null || level > wanted)
      this.plan.want(frame, [wanted, this.levelOf(frame)], level !== null, this.still);
    const image = level === null ? undefined : this.frames.image(frame.key, level);
    if (level === null || !image || image === this.display.picture?.image) return;
    // Of a preview another one may come, for another window.
    if (isShown && level >= this.level && level !== PREVIEW) return;
    const { columns, rows } = this.stack;
    const plane = imagePlane(frame.geometry);
    void this.show({ key: '', index: this.target, level, image, plane, columns, rows, said: [] });
  }

  /** A picture that must be made first. One at a time: when it is shown, the newest wish is looked at. */
  private showComposed(stack: StackJson): void {
    if (this.making) return;
    const frame = this.targetFrame;
    const wish = this.composer.wish(stack, this.view, this.target, frame ? this.levelOf(frame) : 0);
    if (!wish || wish.key === this.display.picture?.key) return;
    const generation = this.display.generation;
    const made = wish.make();
    if (!(made instanceof Promise)) {
      void this.show(made);
      return;
    }
    this.making = true;
    made
      .then(
        (picture) => generation === this.display.generation && void this.show(picture),
        (error: unknown) => this.view.giveUp(stack, error),
      )
      .finally(() => {
        this.making = false;
        this.showTarget();
        this.events.changed();
      });
  }

  private async show(picture: Picture): Promise<void> {
    const { frame: before, level } = this;
    this.shown = picture.index;
    this.level = picture.level;
    this.window ??= this.firstWindow(this.nearestFrame);
    const there = await this.display.show(picture, this, () => this.applyWindow());
    // What was shown whole at rest would fill the memory after a while of reading.
    if (there && before && before !== this.frame && level < this.levelOf(before)) {
      this.frames.release(before.key, level);
    }
    if (there) this.events.changed();
    // The reader may have gone on while the viewport was being set up, or zoomed in.
    this.showTarget();
  }

  /** Change the presentation; another plane begins where the reader is. */
  private turnTo(change: () => void): void {
    const before = this.view.planes;
    change();
    if (this.view.planes === before) {
      this.showTarget();
      this.events.changed();
      return;
    }
    this.clearScreen();
    this.display.forgetMap();
    this.flips = this.hungFlips;
    const { place } = this.view;
    this.goTo((place && this.stack && this.view.indexAt(this.stack, place)) ?? 0);
  }

  private clearScreen(): void {
    this.display.clear();
    this.shown = -1;
  }

  private firstWindow(frame: FrameJson): Window | null {
    const { stack } = this;
    if (!stack) return null;
    const preset = stack.presets.find(({ name }) => name === this.presentation.preset);
    return preset ?? initialWindow(stack, frame) ?? this.rangeOf(frame);
  }

  private rangeOf(frame: FrameJson): Window | null {
    const image = this.frames.image(frame.key, this.level);
    return image && !frame.colour ? fullRangeWindow(image.minPixelValue, image.maxPixelValue) : null;
  }

  private applyWindow(): void {
    if (!this.stack || this.shown < 0) return;
    if (this.windowed) this.display.setWindow(this.window, this.inverted !== this.nearestFrame.inverted);
    else this.display.setWindow(null, this.inverted);
  }
}
