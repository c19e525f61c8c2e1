/** The panes in their layout, each with its overlay, marks, scroll bar and cine. */

import { linksOf, presentationOf } from '../model/hangings';
import type { HangingJson, HangingPane, StackJson, Vector } from '../model/pictures';
import { BrushCursor } from '../pane/brush_cursor';
import { Cine } from '../pane/cine';
import type { PaneLayer } from '../pane/layer';
import { LinkedPane } from '../pane/linked_pane';
import { MarksLayer } from '../pane/marks_layer';
import { MaskLayer } from '../pane/mask_layer';
import { OverlayPictures } from '../pane/overlay_pictures';
import { OverlayText } from '../pane/overlay_text';
import type { Pane } from '../pane/pane';
import { type CrossingMark, PlaneLines } from '../pane/plane_lines';
import { PriorBadge } from '../pane/prior_badge';
import { ScrollBar } from '../pane/scroll_bar';
import type { FrameFetch } from '../pixels/frame_fetch';
import type { Ui } from '../store/ui';
import { brushOf } from '../tools/painting';
import { toolNamed } from '../tools/registry';
import { h } from './dom';
import type { Lifetime } from './lifetime';
import { PaneLinks } from './pane_links';
import type { Workstation } from './workstation';

export interface PaneUnit {
  pane: LinkedPane;
  layer: MarksLayer;
  masks: MaskLayer;
  /** What lies between the picture and the marks, from below. */
  layers: PaneLayer[];
  text: OverlayText;
  bar: ScrollBar;
  cine: Cine;
  /** Stands in a pane that shows nothing: what it is for. */
  empty: HTMLElement;
}

/** The scroll bar and the frame of a pane (pane.css). */
const BESIDE_PICTURE = 16;
/** 3 rows of 4: the most that a hanging has. */
const MOST_PANES = 12;
const DRAGGED_STACK = 'text/x-stack';

export class PaneGrid {
  readonly element = h('div', { class: 'pane-grid' });
  readonly units: PaneUnit[] = [];
  /** A slice or a stack changed in a pane: its marks must be chosen again. */
  onFrameChanged: (unit: PaneUnit) => void = () => undefined;
  onChanged: () => void = () => undefined;
  /** The reader chose a hanging. */
  onChosen: (hanging: HangingJson) => void = () => undefined;
  readonly links: PaneLinks;
  private readonly stacks: ReadonlyMap<string, StackJson>;
  private hanging: HangingJson | null = null;
  /** The slice at which each stack was left. */
  private readonly left = new Map<string, number>();
  /** Marks of a stack, with the frames that they lie on: where a plane cuts them it shows so. */
  marksOf: (stack: StackJson) => readonly CrossingMark[] = () => [];
  private readonly shownFrames = new Map<number, string>();
  private resizing = 0;

  constructor(
    private readonly station: Workstation,
    fetcher: FrameFetch,
    private readonly ui: Ui,
    stacks: readonly StackJson[],
    markedFrames: () => ReadonlySet<string>,
    lifetime: Lifetime,
  ) {
    this.stacks = new Map(stacks.map((stack) => [stack.key, stack]));
    this.links = new PaneLinks(
      ui,
      () => this.visible,
      () => this.active,
    );
    for (let index = 0; index < MOST_PANES; index++) {
      const pane = new LinkedPane(index, station.screen, station.frames, station.slabs);
      const layer = new MarksLayer(pane);
      const masks = new MaskLayer(pane, layer);
      const cursor = new BrushCursor(pane, () => (toolNamed(ui.now.tool).group === 'mask' ? brushOf(ui, pane) : null));
      ui.subscribe(() => cursor.update());
      const layers: PaneLayer[] = [
        new OverlayPictures(pane, fetcher, () => ui.now.showsOverlays),
        masks,
        cursor,
        new PlaneLines(
          pane,
          () => this.beside(pane),
          (stack) => this.marksOf(stack),
        ),
        new PriorBadge(pane),
      ];
      const text = new OverlayText(pane, () => ui.now.showsOverlays);
      const bar = new ScrollBar(pane, markedFrames);
      const empty = h('div', { class: 'pane-empty' });
      const cine = new Cine(pane, () => this.onChanged());
      const unit: PaneUnit = { pane, layer, masks, layers, text, bar, cine, empty };
      pane.element.append(...layers.map((one) => one.element), layer.element, text.element, bar.element, empty);
      this.takeDrops(unit);
      this.links.follow(unit);
      pane.events = {
        changed: () => this.paneChanged(unit),
        drawn: () => this.paneDrawn(unit),
        pointed: (place) => this.goToPlace(unit, place),
      };
      this.units.push(unit);
    }
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(this.element);
    let { low } = station.bandwidth;
    const askAnew = (): void => {
      if (low === station.bandwidth.low) return;
      low = station.bandwidth.low;
      for (const { pane } of this.visible) pane.askAnew();
    };
    lifetime.atEnd(station.bandwidth.subscribe(askAnew));
    lifetime.atEnd(
      station.screen.show({
        leave: () => {
          for (const { pane } of this.visible) pane.leaveScreen();
        },
        comeBack: () => {
          for (const { pane } of this.visible) pane.enable();
        },
      }),
    );
    lifetime.atEnd(() => {
      observer.disconnect();
      this.links.stop();
      cancelAnimationFrame(this.resizing);
      for (const { cine, pane } of this.units) {
        cine.stop();
        pane.close();
      }
    });
  }

  /** Lay something more over each pane, above its marks. */
  lay(make: (pane: Pane) => PaneLayer): void {
    for (const unit of this.units) {
      const layer = make(unit.pane);
      unit.layers.push(layer);
      unit.pane.element.append(layer.element);
    }
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

  /** Hang the case otherwise; each stack stays at the slice where it was. */
  choose(hanging: HangingJson): void {
    this.hang(hanging);
    this.onChosen(hanging);
  }

  hang(hanging: HangingJson): void {
    for (const { pane, cine } of this.visible) {
      cine.stop();
      this.leave(pane);
    }
    this.hanging = hanging;
    this.links.hang(hanging);
    const { rows, columns, key } = hanging;
    this.ui.set({
      layout: { rows, columns },
      hanging: key,
      links: linksOf(hanging),
      maximised: null,
      activePane: Math.max(
        0,
        hanging.panes.findIndex(({ stack }) => stack !== null),
      ),
    });
    this.element.style.gridTemplate = `repeat(${rows}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))`;
    for (const { pane } of this.units.slice(this.count)) {
      pane.disable();
      pane.element.remove();
    }
    const shown = new Set(hanging.panes.map(({ stack }) => stack));
    for (const unit of this.visible) {
      const { pane } = unit;
      if (pane.element.parentElement !== this.element) this.element.append(pane.element);
      // Panes that show one stack share its pictures.
      pane.shareMemory(Math.max(1, shown.size));
      this.fill(unit, hanging.panes[pane.index]);
    }
    this.markActive();
    this.resize();
  }

  open(index: number, stack: StackJson, at = this.left.get(stack.key) ?? openingSlice(stack)): void {
    const unit = this.units[index];
    if (!unit) return;
    unit.cine.stop();
    this.leave(unit.pane);
    this.links.forget(index);
    unit.pane.openStack(stack, at);
    this.showEmpty(unit);
  }

  /** Whether the hanging shows every stack of the case: nothing is left to choose. */
  get showsAll(): boolean {
    const shown = new Set(this.hanging?.panes.map(({ stack }) => stack));
    return [...this.stacks.keys()].every((key) => shown.has(key));
  }

  /** Note where a stack was left; planes through it are counted otherwise. */
  private leave({ stack, target, reformatted }: LinkedPane): void {
    if (stack && !reformatted) this.left.set(stack.key, target);
  }

  private fill(unit: PaneUnit, wish: HangingPane | undefined): void {
    const { pane } = unit;
    const stack = this.stacks.get(wish?.stack ?? '');
    // Nothing of how the pane was shown before stays.
    pane.stack = null;
    if (!stack) pane.disable();
    pane.enable();
    if (stack) {
      pane.openStack(stack, this.left.get(stack.key) ?? openingSlice(stack));
      if (wish) pane.quietly(() => pane.present(presentationOf(wish)));
    }
    this.showEmpty(unit);
  }

  private showEmpty({ pane, empty }: PaneUnit): void {
    const wanted = this.hanging?.panes[pane.index]?.wanted ?? '';
    empty.textContent = pane.stack ? '' : `${wanted || 'Nothing'}: not in this case`;
    empty.hidden = pane.stack !== null;
    pane.element.classList.toggle('empty', pane.stack === null);
  }

  /** A series that is dragged onto a pane is shown there. */
  private takeDrops({ pane }: PaneUnit): void {
    const { element } = pane;
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes(DRAGGED_STACK)) return;
      event.preventDefault();
      element.classList.add('drop');
    };
    element.addEventListener('dragenter', over);
    element.addEventListener('dragover', over);
    element.addEventListener('dragleave', (event) => {
      if (!element.contains(event.relatedTarget as Node | null)) element.classList.remove('drop');
    });
    element.addEventListener('drop', (event) => {
      element.classList.remove('drop');
      const stack = this.stacks.get(event.dataTransfer?.getData(DRAGGED_STACK) ?? '');
      if (!stack) return;
      event.preventDefault();
      this.ui.set({ activePane: pane.index });
      this.open(pane.index, stack);
      this.onChanged();
    });
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
      this.station.screen.resize();
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
    for (const other of this.beside(unit.pane)) this.lines(other)?.update();
    this.onChanged();
  }

  /** The other panes on the page whose places in the patient are this pane's too. */
  private beside(pane: LinkedPane): LinkedPane[] {
    const { stack } = pane;
    if (!stack) return [];
    const shares = (other: StackJson): boolean =>
      other.key === stack.key ||
      (stack.frame_of_reference !== 0 && other.frame_of_reference === stack.frame_of_reference);
    return this.visible
      .map((unit) => unit.pane)
      .filter((other) => other !== pane && other.stack !== null && shares(other.stack));
  }

  private lines(pane: LinkedPane): PlaneLines | undefined {
    return this.units[pane.index]?.layers.find((layer) => layer instanceof PlaneLines);
  }

  private goToPlace({ pane }: PaneUnit, place: Vector): void {
    for (const other of this.beside(pane)) {
      other.crosshair = place;
      other.quietly(() => other.goToPlace(place));
    }
  }

  /** Marks changed: planes that cut them show it. */
  updateCrossings(): void {
    for (const { pane } of this.visible) if (pane.reformatted) this.lines(pane)?.update();
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
