/** Panes that scroll, zoom and are windowed together. */
import { panesWith } from '../model/hangings';
import { matchingSlice, shareSpace } from '../model/linked_scroll';
import { chestWallEdge } from '../model/orientation';
import type { HangingJson, LinkKind, Point, StackJson } from '../model/types';
import type { LinkedPane } from '../pane/linked_pane';
import type { Ui } from '../store/ui';
import type { PaneUnit } from './pane_grid';

export class PaneLinks {
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
      zoomed: (factor, at) => this.zoom(unit, factor, at),
      panned: (from, to) => this.pan(unit, from, to),
      fitted: () => this.each('zoom', unit, ({ pane }) => pane.fit()),
      windowed: () => this.window(unit),
    };
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
