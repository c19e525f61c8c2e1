/** Mouse on a pane: which tool a button starts, the wheel, and the double click. */
import type { Acts } from '../store/acts';
import type { Ui } from '../store/ui';
import { panTool } from '../tools/pan_tool';
import { toolNamed } from '../tools/registry';
import type { Gesture, Tool } from '../tools/tool';
import { windowTool } from '../tools/window_tool';
import { zoomTool } from '../tools/zoom_tool';
import type { PaneUnit } from './pane_grid';

const WHEEL_STEP = 60;

/** The tool that a press starts: right windows, middle or Ctrl zooms, Shift moves, else the chosen one. */
function toolFor(event: PointerEvent, chosen: string): Tool | null {
  if (event.button === 2) return windowTool;
  if (event.button === 1) return zoomTool;
  if (event.button !== 0) return null;
  if (event.ctrlKey || event.metaKey) return zoomTool;
  if (event.shiftKey && chosen !== 'window') return panTool;
  return toolNamed(chosen).tool;
}

export class StageInput {
  private gesture: Gesture | null = null;

  constructor(
    private readonly unit: PaneUnit,
    private readonly ui: Ui,
    private readonly acts: Acts,
    private readonly ended: () => void,
    private readonly say: (words: string) => void,
  ) {
    const { pane, layer } = unit;
    const surface = layer.element;
    surface.addEventListener('pointerdown', (event) => this.press(event));
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    surface.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    surface.addEventListener('dblclick', () => {
      if (toolNamed(ui.now.tool).draws) return;
      ui.set({ maximised: ui.now.maximised === null ? pane.index : null });
    });
  }

  get busy(): boolean {
    return this.gesture !== null;
  }

  cancel(): void {
    this.gesture?.cancel();
    this.gesture = null;
  }

  private press(event: PointerEvent): void {
    const { pane, layer, cine } = this.unit;
    if (this.gesture) return;
    // The mouse takes the keys back from any field, whose value is saved already.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.ui.set({ activePane: pane.index });
    event.preventDefault();
    const tool = toolFor(event, this.ui.now.tool);
    if (!tool || pane.shown < 0 || pane.failure !== null) return;
    if (toolNamed(this.ui.now.tool).draws) cine.stop();
    this.gesture = tool.begin(event, { pane, layer, acts: this.acts, say: this.say });
    if (!this.gesture) return;
    const surface = layer.element;
    surface.setPointerCapture(event.pointerId);
    const move = (e: PointerEvent): void => this.gesture?.move(e);
    const finish = (e: PointerEvent): void => {
      surface.removeEventListener('pointermove', move);
      surface.removeEventListener('pointerup', finish);
      surface.removeEventListener('pointercancel', finish);
      const gesture = this.gesture;
      this.gesture = null;
      if (e.type === 'pointercancel') gesture?.cancel();
      else {
        gesture?.move(e);
        gesture?.end(e);
      }
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
    // Not while a mark is being drawn: it belongs to one slice.
    if (this.gesture) return;
    this.ui.set({ activePane: pane.index });
    if (event.ctrlKey || event.metaKey) {
      pane.zoomBy(1.0015 ** -event.deltaY, pane.panePoint(event.clientX, event.clientY));
      return;
    }
    cine.stop();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 40 : event.deltaY;
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
