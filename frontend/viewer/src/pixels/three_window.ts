/**
 * A CT as one colour picture: brain, blood and bone windows as red, green and blue. Pure.
 *
 * The same numbers as the server's pictures and a network's input (annotator/imaging/pixels/three_window.py), down to
 * the 32-bit arithmetic: three_window_cases.json holds both to them.
 */
import type { Window } from '../model/pictures';
import type { Pixels } from './modality';

const f32 = Math.fround;

interface Ramp {
  shift: number;
  scale: number;
}

/** Source: DICOM PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.2 (LINEAR_EXACT). */
function rampOf(window: Window): Ramp {
  const exact = window.function === 'LINEAR_EXACT';
  const centre = exact ? window.centre : window.centre - 0.5;
  const width = exact ? window.width : window.width - 1;
  return { shift: f32(centre), scale: f32(255 / width) };
}

function shade(value: number, { shift, scale }: Ramp): number {
  // A window of no width is a step.
  if (!Number.isFinite(scale)) return value > shift ? 255 : 0;
  const grey = f32(f32(f32(f32(value) - shift) * scale) + 128);
  return Math.trunc(Math.min(Math.max(grey, 0), 255));
}

export class ThreeWindows {
  private readonly ramps: readonly Ramp[];
  /** Red, green, blue of every value that 16 bits hold, by the value's bits; made once. */
  private table: Uint8Array | null = null;
  private signed = false;

  constructor(windows: readonly Window[]) {
    this.ramps = windows.map(rampOf);
  }

  /** The colours of modality values: red, green, blue a pixel. */
  colours(values: Pixels): Uint8Array {
    const colours = new Uint8Array(values.length * 3);
    if (values instanceof Float32Array) this.compute(values, colours);
    else this.lookUp(values, colours);
    return colours;
  }

  private compute(values: Float32Array, colours: Uint8Array): void {
    const [red, green, blue] = this.ramps as [Ramp, Ramp, Ramp];
    for (let i = 0, to = 0; i < values.length; i++) {
      const value = values[i] as number;
      colours[to++] = shade(value, red);
      colours[to++] = shade(value, green);
      colours[to++] = shade(value, blue);
    }
  }

  private lookUp(values: Uint8Array | Uint16Array | Int16Array, colours: Uint8Array): void {
    const table = this.tableFor(values instanceof Int16Array);
    for (let i = 0, to = 0; i < values.length; i++) {
      const from = ((values[i] as number) & 0xffff) * 3;
      colours[to++] = table[from] as number;
      colours[to++] = table[from + 1] as number;
      colours[to++] = table[from + 2] as number;
    }
  }

  private tableFor(signed: boolean): Uint8Array {
    if (this.table && this.signed === signed) return this.table;
    this.table = new Uint8Array(65536 * 3);
    this.signed = signed;
    for (let bits = 0; bits < 65536; bits++) {
      const value = signed && bits > 32767 ? bits - 65536 : bits;
      this.ramps.forEach((ramp, channel) => {
        (this.table as Uint8Array)[bits * 3 + channel] = shade(value, ramp);
      });
    }
    return this.table;
  }
}
