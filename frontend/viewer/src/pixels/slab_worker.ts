/** The worker that makes slabs. It keeps the slices that its last slabs were made of, so that a step sends one. */
import type { SlabMode } from '../model/presentation';
import type { Pixels } from './modality';
import { RunningMean, type SlabPixels, slabOf } from './slab';

export interface SlabRequest {
  id: number;
  /** Whose slab: each pane has its own, which moves on slice by slice. */
  pane: string;
  mode: Exclude<SlabMode, 'none'>;
  keys: readonly string[];
  /** Slices that the worker does not have yet. */
  sent: readonly { key: string; pixels: Pixels }[];
}

export type SlabReply = { id: number; slab: SlabPixels } | { id: number; error: string };

interface Kept {
  slices: Map<string, Pixels>;
  running: RunningMean;
}

const panes = new Map<string, Kept>();

/** Only what the newest slab of a pane is made of stays: `SlabMaker` counts on it. */
function keep({ pane, keys, sent }: SlabRequest): Kept {
  const before = panes.get(pane);
  const come = new Map(sent.map(({ key, pixels }) => [key, pixels]));
  const slices = new Map<string, Pixels>();
  for (const key of keys) {
    const pixels = come.get(key) ?? before?.slices.get(key);
    if (!pixels) throw new Error('a slice of the slab is missing');
    slices.set(key, pixels);
  }
  const kept = { slices, running: before?.running ?? new RunningMean() };
  panes.set(pane, kept);
  return kept;
}

self.onmessage = (event: MessageEvent<SlabRequest>) => {
  const { id, mode } = event.data;
  try {
    const { slices, running } = keep(event.data);
    const slab = slabOf(mode, slices, running);
    const reply: SlabReply = { id, slab };
    self.postMessage(reply, { transfer: [slab.pixels.buffer as ArrayBuffer] });
  } catch (error) {
    panes.delete(event.data.pane);
    const reply: SlabReply = { id, error: `the slab could not be made (${String(error)})` };
    self.postMessage(reply);
  }
};
