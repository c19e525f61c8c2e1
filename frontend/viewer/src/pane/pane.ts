/** One pane: a stack in a Cornerstone viewport. What it is asked to show, and the choice of the pictures for that. */
import { Enums } from '@cornerstonejs/core';
import { imagePlane } from '../model/geometry';
import { type Flips, hangingFlips, NO_FLIPS } from '../model/orientation';
import type { FrameJson, Point, Preset, StackJson, Vector, Window } from '../model/pictures';
import { isPlain, type Presentation } from '../model/presentation';
import { fullRangeWindow, initialWindow } from '../model/windows';
import { h } from '../page/dom';
import type { FrameStore } from '../pixels/frame_store';
import { PREVIEW } from '../pixels/preview';
import { bestLevel, mayBeReduced } from '../pixels/resolution';
import type { Screen } from '../pixels/screen';
import type { SlabMaker } from '../pixels/slab_maker';
import { Composer, type Picture } from './composer';
import { ShownPane } from './shown_pane';

/** A reader who stands still this long is shown the stored resolution. */
const REST_MS = 350;
/** While a volume loads, its planes are made anew this often. */
const COMPLETING_MS = 250;
export interface PaneEvents {
  /** Slice, window, zoom, loading or failure changed. */
  changed: () => void;
  /** A picture has been drawn: overlays follow the camera. */
  drawn: () => void;
  /** The reader points at a place in the patient, for other panes to go there. */
  pointed?: (place: Vector) => void;
}

export class Pane extends ShownPane {
  readonly element: HTMLElement;
  events: PaneEvents = { changed: () => undefined, drawn: () => undefined };
  private readonly composer: Composer;
  private making = false;
  private completing = 0;
  private resting = false;
  private restTimer = 0;
  private readonly unsubscribe: () => void;

  constructor(
    readonly index: number,
    screen: Screen,
    frames: FrameStore,
    slabs: SlabMaker,
  ) {
    super(`pane-${index}`, screen, frames);
    this.composer = new Composer(this.viewportId, frames, slabs);
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

  /** The way of asking for previews or for depth changed. */
  askAnew(): void {
    this.goTo(this.target);
  }

  private get hungFlips(): Flips {
    const { stack } = this;
    const frame = stack?.frames[0];
    return stack && frame && !stack.hang_as_stored && !this.reformatted
      ? hangingFlips(stack.modality, stack.laterality, stack.view, frame.geometry)
      : NO_FLIPS;
  }

  private planFrames(): void {
    const { stack } = this;
    const first = stack?.frames[0];
    if (!stack || !first) return;
    this.plan.look(stack, this.window, this.picture);
    if (this.reformatted) this.plan.askForAll(stack, stack.frames.indexOf(this.nearestFrame));
    else this.plan.askAround(stack, this.target, this.levelOf(first));
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
