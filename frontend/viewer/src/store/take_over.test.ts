import { describe, expect, it } from 'vitest';
import type { Manifest } from '../model/manifest';
import type { Annotation, Finding } from '../model/reading';
import type { Review } from '../review/review';
import type { SaveQueue } from '../save/queue';
import { Acts } from './acts';
import { Records } from './records';
import { takeOver } from './take_over';
import { Ui } from './ui';
import { Workspace } from './workspace';

function setUp({ adjudicates = true } = {}) {
  const records = new Records();
  const manifest = {
    case: { id: 'c', modality: 'CT' },
    reading: { may_annotate: true, locked: false },
    finding_kinds: [{ value: 'lesion', label: 'Lesion' }],
  } as unknown as Manifest;
  const queue = { take: () => undefined, touch: () => undefined } as unknown as SaveQueue;
  const acts = new Acts(manifest, new Workspace(records, queue), new Ui(), 'judge', new Map());
  acts.review = { adjudicates } as Review;
  const finding = {
    ...acts.newFinding('haemorrhage'),
    id: 'theirs',
    name: 'left',
    owner: 'Reader A',
  } satisfies Finding;
  records.put('finding', finding);
  for (const id of ['one', 'two']) {
    const mark = {
      id,
      case: 'c',
      frame: `frame ${id}`,
      kind: 'mask',
      points: [[1, 2]],
      mask: { runs: [1, 2] },
      first_frame: 'f',
      last_frame: 'g',
      locked: true,
      finding: 'theirs',
      label: 'words',
      provenance: 'suggestion',
      revision: 3,
      deleted: false,
      owner: 'Reader A',
    } as unknown as Annotation;
    records.put('annotation', mark);
  }
  const own = (): Annotation[] => records.live('annotation').filter((mark) => mark.owner === 'judge');
  return { acts, records, own };
}

describe('taking a mark over', () => {
  it('makes a copy of one that the reader keeps, which says where it came from', () => {
    const { acts, records, own } = setUp();
    const made = takeOver(acts, 'one');
    const [copy] = own();
    expect(copy).toMatchObject({
      id: made,
      frame: 'frame one',
      points: [[1, 2]],
      mask: { runs: [1, 2] },
      label: 'words',
    });
    expect(copy).toMatchObject({
      first_frame: 'f',
      last_frame: 'g',
      provenance: 'taken_over',
      revision: 0,
      locked: false,
    });
    expect(acts.myFindings).toMatchObject([{ id: copy?.finding, kind: 'haemorrhage', name: 'left', owner: 'judge' }]);
    expect(records.get('annotation', 'one')).toMatchObject({ owner: 'Reader A', finding: 'theirs', revision: 3 });
    expect(acts.ui.now.selectedMark).toBe(made);
  });

  it('keeps marks of one finding together, and is taken back one by one', () => {
    const { acts, own } = setUp();
    takeOver(acts, 'one');
    takeOver(acts, 'two');
    expect(new Set(own().map((mark) => mark.finding)).size).toBe(1);
    acts.workspace.undo();
    expect([own().length, acts.myFindings.length]).toEqual([1, 1]);
    acts.workspace.undo();
    expect([own().length, acts.myFindings.length]).toEqual([0, 0]);
    takeOver(acts, 'two');
    expect([own().length, acts.myFindings.length]).toEqual([1, 1]);
  });

  it('is nothing for who settles nothing, and nothing of one’s own marks', () => {
    const { acts, own } = setUp({ adjudicates: false });
    expect(takeOver(acts, 'one')).toBeNull();
    const judge = setUp();
    const copy = takeOver(judge.acts, 'one');
    expect(takeOver(judge.acts, copy)).toBeNull();
    expect([own().length, judge.own().length]).toEqual([0, 1]);
  });
});

it('a mark drawn while a reader’s finding is chosen begins a finding of one’s own', () => {
  const { acts, own } = setUp();
  acts.ui.set({ selectedFinding: 'theirs' });
  acts.addMark('f', 'box', [
    [0, 0],
    [9, 9],
  ]);
  expect(own()[0]?.finding).toBe(acts.myFindings[0]?.id);
  expect(own()[0]?.finding).not.toBe('theirs');
});
