import { describe, expect, it } from 'vitest';
import type { KeptChange } from './change';
import { Keeper } from './keeper';
import { MemoryOutbox, mark, settle, TestClock } from './testing';

const change = (id: string, label = ''): KeptChange => ({
  id,
  case: 'c',
  kind: 'annotation',
  record: mark({ label }),
  step: 1,
});

function setUp() {
  const outbox = new MemoryOutbox();
  const clock = new TestClock();
  const keeper = new Keeper(outbox, clock);
  const labels = () => outbox.left.map(({ record }) => 'label' in record && record.label);
  return { outbox, clock, keeper, labels };
}

describe('what is kept', () => {
  it('is safe only once it is written', async () => {
    const { keeper, labels } = setUp();
    keeper.put(change('a'));
    expect(keeper.keeps('a')).toBe(false);
    await settle();
    expect([keeper.keeps('a'), labels()]).toEqual([true, ['']]);
    keeper.put(change('a', 'newer'));
    expect(keeper.keeps('a')).toBe(false);
    keeper.forget('a');
    await settle();
    expect(labels()).toEqual([]);
  });

  it('is never written at all when it was confirmed first', async () => {
    const { keeper, outbox } = setUp();
    const written: string[] = [];
    const write = outbox.write.bind(outbox);
    outbox.write = (put, remove) => {
      written.push(...put.map(({ id }) => id));
      return write(put, remove);
    };
    keeper.put(change('a'));
    keeper.forget('a');
    keeper.put(change('b'));
    await settle();
    expect(written).toEqual(['b']);
  });

  it('waits for room, its newest state, while what was confirmed makes some', async () => {
    const { keeper, outbox, clock, labels } = setUp();
    keeper.put(change('old'));
    await settle();
    outbox.full = true;
    keeper.put(change('a', 'older'));
    await settle();
    expect(keeper.trouble).toBe('the browser has no room left');
    keeper.put(change('a', 'newer'));
    keeper.forget('old');
    await settle();
    expect(labels()).toEqual([]);
    outbox.full = false;
    await clock.pass(10_000);
    expect([keeper.trouble, keeper.keeps('a'), labels()]).toEqual([null, true, ['newer']]);
  });

  it('is the newest state also where an older one fails while the newer one comes', async () => {
    const { keeper, outbox, clock, labels } = setUp();
    outbox.full = true;
    keeper.put(change('a', 'older'));
    await Promise.resolve(); // it is being written now
    keeper.put(change('a', 'newer'));
    await settle();
    outbox.full = false;
    await clock.pass(10_000);
    expect(labels()).toEqual(['newer']);
  });
});
