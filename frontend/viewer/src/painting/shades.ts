/** A window as a table of colours. Pure. */

export type Curve = 'straight' | 'sigmoid';

/** Values from `lower` to `upper` have the colours of the table, in even steps; beyond, its ends. */
export interface Shades {
  lower: number;
  upper: number;
  /** Red, green, blue and opacity, a byte each, from the lowest byte: what ImageData holds on every machine with a browser. */
  colours: Uint32Array;
}

/** Finer than the 256 greys that there are, so that a narrow window loses none of them. */
const ENTRIES = 4096;
/** A sigmoid has reached its ends here, in widths from the centre. */
const SIGMOID_REACH = 2;
/** Of a value: narrower, and rounding would leave no step between the ends. */
const NARROWEST = 1e-9;
const OPAQUE = 0xff000000;

/**
 * The greys of a window.
 *
 * @param lower shown black, of a sigmoid half a width below its centre.
 * @param upper shown white.
 *
 * Source: DICOM PS3.3 C.11.2.1.3.1 (sigmoid).
 */
export function shadesOf(lower: number, upper: number, curve: Curve, inverted: boolean): Shades {
  const colours = new Uint32Array(ENTRIES);
  const reach = curve === 'sigmoid' ? 2 * SIGMOID_REACH : 1;
  for (let i = 0; i < ENTRIES; i++) {
    const part = i / (ENTRIES - 1);
    // Widths from the centre.
    const away = (part - 0.5) * reach;
    const light = curve === 'sigmoid' ? 1 / (1 + Math.exp(-4 * away)) : part;
    colours[i] = greyOf(inverted ? 1 - light : light);
  }
  const centre = (lower + upper) / 2;
  const half = Math.max((upper - lower) / 2, NARROWEST * Math.max(1, Math.abs(centre))) * reach;
  return { lower: centre - half, upper: centre + half, colours };
}

function greyOf(light: number): number {
  const grey = Math.round(255 * light);
  return (OPAQUE | (grey << 16) | (grey << 8) | grey) >>> 0;
}
