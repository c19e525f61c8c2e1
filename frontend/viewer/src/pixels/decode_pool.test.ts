import { describe, expect, it, vi } from 'vitest';
import { DecodePool, type DecodeWorker, nextJob } from './decode_pool';
import type { DecodedFrame, DecodeJob, DecodeReply, DecodeRequest, WarmUp } from './decode_worker';

describe('what is decoded next', () => {
  it('is what the reader asked for last', () => {
    expect(nextJob([{ since: 900 }, { since: 950 }, { since: 999 }], 1000)).toBe(2);
    expect(nextJob([{ since: 999 }], 1000)).toBe(0);
  });

  it('is the oldest once it has waited too long', () => {
    expect(nextJob([{ since: 600 }, { since: 990 }], 1000)).toBe(0);
  });
});

class FakeWorker implements DecodeWorker {
  onmessage: DecodeWorker['onmessage'] = null;
  onerror: DecodeWorker['onerror'] = null;
  readonly jobs: DecodeRequest[] = [];
  terminated = false;

  postMessage(request: DecodeRequest | WarmUp): void {
    if (!('warmUp' in request)) this.jobs.push(request);
  }

  terminate(): void {
    this.terminated = true;
  }

  /** As the worker does, with the carrier of the job. */
  answer(reply: { id: number } & Record<string, unknown>): void {
    const carrier = this.jobs.find(({ id }) => id === reply.id)?.carrier;
    this.onmessage?.({ data: { carrier, ...reply } } as MessageEvent<DecodeReply>);
  }

  die(): void {
    this.onerror?.(new Event('error') as ErrorEvent);
  }
}

describe('a pool of decoders', () => {
  const request = { bytes: new ArrayBuffer(4) } as unknown as DecodeJob;
  const frame = { columns: 1, rows: 1 } as unknown as DecodedFrame;

  function setUp(size: number) {
    const made: FakeWorker[] = [];
    const pool = new DecodePool(size, () => {
      const worker = new FakeWorker();
      made.push(worker);
      return worker;
    });
    return { pool, made, at: (i: number) => made[i] as FakeWorker };
  }

  it('replaces a worker that dies, and decodes what it was at by another', async () => {
    const { pool, at } = setUp(1);
    const decoded = pool.decode(request);
    at(0).die();
    expect(at(0).terminated).toBe(true);
    expect(at(1).jobs.map(({ id, length }) => [id, length])).toEqual([[1, 4]]);
    at(1).answer({ id: 1, frame });
    expect(await decoded).toBe(frame);
  });

  it('sends all bytes in one carrier, which comes back each time, and takes a larger one where it is too small', async () => {
    const { pool, at } = setUp(1);
    const sizes = [1000, 900, 1100, 4000];
    for (const [i, size] of sizes.entries()) {
      const decoded = pool.decode({ ...request, bytes: Uint8Array.from({ length: size }, () => i + 1).buffer });
      const { carrier, length } = at(0).jobs[i] as DecodeRequest;
      expect([length, new Set(new Uint8Array(carrier, 0, length))]).toEqual([size, new Set([i + 1])]);
      at(0).answer({ id: i + 1, frame });
      await decoded;
    }
    const carriers = at(0).jobs.map(({ carrier }) => carrier);
    expect(carriers.map((carrier) => carrier === carriers[0])).toEqual([true, true, true, false]);
  });

  it('gives a picture up at which two workers died, and goes on with the others', async () => {
    const { pool, at } = setUp(1);
    const bad = pool.decode(request);
    const good = pool.decode(request);
    at(0).die();
    // The job that was lost goes to the end of the line, from which the newest is taken.
    at(1).die();
    await expect(bad).rejects.toThrow('twice');
    at(2).answer({ id: 2, frame });
    expect(await good).toBe(frame);
  });

  it('finds a worker that died without a word by its silence', async () => {
    vi.useFakeTimers();
    const { pool, made, at } = setUp(1);
    const first = pool.decode(request);
    at(0).answer({ id: 1, began: true });
    vi.advanceTimersByTime(10_000);
    at(0).answer({ id: 1, frame });
    await first;
    const second = pool.decode(request);
    vi.advanceTimersByTime(5_000);
    expect(made.length).toBe(2);
    at(1).answer({ id: 2, frame });
    await second;
    vi.useRealTimers();
  });

  it('says so when no decoder starts at all, and tries again when it is asked again', async () => {
    const { pool, made } = setUp(1);
    const asked = [1, 2, 3, 4, 5, 6].map(() => pool.decode(request).catch((error: Error) => error.message));
    for (let i = 0; i < made.length && i < 12; i++) (made[i] as FakeWorker).die();
    expect(new Set(await Promise.all(asked)).size).toBeGreaterThan(0);
    const again = pool.decode(request);
    (made.at(-1) as FakeWorker).answer({ id: 7, frame });
    expect(await again).toBe(frame);
  });
});
