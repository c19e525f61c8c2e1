/** Which picture a pane's presentation asks for, of what there is in memory, and the making of it. */
import type { Types } from '@cornerstonejs/core';
import { type ImagePlane, imagePlane } from '../model/geometry';
import { minus, planeAt, SMALLEST_TILT } from '../model/mpr';
import type { StackJson } from '../model/pictures';
import { type SlabMode, slabRange, slabWords, threeWindows } from '../model/presentation';
import { derivedImage } from '../pixels/derived_images';
import { type FrameStore, requestOf } from '../pixels/frame_store';
import type { Pixels } from '../pixels/modality';
import { type Cut, cut } from '../pixels/reformat';
import { bestLevel, planeAt as reducedPlane, sizeAt } from '../pixels/resolution';
import { slabOf } from '../pixels/slab';
import type { SlabMaker } from '../pixels/slab_maker';
import { ThreeWindows } from '../pixels/three_window';
import type { View } from './view';

/** A picture and where it lies. */
export interface Picture {
  /** What it is made of: the same key, the same picture. */
  key: string;
  index: number;
  level: number;
  image: Types.IImage;
  /** Of the stored resolution, whatever the level. */
  plane: ImagePlane;
  columns: number;
  rows: number;
  /** What the pane says of it. */
  said: readonly string[];
}

export interface Wish {
  key: string;
  make(): Picture | Promise<Picture>;
}

interface Values {
  pixels: Pixels;
  minimum: number;
  maximum: number;
}

const FAILED_SHOWN = 2;

export class Composer {
  private windows: { of: string; colours: ThreeWindows } | null = null;
  /** Planes of the slab that was shown last: a step through it cuts one. */
  private cuts = new Map<string, Cut>();

  private ahead: { key: string; slab: Promise<Values> } | null = null;
  private lastIndex = 0;

  constructor(
    private readonly pane: string,
    private readonly frames: FrameStore,
    private readonly slabs: SlabMaker,
  ) {}

  /** What can be shown now at an index; null while nothing can. Slices that are missing are asked for. */
  wish(stack: StackJson, view: View, index: number, level: number): Wish | null {
    return view.planes ? this.planeWish(stack, view, index) : this.sliceWish(stack, view, index, level);
  }

  private sliceWish(stack: StackJson, view: View, index: number, wanted: number): Wish | null {
    const frame = stack.frames[index];
    if (!frame) return null;
    const level = bestLevel(this.frames.levels(frame.key), wanted);
    if (level === null || level > wanted) this.frames.schedule.want(requestOf(frame.key, wanted));
    if (level === null) return null;
    const { composition, slab } = view.now;
    const slices = new Map<string, Pixels>();
    const failed: string[] = [];
    const { first, last } =
      slab.mode === 'none' ? { first: index, last: index } : slabRange(index, slab.slices, stack.frames.length);
    for (let at = first; at <= last; at++) {
      const { key, number } = stack.frames[at] as { key: string; number: number };
      const failure = this.frames.failureOf(key);
      const image = this.frames.image(key, level);
      if (image) slices.set(requestOf(key, level), image.getPixelData() as Pixels);
      else if (failure === null) this.frames.wantExactly(key, level);
      else failed.push(`slice ${number}: ${failure}`);
    }
    const key = [index, level, slab.mode, ...slices.keys(), composition].join();
    const plane = imagePlane(frame.geometry);
    const said = [
      ...coloursSaid(stack, view),
      ...slabSaid(stack, view, last - first + 1, slices.size, failed, frame.number),
    ];
    const finish = (values: Values): Picture => ({
      key,
      index,
      level,
      image: this.image(
        stack,
        view,
        values,
        reducedPlane(level, plane),
        sizeAt(level, stack.columns),
        sizeAt(level, stack.rows),
      ),
      plane,
      columns: stack.columns,
      rows: stack.rows,
      said,
    });
    const make = (): Picture | Promise<Picture> => {
      const { mode } = slab;
      if (mode !== 'none' && slices.size > 1) return this.slabAt(stack, index, level, mode, slices).then(finish);
      const image = this.frames.image(frame.key, level);
      const pixels = image?.getPixelData() as Pixels;
      return finish({ pixels, minimum: image?.minPixelValue ?? 0, maximum: image?.maxPixelValue ?? 0 });
    };
    return { key, make };
  }

  /** The slab, and right after it the next one on the reader's way: that is there when it is asked for. */
  private async slabAt(
    stack: StackJson,
    index: number,
    level: number,
    mode: Exclude<SlabMode, 'none'>,
    slices: ReadonlyMap<string, Pixels>,
  ): Promise<Values> {
    const key = [mode, ...slices.keys()].join();
    const { ahead } = this;
    this.ahead = null;
    const slab = ahead?.key === key ? ahead.slab : this.slabs.make(this.pane, mode, slices);
    const next = index + (index < this.lastIndex ? -1 : 1);
    this.lastIndex = index;
    const keys = [...slices.keys()];
    const following = this.slicesAround(stack, next, level, slices.size);
    // Only where the slab moves on by one slice, all of which are there.
    if (following && [...following.keys()].filter((name) => !keys.includes(name)).length === 1) {
      const made = this.slabs.make(this.pane, mode, following);
      made.catch(() => undefined);
      this.ahead = { key: [mode, ...following.keys()].join(), slab: made };
    }
    return slab;
  }

  private slicesAround(stack: StackJson, index: number, level: number, count: number): Map<string, Pixels> | null {
    const { first, last } = slabRange(index, count, stack.frames.length);
    const slices = new Map<string, Pixels>();
    for (const { key } of stack.frames.slice(first, last + 1)) {
      const image = this.frames.image(key, level);
      if (image) slices.set(requestOf(key, level), image.getPixelData() as Pixels);
    }
    return slices.size === count ? slices : null;
  }

  private planeWish(stack: StackJson, view: View, index: number): Wish | null {
    const { planes, grid } = view;
    if (!planes || !grid) return null;
    const { composition, slab } = view.now;
    const images = stack.frames.map(({ key }) => this.frames.image(key, 0));
    const there = images.filter((image) => image !== undefined);
    if (there.length === 0) return null;
    const black = stack.frames[0]?.inverted
      ? Math.max(...there.map((image) => image.maxPixelValue))
      : Math.min(...there.map((image) => image.minPixelValue));
    const slices = images.map((image) => (image ? (image.getPixelData() as Pixels) : null));
    const { first, last } =
      slab.mode === 'none' ? { first: index, last: index } : slabRange(index, slab.slices, planes.count);
    const key = [planes.name, index, there.length, slab.mode, first, last, composition].join();
    const said = [
      ...coloursSaid(stack, view),
      ...(slab.mode === 'none' ? [] : [slabWords(slab.mode, last - first + 1, planes.step, 'planes')]),
      'Reformatted',
      ...(grid.tilt >= SMALLEST_TILT ? [`Straightened, ${grid.tilt.toFixed(1)} degrees`] : []),
      ...this.missingWords(stack, there.length),
    ];
    const make = (): Picture => {
      const cutAt = (at: number): Cut => {
        const name = [stack.key, planes.name, at, there.length, black].join();
        const known = this.cuts.get(name) ?? cut(grid, planes, at, slices, black);
        kept.set(name, known);
        return known;
      };
      const kept = new Map<string, Cut>();
      const range = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      const cuts = new Map(range.map((at) => [String(at), cutAt(at).pixels]));
      this.cuts = slab.mode === 'none' ? new Map() : kept;
      const values = slab.mode === 'none' ? cutAt(index) : slabOf(slab.mode, cuts);
      const plane = planeAt(planes, index);
      return {
        key,
        index,
        level: 0,
        image: this.image(stack, view, values, plane, planes.columns, planes.rows),
        plane,
        columns: planes.columns,
        rows: planes.rows,
        said,
      };
    };
    return { key, make };
  }

  private missingWords(stack: StackJson, there: number): string[] {
    const failed = stack.frames.filter(({ key }) => this.frames.failureOf(key) !== null);
    const numbers = failed.slice(0, FAILED_SHOWN).map(({ number }) => number);
    const words = failed.length > 0 ? [failedWords(numbers, failed.length)] : [];
    return there + failed.length < stack.frames.length
      ? [`${there} of ${stack.frames.length} slices so far`, ...words]
      : words;
  }

  private image(
    stack: StackJson,
    view: View,
    values: Values,
    plane: ImagePlane,
    columns: number,
    rows: number,
  ): Types.IImage {
    const common = { columns, rows, plane, modality: stack.modality };
    if (view.now.composition === 'window') return derivedImage(this.pane, { ...common, ...values, components: 1 });
    const pixels = this.coloursOf(stack).colours(values.pixels);
    return derivedImage(this.pane, { ...common, pixels, minimum: 0, maximum: 255, components: 3 });
  }

  private coloursOf(stack: StackJson): ThreeWindows {
    if (this.windows?.of !== stack.key) {
      this.windows = { of: stack.key, colours: new ThreeWindows(threeWindows(stack) ?? []) };
    }
    return this.windows.colours;
  }
}

function coloursSaid(stack: StackJson, view: View): string[] {
  if (view.now.composition !== 'three-window') return [];
  const colours = ['red', 'green', 'blue'];
  const named = threeWindows(stack)?.map(({ name }, channel) => `${name.toLowerCase()} ${colours[channel]}`) ?? [];
  return [`Three windows: ${named.join(', ')}`];
}

/** How thick the slab is, how much of it is there, and where a mark goes that is drawn on it. */
function slabSaid(
  stack: StackJson,
  { now: { slab } }: View,
  wanted: number,
  there: number,
  failed: readonly string[],
  middle: number,
): string[] {
  if (slab.mode === 'none') return [];
  const missing = failed.length > 0 ? `: ${failed.slice(0, FAILED_SHOWN).join('; ')}` : '';
  const partly = there < wanted ? [`Slab of ${there} of ${wanted}${missing}`] : [];
  return [slabWords(slab.mode, wanted, stepOf(stack)), ...partly, `Marks go to slice ${middle}`];
}

/** Millimetres from slice to slice, from the first to the last; null where they are not known. */
function stepOf({ frames }: StackJson): number | null {
  const [first, last] = [frames[0]?.geometry.position, frames.at(-1)?.geometry.position];
  if (!first || !last || frames.length < 2) return null;
  const step = Math.hypot(...minus(last, first)) / (frames.length - 1);
  return step > 0 ? step : null;
}

function failedWords(numbers: readonly number[], count: number): string {
  const more = count > numbers.length ? ` and ${count - numbers.length} more` : '';
  return `Without slice ${numbers.join(', ')}${more}: could not be loaded`;
}
