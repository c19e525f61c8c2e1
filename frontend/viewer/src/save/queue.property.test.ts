/** Whatever is lost, doubled, late or broken on the way: in the end the server has what the reader made last. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Annotation, Finding } from '../model/reading';
import { type AnyRecord, contentOf, Records, splitAddress } from '../store/records';
import { Workspace } from '../store/workspace';
import { Keeper } from './keeper';
import type { Outcome } from './outcome';
import { SaveQueue } from './queue';
import type { Sending } from './sending';
import { finding, MemoryOutbox, mark, settle, TestClock, TestServer } from './testing';

type Way = 'through' | 'lost' | 'answer lost' | 'doubled' | 'late' | 'disk full' | 'broken' | 'signed out';
const WAYS: readonly Way[] = ['through', 'lost', 'answer lost', 'doubled', 'late', 'disk full', 'broken', 'signed out'];

/** One reader, page after page, on a bad network. */
class Trial {
  readonly server = new TestServer();
  readonly outbox = new MemoryOutbox();
  readonly clock = new TestClock();
  records = new Records();
  queue!: SaveQueue;
  workspace!: Workspace;
  ways: Way[] = [];
  private readonly underWay: Sending[] = [];
  private pages = 0;

  constructor() {
    this.openPage();
  }

  openPage(): void {
    const page = ++this.pages;
    this.records = new Records();
    for (const [address, record] of this.server.records) {
      if (!record.deleted) this.records.merge(splitAddress(address as never).kind, record as never, false);
    }
    // A page that is gone hears no answers and sends nothing more.
    const send = (sending: Sending): Promise<Outcome> =>
      page === this.pages ? this.carry(structuredClone(sending)) : new Promise(() => undefined);
    this.queue = new SaveQueue('c', this.records, new Keeper(this.outbox, this.clock), send, this.clock);
    this.workspace = new Workspace(this.records, this.queue, this.clock.now);
    this.queue.adopt(this.outbox.left);
  }

  /** What was lost on the way may still arrive. */
  arriveLate(): void {
    const sending = this.underWay.shift();
    if (sending) this.server.save(sending);
  }

  private async carry(sending: Sending): Promise<Outcome> {
    const way = this.ways.shift() ?? 'through';
    if (way === 'through') return this.server.save(sending);
    if (way === 'late') this.underWay.push(sending);
    if (way === 'lost' || way === 'late') return { type: 'unreachable', message: '' };
    if (way === 'disk full') return { type: 'full', message: '' };
    if (way === 'broken') return { type: 'failed', message: '' };
    if (way === 'signed out') return { type: 'signed-out', message: '' };
    const outcome = this.server.save(sending);
    if (way === 'doubled') return this.server.save(sending);
    return outcome.type === 'saved' ? { type: 'unreachable', message: '' } : outcome;
  }

  contents(): string[] {
    return [...this.records.live('finding'), ...this.records.live('annotation')].map(contentOf).sort();
  }

  serverContents(): string[] {
    return [...this.server.records.values()]
      .filter((record) => !record.deleted)
      .map(contentOf)
      .sort();
  }
}

type Step = (trial: Trial) => void | Promise<void>;

const marks = fc.constantFrom('m1', 'm2', 'm3');
const findings = fc.constantFrom('F1', 'F2');
const words = fc.constantFrom('', 'a', 'b', 'c', 'd');

const liveFinding = (trial: Trial, id: string): string | null =>
  trial.records.get('finding', id)?.deleted === false ? id : null;

const draw = fc.tuple(marks, findings, words).map(
  ([id, of, label]): Step =>
    (trial) => {
      const { workspace, records } = trial;
      const known = records.get('annotation', id) as Annotation | undefined;
      const made = liveFinding(trial, of) ? [] : [finding({ ...records.get('finding', of), id: of, deleted: false })];
      const state = { ...mark({ id }), ...known, finding: of, label, deleted: false };
      workspace.commit('draw', [
        { kind: 'annotation', id, state },
        ...made.map((one: Finding) => ({ kind: 'finding' as const, id: of, state: one })),
      ]);
    },
);

const type = fc.tuple(findings, words).map(
  ([id, name]): Step =>
    (trial) => {
      const known = trial.records.get('finding', id);
      if (!known || known.deleted) return;
      trial.workspace.commit('name', [{ kind: 'finding', id, state: { ...known, name } }], `name ${id}`);
    },
);

const deleteMark = marks.map(
  (id): Step =>
    ({ workspace }) => {
      workspace.commit('delete', [{ kind: 'annotation', id, state: null }]);
    },
);

const deleteFinding = findings.map(
  (id): Step =>
    ({ workspace, records }) => {
      workspace.commit('delete finding', [
        { kind: 'finding', id, state: null },
        ...records
          .live('annotation')
          .filter((m) => m.finding === id)
          .map((m) => ({ kind: 'annotation' as const, id: m.id, state: { ...m, finding: null } })),
      ]);
    },
);

const undo: Step = ({ workspace }) => void workspace.undo();
const redo: Step = ({ workspace }) => void workspace.redo();
const late: Step = (trial) => trial.arriveLate();
const wait = fc.constantFrom(0, 50, 400, 3000).map(
  (ms): Step =>
    (trial) =>
      trial.clock.pass(ms),
);
const weather = fc.array(fc.constantFrom(...WAYS), { maxLength: 4 }).map(
  (ways): Step =>
    (trial) => {
      trial.ways.push(...ways);
    },
);
/** The page dies and another one is opened; the outbox is what is left. */
const crash: Step = async (trial) => {
  await settle();
  const before = trial.contents();
  trial.openPage();
  expect(trial.contents()).toEqual(before);
};

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: draw },
    { weight: 2, arbitrary: type },
    { weight: 2, arbitrary: deleteMark },
    { weight: 1, arbitrary: deleteFinding },
    { weight: 3, arbitrary: fc.constantFrom(undo, redo) },
    { weight: 3, arbitrary: wait },
    { weight: 4, arbitrary: weather },
    { weight: 1, arbitrary: fc.constant(late) },
    { weight: 1, arbitrary: fc.constant(crash) },
  ),
  { minLength: 3, maxLength: 40 },
);

describe('any sequence of losses, doubles, late arrivals and crashes', () => {
  it('ends with the server having what the reader made last, and nothing left in the browser', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const trial = new Trial();
        for (const step of sequence) await step(trial);
        trial.ways = [];
        await trial.clock.pass(1000);
        const meant = trial.contents();
        await trial.clock.pass(2_000_000);
        trial.arriveLate();
        expect(trial.queue.conflicts()).toEqual([]);
        expect(trial.queue.summary().words).toBe('All changes saved');
        expect(trial.contents()).toEqual(meant);
        expect(trial.serverContents()).toEqual(meant);
        expect(trial.outbox.left).toEqual([]);
        expect(countedOnce(trial.server.log)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

function countedOnce(log: readonly Sending[]): boolean {
  return new Set(log.map(({ change }) => change)).size === log.length;
}

// Found by the property above: the server itself takes marks out of a deleted finding, which is no change of another window.
it("a mark that the server took out of a finding deleted here is nobody else's change", async () => {
  const trial = new Trial();
  const { workspace, records } = trial;
  const put = (words: string, finding_: string | null, ...more: Finding[]): void =>
    workspace.commit(words, [
      {
        kind: 'annotation',
        id: 'm',
        state: { ...mark(), ...records.get('annotation', 'm'), finding: finding_, label: words },
      },
      ...more.map((one) => ({ kind: 'finding' as const, id: one.id, state: one })),
    ]);
  trial.ways.push('late');
  put('draw', 'F1', finding({ id: 'F1' }));
  await settle();
  put('move to another finding', 'F2', finding({ id: 'F2' }));
  workspace.commit('delete finding', [{ kind: 'finding', id: 'F1', state: null }]);
  workspace.commit('delete finding', [
    { kind: 'finding', id: 'F2', state: null },
    { kind: 'annotation', id: 'm', state: { ...mark(), ...records.get('annotation', 'm'), finding: null } },
  ]);
  trial.arriveLate();
  await trial.clock.pass(100_000);
  expect(trial.queue.conflicts()).toEqual([]);
  expect(trial.queue.summary().words).toBe('All changes saved');
  expect(trial.serverContents()).toEqual([contentOf(mark({ label: 'move to another finding' }))]);
});

// Two windows on one record: what one of them overwrites, the other one's reader has seen.
describe('two windows on the same mark', () => {
  it('never overwrite one another unseen, whatever is lost on the way', async () => {
    const windowSteps = fc.array(fc.tuple(fc.constantFrom(0, 1), words, fc.constantFrom(...WAYS)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(windowSteps, async (sequence) => {
        const server = new TestServer();
        const clock = new TestClock();
        const ways: Way[] = [];
        const windows = [0, 1].map(() => {
          const records = new Records();
          const carry = async (sending: Sending): Promise<Outcome> => {
            const way = ways.shift() ?? 'through';
            if (way === 'lost' || way === 'late') return { type: 'unreachable', message: '' };
            const outcome = server.save(structuredClone(sending));
            return way === 'answer lost' ? { type: 'unreachable', message: '' } : outcome;
          };
          const queue = new SaveQueue('c', records, new Keeper(new MemoryOutbox(), clock), carry, clock);
          return { records, queue, workspace: new Workspace(records, queue, clock.now) };
        });
        let count = 0;
        for (const [which, label, way] of sequence) {
          const window = windows[which] as (typeof windows)[number];
          const known = window.records.get('annotation', 'm') as Annotation | undefined;
          ways.push(way);
          const state = { ...mark(), ...known, label: `${label} ${which} ${count++}` };
          window.workspace.commit('draw', [{ kind: 'annotation', id: 'm', state }]);
          await clock.pass(100);
        }
        await clock.pass(100_000);
        // Every saved state was built on by the next one's sender: revisions count up without a gap.
        expect(server.log.map((s) => s.record.revision)).toEqual(server.log.map((_, i) => i));
        const writers = server.log.map((s) => writerOf(s.record));
        for (let i = 1; i < writers.length; i++) {
          // A window writes over the other one's state only after it was told of it: never without a conflict settled.
          expect(writers[i]).toBe(writers[0]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function writerOf(record: AnyRecord): string {
  return 'label' in record ? (record.label.split(' ').at(-2) as string) : '';
}
