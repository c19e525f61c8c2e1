/** Several slices as one: their greatest, mean or least values. Pure. */
import type { SlabMode } from '../model/presentation';
import type { Pixels } from './modality';

export interface SlabPixels {
  pixels: Pixels;
  minimum: number;
  maximum: number;
}

type Making = new (length: number) => Pixels;

/** An array of the same type; the screen then takes it as it takes a slice. */
export function alike(pixels: Pixels, length = pixels.length): Pixels {
  return new (pixels.constructor as Making)(length);
}

/** The one of several whose type holds the values of all: slices of a stack differ where one of them needs more room. */
export function roomiest(slices: readonly Pixels[]): Pixels | undefined {
  return slices.find((slice) => slice instanceof Float32Array) ?? slices[0];
}

/** The greatest or least of the slices at every pixel. One pass a slice: fewer reads at once keep to the cache. */
export function extremes(slices: readonly Pixels[], greatest: boolean): Pixels {
  const [first, ...rest] = slices;
  const like = roomiest(slices);
  if (!first || !like) throw new Error('A slab of no slices.');
  const out = alike(like);
  out.set(first);
  for (const slice of rest) {
    if (greatest) {
      for (let i = 0; i < out.length; i++) if ((slice[i] as number) > (out[i] as number)) out[i] = slice[i] as number;
    } else {
      for (let i = 0; i < out.length; i++) if ((slice[i] as number) < (out[i] as number)) out[i] = slice[i] as number;
    }
  }
  return out;
}

/**
 * Means of slices that come and go one by one: only what came and what left is counted anew.
 *
 * Whole numbers are summed exactly in 32 bits (2^15 slices of 16 bits fit); others would drift, and are summed anew.
 */
export class RunningMean {
  private sum = new Int32Array(0);
  private within = new Map<string, Pixels>();

  mean(slices: ReadonlyMap<string, Pixels>): Pixels {
    const first = roomiest([...slices.values()]);
    if (!first) throw new Error('A slab of no slices.');
    if (first instanceof Float32Array) return meanOfFloats([...slices.values()]);
    const come = [...slices].filter(([key]) => !this.within.has(key));
    const gone = [...this.within].filter(([key]) => !slices.has(key));
    const anew = this.sum.length !== first.length || come.length + gone.length >= slices.size;
    if (anew) this.sum = new Int32Array(first.length);
    const { sum } = this;
    for (const [, slice] of anew ? slices : come)
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (slice[i] as number);
    if (!anew)
      for (const [, slice] of gone)
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) - (slice[i] as number);
    this.within = new Map(slices);
    const out = alike(first);
    const share = 1 / slices.size;
    for (let i = 0; i < out.length; i++) out[i] = Math.round((sum[i] as number) * share);
    return out;
  }
}

function meanOfFloats(slices: readonly Pixels[]): Float32Array {
  const sum = new Float64Array(slices[0]?.length ?? 0);
  for (const slice of slices) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (slice[i] as number);
  return Float32Array.from(sum, (value) => value / slices.length);
}

export function rangeOf(pixels: Pixels): { minimum: number; maximum: number } {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] as number;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return { minimum, maximum };
}

/** A slab of the slices, which `running` may have summed before. */
export function slabOf(
  mode: Exclude<SlabMode, 'none'>,
  slices: ReadonlyMap<string, Pixels>,
  running = new RunningMean(),
): SlabPixels {
  const pixels = mode === 'average' ? running.mean(slices) : extremes([...slices.values()], mode === 'maximum');
  return { pixels, ...rangeOf(pixels) };
}
