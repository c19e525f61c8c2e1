/** The panes in their layout, each with its overlay, marks, scroll bar and cine. */
import type { StackJson } from '../model/types';
import { BrushCursor } from '../pane/brush_cursor';
import { Cine } from '../pane/cine';
import type { PaneLayer } from '../pane/layer';
import { MarksLayer } from '../pane/marks_layer';
import { MaskLayer } from '../pane/mask_layer';
import { OverlayPictures } from '../pane/overlay_pictures';
import { OverlayText } from '../pane/overlay_text';
import { Pane } from '../pane/pane';
import { ScrollBar } from '../pane/scroll_bar';
import type { FrameFetch } from '../pixels/frame_fetch';
import type { Ui } from '../store/ui';
import { brushOf } from '../tools/painting';
import { toolNamed } from '../tools/registry';
import { h } from './dom';
import type { Lifetime } from './lifetime';
import type { Workstation } from './workstation';

export interface PaneUnit {
  pane: Pane;
  layer: MarksLayer;
  masks: MaskLayer;
  /** What lies between the picture and the marks, from below. */
  layers: readonly PaneLayer[];
  text: OverlayText;
  bar: ScrollBar;
  cine: Cine;
}

/** The scroll bar and the frame of a pane (pane.css). */
const BESIDE_PICTURE = 16;
const MOST_PANES = 4;

export class PaneGrid {
  readonly element = h('div', { class: 'pane-grid' });
  readonly units: PaneUnit[] = [];
  /** A slice or a stack changed in a pane: its marks must be chosen again. */
  onFrameChanged: (unit: PaneUnit) => void = () => undefined;
  onChanged: () => void = () => undefined;
  private readonly shownFrames = new Map<number, string>();
  private resizing = 0;

  constructor(
    private readonly station: Workstation,
    fetcher: FrameFetch,
    private readonly ui: Ui,
    markedFrames: () => ReadonlySet<string>,
    lifetime: Lifetime,
  ) {
    for (let index = 0; index < MOST_PANES; index++) {
      const pane = new Pane(index, station.screen, station.frames, station.slabs);
      const layer = new MarksLayer(pane);
      const masks = new MaskLayer(pane, layer);
      const cursor = new BrushCursor(pane, () => (toolNamed(ui.now.tool).group === 'mask' ? brushOf(ui, pane) : null));
      ui.subscribe(() => cursor.update());
      const layers: PaneLayer[] = [new OverlayPictures(pane, fetcher, () => ui.now.showsOverlays), masks, cursor];
      const text = new OverlayText(pane, () => ui.now.showsOverlays);
      const bar = new ScrollBar(pane, markedFrames);
      const unit: PaneUnit = { pane, layer, masks, layers, text, bar, cine: new Cine(pane, () => this.onChanged()) };
      pane.element.append(...layers.map((one) => one.element), layer.element, text.element, bar.element);
      pane.events = { changed: () => this.paneChanged(unit), drawn: () => this.paneDrawn(unit) };
      this.units.push(unit);
    }
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(this.element);
    lifetime.atEnd(() => {
      observer.disconnect();
      cancelAnimationFrame(this.resizing);
      for (const { cine, pane } of this.units) {
        cine.stop();
        pane.close();
      }
    });
  }

  get count(): number {
    const { rows, columns } = this.ui.now.layout;
    return Math.min(MOST_PANES, rows * columns);
  }

  get visible(): PaneUnit[] {
    return this.units.slice(0, this.count);
  }

  get active(): PaneUnit {
    return this.units[Math.min(this.ui.now.activePane, this.count - 1)] as PaneUnit;
  }

  /** Put the panes of the layout on the page and give them the stacks whose place they are. */
  arrange(stacks: readonly StackJson[]): void {
    const { rows, columns } = this.ui.now.layout;
    this.element.style.gridTemplate = `repeat(${rows}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))`;
    for (const { pane, cine } of this.units.slice(this.count)) {
      cine.stop();
      pane.disable();
      pane.element.remove();
    }
    const byPlace = [...stacks].sort((a, b) => a.place - b.place);
    this.visible.forEach(({ pane }, index) => {
      if (pane.element.parentElement !== this.element) this.element.append(pane.element);
      pane.shareMemory(this.count);
      pane.enable();
      const wanted = byPlace.find((s) => s.place === index) ?? null;
      if (!pane.stack && wanted) pane.openStack(wanted, openingSlice(wanted));
    });
    this.markActive();
    this.resize();
  }

  open(index: number, stack: StackJson, at = openingSlice(stack)): void {
    const unit = this.units[index];
    if (!unit) return;
    unit.cine.stop();
    unit.pane.openStack(stack, at);
  }

  /** How large the picture of a pane is in a layout. */
  sizeOf(rows: number, columns: number): { width: number; height: number } {
    const { layout, maximised } = this.ui.now;
    const picture = this.units[0]?.pane.picture;
    if (picture && maximised === null && layout.rows === rows && layout.columns === columns) {
      return { width: picture.clientWidth, height: picture.clientHeight };
    }
    const { clientWidth, clientHeight } = this.element;
    return { width: clientWidth / columns - BESIDE_PICTURE, height: clientHeight / rows };
  }

  /** Show a frame in the pane that has its stack, else in the active one; that pane becomes the active one. */
  reveal(stack: StackJson, index: number): void {
    const shows = this.visible.filter((u) => u.pane.stack?.key === stack.key);
    const unit = shows.find((u) => !u.pane.reformatted) ?? shows[0] ?? this.active;
    if (this.ui.now.maximised !== null && this.ui.now.maximised !== unit.pane.index) {
      this.ui.set({ maximised: unit.pane.index });
    }
    this.ui.set({ activePane: unit.pane.index });
    unit.cine.stop();
    if (unit.pane.stack?.key === stack.key) unit.pane.goToFrame(index);
    else this.open(unit.pane.index, stack, index);
  }

  markActive(): void {
    const { activePane, maximised } = this.ui.now;
    for (const { pane } of this.units) {
      pane.element.classList.toggle('active', pane.index === Math.min(activePane, this.count - 1) && this.count > 1);
      pane.element.classList.toggle('maximised', pane.index === maximised);
    }
  }

  resize(): void {
    if (this.resizing) return;
    this.resizing = requestAnimationFrame(() => {
      this.resizing = 0;
      this.station.screen.engine.resize(true, true);
      for (const unit of this.visible) {
        unit.pane.resized();
        this.paneChanged(unit);
      }
    });
  }

  /** Overlays were turned on or off. */
  showOverlays(): void {
    for (const unit of this.visible) this.paneChanged(unit);
  }

  private paneChanged(unit: PaneUnit): void {
    const key = `${unit.pane.frame?.key ?? ''}`;
    if (this.shownFrames.get(unit.pane.index) !== key) {
      this.shownFrames.set(unit.pane.index, key);
      this.onFrameChanged(unit);
    }
    unit.text.update();
    unit.bar.update();
    unit.layer.follow();
    for (const layer of unit.layers) layer.update();
    this.onChanged();
  }

  private paneDrawn(unit: PaneUnit): void {
    unit.layer.follow();
    for (const layer of unit.layers) layer.follow();
    unit.text.update();
  }
}

/** A volume is opened in its middle, where there is something to see; a cine at its beginning. */
export function openingSlice(stack: StackJson): number {
  return stack.kind === 'volume' || stack.modality === 'MG' || stack.modality === 'DBT'
    ? Math.floor(stack.frames.length / 2)
    : 0;
}
