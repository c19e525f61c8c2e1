/** Masks as the screen's pixels: a see-through fill and an outline that is sharp at every zoom. Pure. */
import type { Affine } from '../model/geometry';
import { type Bitmap, type Box, overlap } from './bitmap';

export interface DrawnMask {
  bitmap: Bitmap;
  /** Red, green, blue, 0 to 255. */
  colour: readonly [number, number, number];
  /** Opacity of the inside, 0 to 1; the outline has its own. */
  fill: number;
  /** Of the outline, in pixels of the screen. */
  line: number;
  /** Of the whole, 0 to 1. */
  strength: number;
}

const LINE_OPACITY = 0.95;
/** What is less see-through than this is an outline, of a mask that another finding's choice has not dimmed. */
const OUTLINED = 0.5 * 255;

/** "#4cc2ff" as three numbers. */
export function rgbOf(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** The pixels of the screen that a box of stored pixels touches, with a margin. */
export function boxOnScreen({ column, row, columns, rows }: Box, toScreen: Affine, margin: number): Box {
  const { a, b, c, d, e, f } = toScreen;
  const xs: number[] = [];
  const ys: number[] = [];
  for (const x of [column, column + columns]) {
    for (const y of [row, row + rows]) {
      xs.push(a * x + c * y + e);
      ys.push(b * x + d * y + f);
    }
  }
  const [left, top] = [Math.floor(Math.min(...xs)) - margin, Math.floor(Math.min(...ys)) - margin];
  return {
    column: left,
    row: top,
    columns: Math.ceil(Math.max(...xs)) + margin - left,
    rows: Math.ceil(Math.max(...ys)) + margin - top,
  };
}

let membership = new Uint8Array(0);

/**
 * Draw masks over a part of the screen, later ones over earlier ones.
 *
 * @param made RGBA of the part, as ImageData has them; transparent at first.
 * @param part where on the screen it lies.
 * @param toStored from the screen's pixels to stored ones.
 */
export function drawMasks(
  made: Uint32Array,
  part: Box,
  toStored: Affine,
  toScreen: Affine,
  masks: readonly DrawnMask[],
): void {
  for (const mask of masks) {
    const touched = overlap(part, boxOnScreen(mask.bitmap, toScreen, 1));
    if (touched) drawOne(made, part, touched, toStored, mask);
  }
}

function drawOne(
  made: Uint32Array,
  part: Box,
  touched: Box,
  toStored: Affine,
  { bitmap, colour, fill, line, strength }: DrawnMask,
): void {
  // Which pixels of the screen are in, with a margin as wide as the outline, where it looks for what is out.
  const wide = touched.columns + 2 * line;
  const high = touched.rows + 2 * line;
  if (membership.length < wide * high) membership = new Uint8Array(wide * high);
  const ins = membership;
  look(ins, touched.column - line, touched.row - line, wide, high, toStored, bitmap);
  const inside = packed(colour, fill * strength);
  const edge = packed(colour, LINE_OPACITY * strength);
  for (let y = 0; y < touched.rows; y++) {
    let at = (y + line) * wide + line;
    let to = (touched.row - part.row + y) * part.columns + touched.column - part.column;
    for (let x = 0; x < touched.columns; x++, at++, to++) {
      if (ins[at] !== 1) continue;
      let isEdge = false;
      for (let k = 1; k <= line && !isEdge; k++) {
        isEdge =
          ((ins[at - k] as number) &
            (ins[at + k] as number) &
            (ins[at - k * wide] as number) &
            (ins[at + k * wide] as number)) ===
          0;
      }
      if (isEdge) made[to] = edge;
      // The fill of one mask doesn't hide the outline of another.
      else if ((made[to] as number) >>> 24 < OUTLINED) made[to] = inside;
    }
  }
}

function look(
  ins: Uint8Array,
  left: number,
  top: number,
  wide: number,
  high: number,
  toStored: Affine,
  bitmap: Bitmap,
): void {
  const { a, b, c, d, e, f } = toStored;
  const { columns, rows, pixels } = bitmap;
  // Rounding in the camera's matrices.
  if (Math.abs(b) < 1e-9 && Math.abs(c) < 1e-9) {
    lookStraight(ins, wide, high, { a, d, e: a * left + e, f: d * top + f }, bitmap);
    return;
  }
  let i = 0;
  for (let y = 0; y < high; y++) {
    let column = a * (left + 0.5) + c * (top + y + 0.5) + e - bitmap.column;
    let row = b * (left + 0.5) + d * (top + y + 0.5) + f - bitmap.row;
    for (let x = 0; x < wide; x++, i++, column += a, row += b) {
      const within = column >= 0 && row >= 0 && column < columns && row < rows;
      ins[i] = within ? (pixels[(row | 0) * columns + (column | 0)] as number) : 0;
    }
  }
}

/** The same where the picture is not turned but for flips: each column and row of the screen is looked up once. */
function lookStraight(
  ins: Uint8Array,
  wide: number,
  high: number,
  { a, d, e, f }: Pick<Affine, 'a' | 'd' | 'e' | 'f'>,
  { column, row, columns, rows, pixels }: Bitmap,
): void {
  const across = new Int32Array(wide);
  for (let x = 0; x < wide; x++) {
    const at = Math.floor(a * (x + 0.5) + e) - column;
    across[x] = at >= 0 && at < columns ? at : -1;
  }
  for (let y = 0; y < high; y++) {
    const at = Math.floor(d * (y + 0.5) + f) - row;
    const line = y * wide;
    if (at < 0 || at >= rows) {
      ins.fill(0, line, line + wide);
      continue;
    }
    const start = at * columns;
    for (let x = 0; x < wide; x++) {
      const from = across[x] as number;
      ins[line + x] = from < 0 ? 0 : (pixels[start + from] as number);
    }
  }
}

/** As ImageData's bytes read as one number on a little-endian machine, which all that run browsers are. */
function packed([red, green, blue]: readonly [number, number, number], opacity: number): number {
  return ((Math.round(opacity * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
