/** What the tests of the queue share: a queue before a server whose answers a test chooses. */
import { Records } from '../store/records';
import { Workspace } from '../store/workspace';
import { Keeper } from './keeper';
import type { Outcome } from './outcome';
import { SaveQueue } from './queue';
import type { Sending } from './sending';
import { MemoryOutbox, mark, TestClock } from './testing';

/** The server takes it. */
export const saved = ({ record }: Sending): Outcome => ({
  type: 'saved',
  record: { ...record, revision: record.revision + 1 } as never,
});
/** There is no server. */
export const down = (): Outcome => ({ type: 'unreachable', message: '' });

/** A case's queue and everything round it, before a server that answers so. */
export function setUp(answer: (sending: Sending) => Outcome | Promise<Outcome> = saved, outbox = new MemoryOutbox()) {
  const clock = new TestClock();
  const records = new Records();
  const sent: Sending[] = [];
  const server = { answer };
  const queue = new SaveQueue(
    'c',
    records,
    new Keeper(outbox, clock),
    async (sending) => {
      sent.push(sending);
      return server.answer(sending);
    },
    clock,
  );
  const workspace = new Workspace(records, queue, clock.now);
  const draw = (change = {}, words = 'draw') =>
    workspace.commit(words, [{ kind: 'annotation', id: mark(change).id, state: mark(change) }]);
  return { clock, records, queue, workspace, sent, outbox, server, draw };
}
