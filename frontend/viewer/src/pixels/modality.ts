/** Stored values to modality values (Hounsfield units and the like), in the smallest array that holds them. Pure. */
import type { LookupTable } from '../model/pictures';

export type Pixels = Uint8Array | Int16Array | Uint16Array | Float32Array;
export type StoredPixels = Uint8Array | Int8Array | Int16Array | Uint16Array;

export interface Modality {
  slope: number;
  intercept: number;
  lut: LookupTable | null;
  /** Applied to the modality values, so that what comes out is already the table's grey. */
  voi: LookupTable | null;
  padding: readonly [number, number] | null;
  inverted: boolean;
  bitsStored: number;
  signed: boolean;
}

export interface ModalityPixels {
  pixels: Pixels;
  minimum: number;
  maximum: number;
}

/**
 * The array type follows from what the stack *could* hold, so that all slices of a stack have one type; only where that
 * would need 32 bits it follows from what the slice does hold.
 */
function emptyFor(m: Modality, stored: StoredPixels): Pixels {
  const { length } = stored;
  let low = m.signed ? -(2 ** (m.bitsStored - 1)) : 0;
  let high = m.signed ? 2 ** (m.bitsStored - 1) - 1 : 2 ** m.bitsStored - 1;
  const last = m.voi ?? m.lut;
  if (last) {
    low = last.values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    high = last.values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  } else {
    if (!Number.isInteger(m.slope) || !Number.isInteger(m.intercept)) return new Float32Array(length);
    const ends = [low * m.slope + m.intercept, high * m.slope + m.intercept];
    low = Math.min(...ends);
    high = Math.max(...ends);
  }
  if (low >= 0 && high <= 255) return new Uint8Array(length);
  if (low >= 0 && high <= 65535) return new Uint16Array(length);
  if (low >= -32768 && high <= 32767) return new Int16Array(length);
  // A CT that may store 16 bits, and stores Hounsfield units plus 1024: what is there fits all the same, in half the room.
  return !last && fitsInt16(stored, m) ? new Int16Array(length) : new Float32Array(length);
}

/** Whether the values that are shown fit into 16 bits; padding is replaced by one of them. */
function fitsInt16(stored: StoredPixels, { slope, intercept, padding }: Modality): boolean {
  const [padLow, padHigh] = paddingOf(padding);
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i] as number;
    if (value >= padLow && value <= padHigh) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (least > greatest) return false;
  const ends = [least * slope + intercept, greatest * slope + intercept];
  return Math.min(...ends) >= -32768 && Math.max(...ends) <= 32767;
}

/** The range of padding; none where the object has none. */
function paddingOf(padding: Modality['padding']): readonly [number, number] {
  return padding ? [Math.min(...padding), Math.max(...padding)] : [1, 0];
}

/** Below and above its ends a table holds its end values. */
function tableLookUp({ first, values }: LookupTable): (value: number) => number {
  const table = Float64Array.from(values);
  return (value) => table[Math.min(table.length - 1, Math.max(0, value - first))] as number;
}

/**
 * Rescale or look up every value; padding becomes what is shown black, and does not count in the range.
 *
 * Source: DICOM PS3.3 C.11.1 (modality LUT and rescale), C.7.5.1.1.2 (pixel padding).
 */
export function toModality(stored: StoredPixels, m: Modality): ModalityPixels {
  const pixels = emptyFor(m, stored);
  const [padLow, padHigh] = paddingOf(m.padding);
  const lookUp = m.lut && tableLookUp(m.lut);
  const shade = m.voi && tableLookUp(m.voi);
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let padded = 0;
  for (let i = 0; i < stored.length; i++) {
    const raw = stored[i] as number;
    const units = lookUp ? lookUp(raw) : raw * m.slope + m.intercept;
    const value = shade ? shade(Math.round(units)) : units;
    pixels[i] = value;
    if (raw >= padLow && raw <= padHigh) {
      padded += 1;
      continue;
    }
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (minimum > maximum) {
    minimum = 0;
    maximum = 0;
  }
  if (padded > 0 && padded < stored.length) {
    const black = m.inverted ? maximum : minimum;
    for (let i = 0; i < stored.length; i++) {
      const raw = stored[i] as number;
      if (raw >= padLow && raw <= padHigh) pixels[i] = black;
    }
  }
  return { pixels, minimum, maximum };
}
