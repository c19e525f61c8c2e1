/** Panes that scroll, zoom and are windowed together. */
import { panesWith } from '../model/hangings';
import { matchingSlice, shareSpace } from '../model/linked_scroll';
import { chestWallEdge } from '../model/orientation';
import type { HangingJson, LinkKind, Point, StackJson, Window } from '../model/pictures';
import type { LinkedPane } from '../pane/linked_pane';
import type { Ui } from '../store/ui';
import type { PaneUnit } from './pane_grid';

/** What a reader did to a pane; places are shares of its width and height, so that they hold in a pane of another size. */
export type Deed =
  | { type: 'zoomed'; factor: number; at: Point }
  | { type: 'panned'; from: Point; to: Point }
  | { type: 'fitted' }
  | { type: 'windowed'; window: Window; inverted: boolean };

export class PaneLinks {
  /** Told of what the reader does to an acquired series, for another window to follow. */
  onDeed: (stack: StackJson, deed: Deed) => void = () => undefined;
  private hanging: HangingJson | null = null;
  /** By how many slices a pane is askew: linked again, panes keep what the reader had put side by side. */
  private readonly askew = new Map<number, number>();
  private scrolling: PaneUnit | null = null;
  private soon = 0;

  constructor(
    private readonly ui: Ui,
    private readonly visible: () => readonly PaneUnit[],
    private readonly active: () => PaneUnit,
  ) {}

  /** Let others follow a pane. */
  follow(unit: PaneUnit): void {
    unit.pane.followers = {
      scrolls: () => this.scrollSoon(unit),
      zoomed: (factor, at) => {
        this.zoom(unit, factor, at);
        this.tell(unit, { type: 'zoomed', factor, at: shareOf(unit.pane, at) });
      },
      panned: (from, to) => {
        this.pan(unit, from, to);
        this.tell(unit, { type: 'panned', from: shareOf(unit.pane, from), to: shareOf(unit.pane, to) });
      },
      fitted: () => {
        this.each('zoom', unit, ({ pane }) => pane.fit());
        this.tell(unit, { type: 'fitted' });
      },
      windowed: () => {
        this.window(unit);
        const { window, inverted, index } = unit.pane;
        if (window && !this.hasOwnWindow(index)) this.tell(unit, { type: 'windowed', window, inverted });
      },
    };
  }

  /** Do here what was done to the same series in another window. */
  repeat(stackKey: string, deed: Deed): void {
    for (const { pane } of this.visible()) {
      if (pane.stack?.key === stackKey && !pane.reformatted) pane.quietly(() => this.repeatIn(pane, deed));
    }
  }

  private repeatIn(pane: LinkedPane, deed: Deed): void {
    if (deed.type === 'zoomed') pane.zoomBy(deed.factor, placeOf(pane, deed.at));
    else if (deed.type === 'panned') pane.panBy(placeOf(pane, deed.from), placeOf(pane, deed.to));
    else if (deed.type === 'fitted') pane.fit();
    else if (!this.hasOwnWindow(pane.index) && !pane.frame?.colour) {
      pane.setWindow(deed.window);
      if (pane.inverted !== deed.inverted) pane.toggleInvert();
    }
  }

  private tell({ pane }: PaneUnit, deed: Deed): void {
    if (pane.stack && !pane.reformatted) this.onDeed(pane.stack, deed);
  }

  hang(hanging: HangingJson): void {
    this.stop();
    this.hanging = hanging;
    this.askew.clear();
  }

  /** A pane shows another stack: what was put side by side with it is no more. */
  forget(pane: number): void {
    this.askew.delete(pane);
  }

  /** Whether two panes or more could be linked. */
  get possible(): boolean {
    return this.visible().filter(({ pane }) => pane.stack).length > 1;
  }

  toggle(kind: LinkKind): void {
    const links = { ...this.ui.now.links, [kind]: !this.ui.now.links[kind] };
    if (kind === 'scroll' && links.scroll) this.keepSideBySide();
    this.ui.set({ links });
  }

  /** What stands side by side now belongs together, except where the patient says what does. */
  private keepSideBySide(): void {
    this.askew.clear();
    const { pane } = this.active();
    const { stack } = pane;
    if (!stack) return;
    for (const { pane: other } of this.visible()) {
      if (other === pane || !other.stack || shareSpace(stack, other.stack)) continue;
      this.askew.set(other.index, other.target - matchingSlice(stack, pane.target, other.stack));
    }
  }

  private each(kind: LinkKind, unit: PaneUnit, act: (other: PaneUnit) => void): void {
    if (!this.ui.now.links[kind]) return;
    const units = this.visible();
    for (const index of panesWith(unit.pane.index, this.hanging?.links[kind] ?? [], units.length)) {
      const other = units[index];
      if (other?.pane.stack) other.pane.quietly(() => act(other));
    }
  }

  /** Nothing follows any more. */
  stop(): void {
    cancelAnimationFrame(this.soon);
    this.scrolling = null;
  }

  /** Once a picture of the screen, however fast the wheel turns: what nobody would see is not worked out. */
  private scrollSoon(unit: PaneUnit): void {
    if (!this.ui.now.links.scroll) return;
    if (!this.scrolling) {
      this.soon = requestAnimationFrame(() => {
        const moved = this.scrolling;
        this.scrolling = null;
        if (moved) this.scroll(moved);
      });
    }
    this.scrolling = unit;
  }

  private scroll(unit: PaneUnit): void {
    const { stack, target, reformatted, presentation } = unit.pane;
    if (!stack) return;
    this.each('scroll', unit, ({ pane, cine }) => {
      // Two films that play would drive each other.
      if (!pane.stack || cine.playing) return;
      if (reformatted || pane.reformatted) {
        // Planes are counted otherwise than slices.
        const alike = pane.stack.key === stack.key && pane.presentation.plane === presentation.plane;
        if (alike && pane.target !== target) pane.goTo(target);
        return;
      }
      const index = matchingSlice(stack, target - this.skewOf(stack, unit.pane.index, pane.stack), pane.stack);
      const wanted = index + this.skewOf(pane.stack, pane.index, stack);
      if (wanted !== pane.target) pane.goTo(wanted);
    });
  }

  private skewOf(stack: StackJson, pane: number, other: StackJson): number {
    return shareSpace(stack, other) ? 0 : (this.askew.get(pane) ?? 0);
  }

  private zoom(unit: PaneUnit, factor: number, at: Point): void {
    this.each('zoom', unit, ({ pane }) => pane.zoomBy(factor, inPane(unit.pane, pane, at)));
  }

  private pan(unit: PaneUnit, from: Point, to: Point): void {
    this.each('zoom', unit, ({ pane }) => pane.panBy(inPane(unit.pane, pane, from), inPane(unit.pane, pane, to)));
  }

  private window(unit: PaneUnit): void {
    const { stack, window, inverted, index } = unit.pane;
    if (!stack || !window || this.hasOwnWindow(index)) return;
    this.each('window', unit, ({ pane }) => {
      if (pane.stack?.modality !== stack.modality || this.hasOwnWindow(pane.index) || pane.frame?.colour) return;
      if (pane.window !== window) pane.setWindow(window);
      if (pane.inverted !== inverted) pane.toggleInvert();
    });
  }

  /** A pane that the hanging gave a window keeps it: brain, subdural and bone are there to differ. */
  private hasOwnWindow(index: number): boolean {
    const pane = this.hanging?.panes[index];
    return Boolean(pane?.window || pane?.composition);
  }
}

function shareOf({ picture }: LinkedPane, [x, y]: Point): Point {
  return [x / Math.max(1, picture.clientWidth), y / Math.max(1, picture.clientHeight)];
}

function placeOf({ picture }: LinkedPane, [across, down]: Point): Point {
  return [across * picture.clientWidth, down * picture.clientHeight];
}

/** The same place in another pane; mirrored between two breasts, whose chest walls face each other. */
function inPane(from: LinkedPane, to: LinkedPane, [x, y]: Point): Point {
  const [a, b] = [from.picture, to.picture];
  const across = (x / Math.max(1, a.clientWidth)) * b.clientWidth;
  const down = (y / Math.max(1, a.clientHeight)) * b.clientHeight;
  return [facing(from.stack, to.stack) ? b.clientWidth - across : across, down];
}

function facing(a: StackJson | null, b: StackJson | null): boolean {
  if (!a || !b || a.hang_as_stored || b.hang_as_stored) return false;
  const [one, other] = [chestWallEdge(a.modality, a.laterality), chestWallEdge(b.modality, b.laterality)];
  return one !== null && other !== null && one !== other;
}
