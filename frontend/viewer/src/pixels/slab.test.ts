import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pixels } from './modality';
import { RunningMean, slabOf } from './slab';
import { SlabMaker, type SlabWorker } from './slab_maker';
import type { SlabRequest } from './slab_worker';

const named = (...slices: Pixels[]): Map<string, Pixels> => new Map(slices.map((slice, i) => [String(i), slice]));
const SLICES = named(Int16Array.of(-5, 0, 7, 1), Int16Array.of(3, -1, 7, 2), Int16Array.of(0, 0, 9, 2));

describe('a slab', () => {
  it('is the greatest, the least or the mean of its slices, as whole numbers where they are', () => {
    expect([...slabOf('maximum', SLICES).pixels]).toEqual([3, 0, 9, 2]);
    expect([...slabOf('minimum', SLICES).pixels]).toEqual([-5, -1, 7, 1]);
    expect([...slabOf('average', SLICES).pixels]).toEqual([-1, 0, 8, 2]);
    expect(slabOf('maximum', SLICES)).toMatchObject({ minimum: 0, maximum: 9, pixels: expect.any(Int16Array) });
    const parts = named(Float32Array.of(0.25, 1), Float32Array.of(0.5, 2));
    expect([...slabOf('average', parts).pixels]).toEqual([0.375, 1.5]);
    const mixed = named(Int16Array.of(4, -7), Float32Array.of(40000, 3));
    expect(slabOf('maximum', mixed).pixels).toEqual(Float32Array.of(40000, 3));
    expect(slabOf('average', mixed).pixels).toEqual(Float32Array.of(20002, -2));
    expect([...SLICES.values()][0]).toEqual(Int16Array.of(-5, 0, 7, 1));
  });

  it('of a window that moves has the means that each slab has by itself', () => {
    const slices = fc.array(fc.array(fc.integer({ min: -1024, max: 3071 }), { minLength: 4, maxLength: 4 }), {
      minLength: 3,
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        slices,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 5 })), { maxLength: 12 }),
        (values, walk) => {
          const running = new RunningMean();
          for (const [from, count] of walk) {
            const window = new Map<string, Pixels>();
            for (let i = from % values.length; i < Math.min(values.length, (from % values.length) + count); i++) {
              window.set(String(i), Int16Array.from(values[i] as number[]));
            }
            expect(running.mean(window)).toEqual(new RunningMean().mean(window));
          }
        },
      ),
    );
  });
});

describe('the maker of slabs', () => {
  function setUp() {
    const asked: SlabRequest[] = [];
    const worker: SlabWorker = { postMessage: (request) => asked.push(request), onmessage: null, onerror: null };
    const maker = new SlabMaker(() => worker);
    const answer = (data: unknown): void => worker.onmessage?.({ data } as never);
    return { asked, maker, answer, worker };
  }
  const sentOf = (request: SlabRequest | undefined): string[] => request?.sent.map(({ key }) => key) ?? [];
  const range = (from: number, to: number): Map<string, Pixels> =>
    new Map(Array.from({ length: to - from }, (_, i) => [String(from + i), Int16Array.of(from + i)]));

  it('sends the worker only what it does not have: a step sends one slice', () => {
    const { asked, maker } = setUp();
    void maker.make('a', 'maximum', range(0, 3));
    void maker.make('a', 'average', range(1, 4));
    void maker.make('b', 'maximum', range(1, 4));
    void maker.make('a', 'maximum', range(0, 3));
    expect(asked.map(sentOf)).toEqual([['0', '1', '2'], ['3'], ['1', '2', '3'], ['0']]);
    expect(asked[1]?.keys).toEqual(['1', '2', '3']);
  });

  it('answers each asker, tells why a slab could not be made, and sends all of it again', async () => {
    const { asked, maker, answer } = setUp();
    const [first, second] = [maker.make('a', 'maximum', range(0, 2)), maker.make('a', 'maximum', range(1, 3))];
    answer({ id: 2, error: 'no memory' });
    answer({ id: 1, slab: { pixels: Int16Array.of(1), minimum: 1, maximum: 1 } });
    await expect(second).rejects.toThrow('no memory');
    expect((await first).maximum).toBe(1);
    void maker.make('a', 'maximum', range(1, 3));
    expect(sentOf(asked[2])).toEqual(['1', '2']);
  });

  it('starts another worker when one breaks', async () => {
    const { maker, worker, asked } = setUp();
    const lost = maker.make('a', 'maximum', range(0, 2));
    worker.onerror?.({} as ErrorEvent);
    await expect(lost).rejects.toThrow('could not be made');
    void maker.make('a', 'maximum', range(0, 2));
    expect(sentOf(asked[1])).toEqual(['0', '1']);
  });
});
