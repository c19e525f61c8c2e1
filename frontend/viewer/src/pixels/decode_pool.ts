/** A few workers that share the decoding. */
import type { DecodedFrame, DecodeReply, DecodeRequest } from './decode_worker';

interface Job {
  request: DecodeRequest;
  since: number;
  resolve: (frame: DecodedFrame) => void;
  reject: (error: Error) => void;
}

/** A job that has waited this long goes before newer ones. */
const PATIENCE_MS = 300;

/**
 * Which of the waiting jobs, oldest first, is decoded next: the newest, for that is what the reader just asked for,
 * unless the oldest has waited too long.
 */
export function nextJob(waiting: readonly { since: number }[], now: number): number {
  const oldest = waiting[0];
  return oldest && now - oldest.since > PATIENCE_MS ? 0 : waiting.length - 1;
}

export class DecodePool {
  private readonly idle: Worker[] = [];
  private readonly waiting: Job[] = [];
  private readonly running = new Map<number, Job>();
  private last = 0;

  constructor(size = Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1))) {
    for (let i = 0; i < size; i++) {
      const worker = new Worker(new URL('./decode_worker.ts', import.meta.url), { type: 'module' });
      worker.onmessage = (event: MessageEvent<DecodeReply>) => {
        this.finish(event.data);
        this.idle.push(worker);
        this.pump();
      };
      worker.onerror = () => {
        for (const { reject } of [...this.running.values(), ...this.waiting.splice(0)]) {
          reject(new Error('the decoder could not be started'));
        }
        this.running.clear();
      };
      this.idle.push(worker);
    }
  }

  decode(request: Omit<DecodeRequest, 'id'>): Promise<DecodedFrame> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request: { ...request, id: ++this.last }, since: performance.now(), resolve, reject });
      this.pump();
    });
  }

  /** One job a worker: what is handed over can't be overtaken any more. */
  private pump(): void {
    while (this.waiting.length > 0) {
      const worker = this.idle.pop();
      if (!worker) return;
      const [job] = this.waiting.splice(nextJob(this.waiting, performance.now()), 1);
      if (!job) return;
      this.running.set(job.request.id, job);
      worker.postMessage(job.request, [job.request.bytes]);
    }
  }

  private finish(reply: DecodeReply): void {
    const job = this.running.get(reply.id);
    this.running.delete(reply.id);
    if ('frame' in reply) job?.resolve(reply.frame);
    else job?.reject(new Error(reply.error));
  }
}
