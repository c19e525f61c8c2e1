/** Decoding one HTJ2K codestream with OpenJPH, whole or its coarser resolutions. */
import type { OpenJph } from '@cornerstonejs/codec-openjph';
import type { StoredPixels } from './modality';
import { sizeAt } from './resolution';

export interface Stored {
  values: StoredPixels;
  columns: number;
  rows: number;
  components: number;
}

/** Where a codestream says sign and depth of its first component (ISO/IEC 15444-1 A.5.1), and two of its values. */
const SAMPLE_DEPTH = 42;
const SIGNED_8_BITS = 0x87;
const SIGNED_16_BITS = 0x8f;

/**
 * Decode a frame; with `level` halvings left out, the first bytes of the codestream are enough.
 *
 * OpenJPH's build for browsers cuts signed 8-bit samples to what an unsigned byte holds, so that all below zero is
 * lost. It is told that they have 16 bits, which changes no value: samples are coded without regard to their depth.
 */
export function decodeHtj2k(codec: OpenJph, bytes: Uint8Array, level: number): Stored {
  const decoder = new codec.HTJ2KDecoder();
  try {
    const encoded = decoder.getEncodedBuffer(bytes.byteLength);
    encoded.set(bytes);
    const widened = encoded[SAMPLE_DEPTH] === SIGNED_8_BITS;
    if (widened) encoded[SAMPLE_DEPTH] = SIGNED_16_BITS;
    if (level > 0) decoder.decodeSubResolution(level);
    else decoder.decode();
    const { width, height, bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
    // The decoded bytes lie in the WebAssembly memory, which the next frame overwrites.
    const copy = decoder.getDecodedBuffer().slice().buffer;
    const values = bitsPerSample > 8 ? (isSigned ? new Int16Array(copy) : new Uint16Array(copy)) : new Uint8Array(copy);
    // Beside an edge the filter of a reduced picture goes beyond the samples; the codec cuts to the depth it was told.
    if (widened) for (const [i, value] of values.entries()) values[i] = Math.min(127, Math.max(-128, value));
    const [columns, rows] = [sizeAt(level, width), sizeAt(level, height)];
    if (values.length !== columns * rows * componentCount) throw new Error('the picture has another size than it says');
    return { values, columns, rows, components: componentCount };
  } finally {
    decoder.delete();
  }
}
