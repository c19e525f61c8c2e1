/** Ways along edges from a seed, found by a worker; until they are there a way is a straight line. */
import type { Point } from '../model/pictures';
import type { WaysReply, WaysRequest } from './livewire_worker';
import { wayTo } from './paths';
import { gridPixel, holds, type Part, smoothLine, storedPoint } from './picture_part';

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, (arrivals: Uint8Array) => void>();
/** The part that the worker has. */
let sent: Part | null = null;

function ask(part: Part, seed: number): Promise<Uint8Array> {
  if (!worker) {
    worker = new Worker(new URL('./livewire_worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<WaysReply>) => {
      waiting.get(data.id)?.(data.arrivals);
      waiting.delete(data.id);
    };
  }
  const id = ++last;
  const request: WaysRequest = { id, seed, ...(sent === part ? {} : { grid: part.grid }) };
  sent = part;
  worker.postMessage(request);
  return new Promise((resolve) => waiting.set(id, resolve));
}

/** All ways from one seed within a part of the picture. */
export class Ways {
  /** Resolves when ways are known. */
  readonly ready: Promise<void>;
  private arrivals: Uint8Array | null = null;

  constructor(
    private readonly part: Part,
    readonly seed: Point,
  ) {
    this.ready = ask(part, gridPixel(part, seed)).then((arrivals) => {
      this.arrivals = arrivals;
    });
  }

  get known(): boolean {
    return this.arrivals !== null;
  }

  /** The way to a point, from the seed itself to the point itself. */
  to(point: Point): Point[] {
    if (!this.arrivals || !holds(this.part, point)) return [this.seed, point];
    const way = wayTo(this.arrivals, this.part.grid.width, gridPixel(this.part, point));
    const between = way.slice(1, -1).map((pixel) => storedPoint(this.part, pixel));
    return smoothLine([this.seed, ...between, point]);
  }
}
