/**
 * A picture drawn by the processor, pixel for pixel as graphics would: values between samples first, then their shade.
 * Pure.
 */
import type { Affine } from '../model/geometry';
import type { Pixels } from '../pixels/modality';
import type { Shades } from './shades';

export interface Source {
  pixels: Pixels;
  columns: number;
  rows: number;
  components: 1 | 3;
}

export interface Target {
  /** Row by row; the order of bytes is that of Shades. */
  colours: Uint32Array;
  width: number;
  height: number;
}

/** Between which two samples the pixels of the target lie, along one axis. */
interface Steps {
  /** The pixels that the picture covers: from this one on, until before that one. */
  from: number;
  to: number;
  sample: Int32Array;
  /** How far it is to the next sample. */
  part: Float32Array;
}

const BLACK = 0xff000000;

/**
 * Draw a picture where a map puts it; all around is black.
 *
 * @param map from samples, the first one's centre at (0, 0), to pixels of the target, its outer corner at (0, 0). It scales,
 *   shifts and flips: a pane turns pictures in no other way.
 * @param shades the window; null for colours.
 */
export function paint(target: Target, source: Source, map: Affine, shades: Shades | null, inverted: boolean): void {
  const across = stepsAlong(map.a, map.e, target.width, source.columns);
  const down = stepsAlong(map.d, map.f, target.height, source.rows);
  target.colours.fill(BLACK);
  if (across.from >= across.to) return;
  const rows = new RowPair(source);
  for (let y = down.from; y < down.to; y++) {
    const at = down.sample[y] as number;
    const above = rows.row(at);
    const below = rows.row(Math.min(at + 1, source.rows - 1));
    const out = target.colours.subarray(y * target.width, (y + 1) * target.width);
    const part = down.part[y] as number;
    if (source.components === 3) paintColours(out, above, below, part, across, inverted);
    else if (shades) paintShades(out, above, below, part, across, shades);
  }
}

function stepsAlong(scale: number, shift: number, length: number, samples: number): Steps {
  const sample = new Int32Array(length);
  const part = new Float32Array(length);
  let from = length;
  let to = 0;
  for (let i = 0; i < length; i++) {
    const at = (i + 0.5 - shift) / scale;
    // Samples reach half a step beyond their centres.
    if (!(at >= -0.5 && at < samples - 0.5)) continue;
    const inside = Math.min(Math.max(at, 0), samples - 1);
    const first = Math.floor(inside);
    sample[i] = first;
    part[i] = inside - first;
    from = Math.min(from, i);
    to = i + 1;
  }
  return { from, to, sample, part };
}

/** The rows of a picture as floats, the last two that were asked for at hand: one kind of array makes the loops fast. */
class RowPair {
  private readonly width: number;
  private readonly held: [number, number] = [-1, -1];
  private readonly buffers: readonly [Float32Array, Float32Array];

  constructor(private readonly source: Source) {
    this.width = source.columns * source.components;
    // One sample more: a pixel on the last one still looks at the next, at no weight.
    const size = this.width + source.components;
    this.buffers = [new Float32Array(size), new Float32Array(size)];
  }

  row(index: number): Float32Array {
    const place = (index & 1) as 0 | 1;
    const buffer = this.buffers[place];
    if (this.held[place] !== index) {
      buffer.set(this.source.pixels.subarray(index * this.width, (index + 1) * this.width));
      this.held[place] = index;
    }
    return buffer;
  }
}

function paintShades(
  out: Uint32Array,
  above: Float32Array,
  below: Float32Array,
  weight: number,
  { from, to, sample, part }: Steps,
  { lower, upper, colours }: Shades,
): void {
  const last = colours.length - 1;
  const scale = last / (upper - lower);
  // Half a step more, so that cutting off rounds.
  const shift = 0.5 - lower * scale;
  for (let x = from; x < to; x++) {
    const i = sample[x] as number;
    const w = part[x] as number;
    const a = above[i] as number;
    const b = below[i] as number;
    const upperRow = a + ((above[i + 1] as number) - a) * w;
    const lowerRow = b + ((below[i + 1] as number) - b) * w;
    const entry = (upperRow + (lowerRow - upperRow) * weight) * scale + shift;
    out[x] = colours[entry > 0 ? (entry < last ? entry | 0 : last) : 0] as number;
  }
}

function paintColours(
  out: Uint32Array,
  above: Float32Array,
  below: Float32Array,
  weight: number,
  { from, to, sample, part }: Steps,
  inverted: boolean,
): void {
  const flip = inverted ? 0xffffff : 0;
  for (let x = from; x < to; x++) {
    const i = 3 * (sample[x] as number);
    const w = part[x] as number;
    let colour = 0;
    for (let c = 2; c >= 0; c--) {
      const a = above[i + c] as number;
      const b = below[i + c] as number;
      const upperRow = a + ((above[i + c + 3] as number) - a) * w;
      const lowerRow = b + ((below[i + c + 3] as number) - b) * w;
      colour = (colour << 8) | (upperRow + (lowerRow - upperRow) * weight + 0.5);
    }
    out[x] = (BLACK | (colour ^ flip)) >>> 0;
  }
}
