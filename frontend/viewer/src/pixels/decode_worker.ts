/** A worker that decodes one frame at a time: HTJ2K by OpenJPH in WebAssembly, JPEG by the browser. */
import createOpenJph, { type OpenJph } from '@cornerstonejs/codec-openjph';
import wasmUrl from '@cornerstonejs/codec-openjph/wasm?url';
import { giveBack } from './give_back';
import { decodeHtj2k, type Stored } from './htj2k';
import { type Modality, type Pixels, toModality } from './modality';

export interface DecodeJob {
  bytes: ArrayBuffer;
  format: 'htj2k' | 'jpeg';
  colour: boolean;
  modality: Modality;
  /** Halvings to leave out; 0 decodes the stored resolution. JPEG has none. */
  level: number;
}

/**
 * The bytes travel in a carrier, which comes back with the answer for the next ones: the browser holds on to every buffer
 * that it has handed from thread to thread, and a worker at rest collects no garbage.
 */
export interface DecodeRequest extends Omit<DecodeJob, 'bytes'> {
  id: number;
  carrier: ArrayBuffer;
  /** How much of the carrier counts. */
  length: number;
}

/** No job, only a hint that HTJ2K comes. */
export interface WarmUp {
  warmUp: true;
}

export interface DecodedFrame {
  pixels: Pixels;
  components: 1 | 3;
  columns: number;
  rows: number;
  minimum: number;
  maximum: number;
}

export type Decoded = { id: number; carrier: ArrayBuffer } & ({ frame: DecodedFrame } | { error: string });
/** That a job was taken up, so that a worker that died is known by its silence; then what came of it. */
export type DecodeReply = { id: number; began: true } | Decoded;

let openJph: Promise<OpenJph> | null = null;

function codec(): Promise<OpenJph> {
  openJph ??= createOpenJph({ locateFile: () => wasmUrl });
  return openJph;
}

async function decodeJpeg(bytes: Uint8Array<ArrayBuffer>, colour: boolean): Promise<Stored> {
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }), { colorSpaceConversion: 'none' });
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser gives no canvas to a worker');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const rgba = context.getImageData(0, 0, width, height).data;
  const components = colour ? 3 : 1;
  const values = new Uint8Array(width * height * components);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    for (let c = 0; c < components; c++) values[to++] = rgba[from + c] as number;
  }
  return { values, columns: width, rows: height, components };
}

async function decode(request: DecodeRequest): Promise<DecodedFrame> {
  const bytes = new Uint8Array(request.carrier, 0, request.length);
  const stored =
    request.format === 'jpeg'
      ? await decodeJpeg(bytes, request.colour)
      : decodeHtj2k(await codec(), bytes, request.level);
  const { columns, rows } = stored;
  if (stored.components >= 3) {
    const pixels = new Uint8Array(stored.values.buffer as ArrayBuffer);
    return { pixels, components: 3, columns, rows, minimum: 0, maximum: 255 };
  }
  const made = toModality(stored.values, request.modality);
  giveBack(stored.values.buffer);
  return { ...made, components: 1, columns, rows };
}

self.onmessage = async (event: MessageEvent<DecodeRequest | WarmUp>) => {
  if ('warmUp' in event.data) {
    // What fails now fails again, with words, at the first picture.
    codec().catch(() => {
      openJph = null;
    });
    return;
  }
  const { id, carrier } = event.data;
  const taken: DecodeReply = { id, began: true };
  self.postMessage(taken);
  try {
    const frame = await decode(event.data);
    const reply: DecodeReply = { id, carrier, frame };
    self.postMessage(reply, { transfer: [carrier, frame.pixels.buffer as ArrayBuffer] });
  } catch (error) {
    const reply: DecodeReply = { id, carrier, error: `the picture could not be decoded (${String(error)})` };
    self.postMessage(reply, { transfer: [carrier] });
  }
};
