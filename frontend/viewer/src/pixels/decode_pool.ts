/** A few workers that share the decoding. */
import type { DecodedFrame, DecodeReply, DecodeRequest } from './decode_worker';

interface Waiting {
  resolve: (frame: DecodedFrame) => void;
  reject: (error: Error) => void;
}

export class DecodePool {
  private readonly workers: { worker: Worker; busy: number }[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(size = Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1))) {
    for (let i = 0; i < size; i++) {
      const worker = new Worker(new URL('./decode_worker.ts', import.meta.url), { type: 'module' });
      const entry = { worker, busy: 0 };
      worker.onmessage = (event: MessageEvent<DecodeReply>) => {
        entry.busy -= 1;
        this.finish(event.data);
      };
      worker.onerror = () => {
        for (const { reject } of this.waiting.values()) reject(new Error('the decoder could not be started'));
        this.waiting.clear();
      };
      this.workers.push(entry);
    }
  }

  decode(request: Omit<DecodeRequest, 'id'>): Promise<DecodedFrame> {
    const id = ++this.last;
    const entry = this.workers.reduce((a, b) => (b.busy < a.busy ? b : a));
    entry.busy += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      entry.worker.postMessage({ ...request, id }, [request.bytes]);
    });
  }

  private finish(reply: DecodeReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('frame' in reply) waiting?.resolve(reply.frame);
    else waiting?.reject(new Error(reply.error));
  }
}
