import { describe, expect, it } from 'vitest';
import type { KeptChange } from './change';
import { Keeper } from './keeper';
import { OtherCases } from './other_cases';
import type { Outcome } from './outcome';
import { MemoryOutbox, mark, TestClock, TestServer } from './testing';

const left = (id: string, of: string): KeptChange => ({
  id,
  case: of,
  kind: 'annotation',
  record: mark({ id: `mark ${id}`, case: of }),
  step: Number(id),
});

function setUp(answer: (sending: Parameters<TestServer['save']>[0]) => Outcome) {
  const clock = new TestClock();
  const outbox = new MemoryOutbox();
  const others = new OtherCases(
    new Keeper(outbox, clock),
    async (sending) => answer(sending),
    clock,
    () => undefined,
  );
  return { clock, outbox, others };
}

describe('changes of cases that are not open', () => {
  it('are sent, case by case, and taken out of the browser', async () => {
    const server = new TestServer();
    const { others, outbox, clock } = setUp((sending) => server.save(sending));
    await outbox.write([left('1', 'c'), left('2', 'd')], []);
    others.take(outbox.left);
    expect(others.waiting.map((one) => [one.case, one.unsaved])).toEqual([
      ['c', 1],
      ['d', 1],
    ]);
    await clock.pass(100);
    expect([others.waiting, outbox.left, server.records.size]).toEqual([[], [], 2]);
  });

  it('stay with the reason where they are not taken, until the reader gives them up', async () => {
    const { others, outbox, clock } = setUp(() => ({ type: 'refused', message: 'No such case.' }));
    await outbox.write([left('1', 'c')], []);
    others.take(outbox.left);
    await clock.pass(100);
    expect(others.waiting).toMatchObject([{ case: 'c', state: 'refused', message: 'No such case.' }]);
    expect(outbox.left).toHaveLength(1);
    others.giveUp('c');
    await clock.pass(100);
    expect([others.waiting, outbox.left]).toEqual([[], []]);
  });
});
