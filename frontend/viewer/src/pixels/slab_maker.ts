/** Slabs made by a worker, which is started with the first one; only slices that it does not have are sent to it. */
import type { SlabMode } from '../model/presentation';
import type { Pixels } from './modality';
import type { SlabPixels } from './slab';
import type { SlabReply, SlabRequest } from './slab_worker';

export interface SlabWorker {
  postMessage(request: SlabRequest): void;
  onmessage: ((event: MessageEvent<SlabReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

interface Waiting {
  pane: string;
  resolve: (slab: SlabPixels) => void;
  reject: (error: Error) => void;
}

export class SlabMaker {
  private worker: SlabWorker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  /** What the worker holds for each pane. */
  private readonly held = new Map<string, ReadonlySet<string>>();
  private last = 0;

  constructor(
    private readonly start: () => SlabWorker = () =>
      new Worker(new URL('./slab_worker.ts', import.meta.url), { type: 'module' }),
  ) {}

  make(pane: string, mode: Exclude<SlabMode, 'none'>, slices: ReadonlyMap<string, Pixels>): Promise<SlabPixels> {
    const worker = this.running();
    const held = this.held.get(pane);
    const keys = [...slices.keys()];
    const sent = [...slices].filter(([key]) => !held?.has(key)).map(([key, pixels]) => ({ key, pixels }));
    this.held.set(pane, new Set(keys));
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { pane, resolve, reject });
      worker.postMessage({ id, pane, mode, keys, sent });
    });
  }

  private running(): SlabWorker {
    if (this.worker) return this.worker;
    const worker = this.start();
    worker.onmessage = ({ data }) => {
      const waiting = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ('slab' in data) {
        waiting?.resolve(data.slab);
        return;
      }
      // It forgot what it held, and is sent everything next time.
      if (waiting) this.held.delete(waiting.pane);
      waiting?.reject(new Error(data.error));
    };
    worker.onerror = () => {
      for (const { reject } of this.waiting.values()) reject(new Error('the slab could not be made'));
      this.waiting.clear();
      this.held.clear();
      this.worker = null;
    };
    this.worker = worker;
    return worker;
  }
}
