/** Mouse on a pane: which tool a button starts, the wheel, and the double click. */
import { type DragAct, dragAct, type MousePreset } from '../input/mouse';
import type { Acts } from '../store/acts';
import type { Ui } from '../store/ui';
import { crosshairTool } from '../tools/crosshair_tool';
import { resizeBrush } from '../tools/painting';
import { panTool } from '../tools/pan_tool';
import { toolNamed } from '../tools/registry';
import { scrollTool } from '../tools/scroll_tool';
import type { Gesture, HalfDrawn, Stage, Tool } from '../tools/tool';
import { windowTool } from '../tools/window_tool';
import { zoomTool } from '../tools/zoom_tool';
import type { PaneUnit } from './pane_grid';

const WHEEL_STEP = 60;

const BY_ACT: Record<Exclude<DragAct, 'tool'>, Tool> = {
  window: windowTool,
  zoom: zoomTool,
  pan: panTool,
  scroll: scrollTool,
};

/** The tool that a press starts: by the reader's own mouse, or the chosen one. */
function toolFor(event: PointerEvent, chosen: string, mouse: MousePreset, corrects: boolean): Tool | null {
  // Of an open outline it says what does not belong to it; Shift too, since some desktops move windows with Alt.
  if (corrects && event.button === 0 && (event.altKey || event.shiftKey)) return toolNamed(chosen).tool;
  // With a brush in hand it erases.
  if (event.altKey && event.button === 0 && toolNamed(chosen).group !== 'mask') return crosshairTool;
  const act = dragAct(mouse, event);
  if (act === null) return null;
  // The window tool drags finer with Shift; the select tool takes more marks.
  const isTools = event.button === 0 && event.shiftKey && !event.ctrlKey && ['window', 'select'].includes(chosen);
  return act === 'tool' || isTools ? toolNamed(chosen).tool : BY_ACT[act];
}

export class StageInput {
  private gesture: Gesture | null = null;
  /** A button is down, for the gesture or for a look aside (window, zoom, move) while it goes on. */
  private held = false;

  constructor(
    private readonly unit: PaneUnit,
    private readonly ui: Ui,
    private readonly acts: Acts,
    private readonly mouse: () => MousePreset,
    private readonly ended: () => void,
    private readonly say: (words: string) => void,
    /** A press begins something here: what goes on in other panes is finished. */
    private readonly begins: () => void = () => undefined,
    /** Of a mark that takes several presses another one was set or taken back; null: it is finished or given up. */
    private readonly drawn: (half: HalfDrawn | null, input: StageInput) => void = () => undefined,
  ) {
    const { pane, layer } = unit;
    const surface = layer.element;
    surface.addEventListener('pointerdown', (event) => this.press(event));
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    surface.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    surface.addEventListener('pointermove', (event) => {
      if (this.gesture && !this.held) this.gesture.move(event);
    });
    surface.addEventListener('dblclick', () => {
      if (this.gesture) {
        this.finish();
        return;
      }
      if (toolNamed(ui.now.tool).draws) return;
      ui.set({ maximised: ui.now.maximised === null ? pane.index : null });
    });
  }

  get busy(): boolean {
    return this.gesture !== null;
  }

  /** What it draws on now. */
  get stackKey(): string | null {
    return this.unit.pane.stack?.key ?? null;
  }

  cancel(): void {
    const { gesture } = this;
    this.letGo();
    if (gesture) this.tell(gesture);
  }

  /** End the gesture without a word: it goes on elsewhere. */
  letGo(): void {
    this.gesture?.cancel();
    this.gesture = null;
  }

  /** Go on with what was begun on another page or in another pane; false where it can't be. */
  resume(half: HalfDrawn, tool: string): boolean {
    if (this.gesture) return false;
    this.gesture = toolNamed(tool).tool.resume?.(half, this.stage) ?? null;
    return this.gesture !== null;
  }

  /** End what goes on without a button: kept if there is enough of it. */
  finish(): void {
    const { gesture } = this;
    if (!gesture?.goesOn) return;
    this.gesture = null;
    if (gesture.finish) gesture.finish();
    else gesture.cancel();
    this.tell(gesture);
    this.ended();
  }

  takeBack(): void {
    const { gesture } = this;
    if (!gesture) return;
    gesture.takeBack?.();
    if (!this.held && !gesture.goesOn) this.gesture = null;
    this.tell(gesture);
  }

  /** Of a mark that takes several presses: how far it is. */
  private tell(gesture: Gesture): void {
    if (gesture.halfDrawn !== undefined) this.drawn(gesture.halfDrawn, this);
  }

  private press(event: PointerEvent): void {
    const { pane, cine } = this.unit;
    if (this.gesture) {
      if (!this.held && this.gesture.goesOn) this.pressAgain(event, this.gesture);
      return;
    }
    this.begins();
    // The mouse takes the keys back from any field, whose value is saved already.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.ui.set({ activePane: pane.index });
    event.preventDefault();
    const tool = toolFor(event, this.ui.now.tool, this.mouse(), this.corrects);
    if (!tool || pane.shown < 0 || pane.failure !== null) return;
    if (toolNamed(this.ui.now.tool).draws) cine.stop();
    const entry = toolNamed(this.ui.now.tool);
    if (entry.draws && tool === entry.tool && pane.reformatted) {
      this.say('Marks are made on acquired slices; this plane is computed. R goes back to the slices.');
      return;
    }
    if (entry.draws && tool === entry.tool && (pane.stack?.prior ?? 0) > 0) {
      this.say('An earlier study is there to compare with: marks are made in the study that is read.');
      return;
    }
    this.gesture = tool.begin(event, this.stage);
    if (this.gesture) this.hold(event, this.gesture);
  }

  /** The chosen tool's next press corrects an outline that is there. */
  private get corrects(): boolean {
    const { frame } = this.unit.pane;
    return toolNamed(this.ui.now.tool).suggests === true && Boolean(this.acts.outlining?.openOn(frame?.key));
  }

  private get stage(): Stage {
    const { pane, layer, masks } = this.unit;
    return { pane, layer, masks, acts: this.acts, say: this.say };
  }

  /** A press while a gesture goes on: its next point, or a look aside, which leaves it alone. */
  private pressAgain(event: PointerEvent, gesture: Gesture): void {
    event.preventDefault();
    const tool = toolFor(event, this.ui.now.tool, this.mouse(), false);
    if (tool === toolNamed(this.ui.now.tool).tool) {
      gesture.press?.(event);
      this.hold(event, gesture);
      return;
    }
    const aside = tool?.begin(event, this.stage);
    if (aside) this.hold(event, aside);
  }

  /** Follow the mouse until the button is let go. */
  private hold(event: PointerEvent, gesture: Gesture): void {
    const surface = this.unit.layer.element;
    this.held = true;
    surface.setPointerCapture(event.pointerId);
    const isAside = gesture !== this.gesture;
    // Escape may have ended it while the button was down.
    const isAlive = (): boolean => isAside || gesture === this.gesture;
    const move = (e: PointerEvent): void => {
      if (isAlive()) gesture.move(e);
    };
    const finish = (e: PointerEvent): void => {
      surface.removeEventListener('pointermove', move);
      surface.removeEventListener('pointerup', finish);
      surface.removeEventListener('pointercancel', finish);
      this.held = false;
      if (isAlive()) {
        if (e.type === 'pointercancel') gesture.cancel();
        else {
          gesture.move(e);
          gesture.end(e);
        }
      }
      if (gesture === this.gesture && !gesture.goesOn) this.gesture = null;
      if (!isAside) this.tell(gesture);
      this.ended();
    };
    surface.addEventListener('pointermove', move);
    surface.addEventListener('pointerup', finish);
    surface.addEventListener('pointercancel', finish);
  }

  private turned = 0;

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { pane, cine } = this.unit;
    const { wheel, ctrlWheel } = this.mouse();
    const zooms = (event.ctrlKey || event.metaKey ? ctrlWheel : wheel) === 'zoom';
    // Not while a mark is being drawn: it belongs to one slice. Between two clicks a closer look is welcome.
    if (this.gesture && !(zooms && this.gesture.goesOn && !this.held)) return;
    this.ui.set({ activePane: pane.index });
    if (event.shiftKey && toolNamed(this.ui.now.tool).group === 'mask') {
      resizeBrush(this.ui, pane, wheelPixels(event) < 0 ? 1 : -1);
      return;
    }
    if (zooms) {
      pane.zoomBy(1.0015 ** -event.deltaY, pane.panePoint(event.clientX, event.clientY));
      return;
    }
    cine.stop();
    const pixels = wheelPixels(event);
    // A mouse wheel's notch is a slice; a touchpad's many small turns add up to one.
    if (Math.abs(pixels) >= WHEEL_STEP) {
      this.turned = 0;
      pane.step(Math.sign(pixels));
      return;
    }
    this.turned += pixels;
    const steps = Math.trunc(this.turned / WHEEL_STEP);
    if (steps !== 0) {
      this.turned -= steps * WHEEL_STEP;
      pane.step(steps);
    }
  }
}

/** With Shift a browser turns the wheel sideways. */
function wheelPixels({ deltaMode, deltaX, deltaY }: WheelEvent): number {
  return (deltaY || deltaX) * (deltaMode === WheelEvent.DOM_DELTA_LINE ? 40 : 1);
}
