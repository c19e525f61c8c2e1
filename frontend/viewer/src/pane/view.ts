/** How a pane presents its stack: what was asked for, what the hanging asked for, and what is refused and why. */
import { imagePlane, pixelToWorld } from '../model/geometry';
import {
  isAcquired,
  nearestPlane,
  nearestSlice,
  onPlane,
  type PlaneStack,
  planeAt,
  planeStack,
  type VolumeGrid,
  volumeGrid,
} from '../model/mpr';
import type { FrameJson, StackJson, Vector } from '../model/pictures';
import { PLAIN, type Presentation, slabRefusal, threeWindowRefusal } from '../model/presentation';

export class View {
  now: Presentation = PLAIN;
  /** The planes of a reformatted volume; null: the slices as acquired. */
  planes: PlaneStack | null = null;
  grid: VolumeGrid | null = null;
  /** Why something that was asked for is not shown, in the reader's words; "" as a rule. */
  refusal = '';
  /** A place in the patient that the reader keeps while changing planes; null where slices say no place. */
  place: Vector | null = null;
  private hung: Presentation = PLAIN;

  /** @param most how many bytes a volume may take. */
  constructor(private readonly most: number) {}

  /** Another stack: nothing is known of it but its slices. */
  clear(): void {
    this.now = PLAIN;
    this.hung = PLAIN;
    this.planes = null;
    this.grid = null;
    this.refusal = '';
    this.place = null;
  }

  /** Ask for a presentation; what the stack can't give stays as it is in PLAIN, and is refused in words. */
  ask(stack: StackJson, wish: Presentation): void {
    const refusals: string[] = [];
    let { composition, slab, plane } = wish;
    if (composition === 'three-window') {
      const refused = threeWindowRefusal(stack);
      if (refused) composition = 'window';
      refusals.push(refused);
    }
    if (slab.mode !== 'none') {
      const refused = slabRefusal(stack);
      if (refused) slab = { ...slab, mode: 'none' };
      refusals.push(refused);
    }
    this.grid = null;
    if (plane !== 'acquired') {
      try {
        this.grid = volumeGrid(stack, this.most);
      } catch (error) {
        refusals.push(`${error instanceof Error ? error.message : String(error)} The slices are shown as acquired.`);
        plane = 'acquired';
      }
    }
    // Slices that are the wanted plane already can be drawn on.
    if (this.grid && plane !== 'acquired' && isAcquired(this.grid, plane)) plane = 'acquired';
    if (plane === 'acquired') this.planes = null;
    else if (this.grid && this.planes?.name !== plane) this.planes = planeStack(this.grid, plane);
    this.now = { ...wish, composition, slab, plane };
    this.refusal = refusals.filter(Boolean).join(' ');
  }

  /** The same, as the case is hung: what `reset` returns to. */
  hang(stack: StackJson, wish: Presentation): void {
    this.hung = wish;
    this.ask(stack, wish);
  }

  reset(stack: StackJson): void {
    this.ask(stack, this.hung);
  }

  /** Which slice or plane goes through a place, or nearest to it. */
  indexAt(stack: StackJson, place: Vector): number | null {
    return this.planes ? nearestPlane(this.planes, place) : nearestSlice(stack, place);
  }

  /** The place moves with the reader: straight onto the slice or plane that is asked for. */
  keepPlace(stack: StackJson, index: number): void {
    const geometry = stack.frames[index]?.geometry;
    if (!this.planes && !(geometry?.position && geometry.orientation)) {
      this.place = null;
      return;
    }
    const plane = this.planes ? planeAt(this.planes, index) : geometry && imagePlane(geometry);
    if (!plane) return;
    this.place = this.place ? onPlane(plane, this.place) : pixelToWorld(plane, [stack.columns / 2, stack.rows / 2]);
  }

  /** The acquired frame nearest to the place. */
  nearestFrame(stack: StackJson): FrameJson {
    const index = this.place ? nearestSlice(stack, this.place) : 0;
    return stack.frames[index ?? 0] as FrameJson;
  }

  /** What was asked for could not be made: the slice alone is shown. */
  giveUp(stack: StackJson, error: unknown): void {
    this.ask(stack, { ...this.now, slab: { ...this.now.slab, mode: 'none' } });
    this.refusal = error instanceof Error ? error.message : String(error);
  }
}
