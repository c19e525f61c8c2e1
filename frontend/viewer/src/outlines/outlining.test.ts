import { describe, expect, it } from 'vitest';
import type { Manifest } from '../model/manifest';
import type { Finding, Suggestion } from '../model/reading';
import type { SaveQueue } from '../save/queue';
import { Acts } from '../store/acts';
import { type Decision, Records } from '../store/records';
import { acceptSuggestions } from '../store/suggestions';
import { Ui } from '../store/ui';
import { Workspace } from '../store/workspace';
import { hintOf } from './hint';
import { type AskedOutline, type OutlineAnswer, Outlining } from './outlining';

const ENDS = hintOf('extremes', [
  [10, 20],
  [30, 20],
]);

const outline = (id: string, more: Partial<Suggestion> = {}): OutlineAnswer => ({
  suggestion: {
    id,
    case: 'c',
    frame: 'f',
    kind: 'contour',
    points: [
      [10, 20],
      [20, 10],
      [30, 20],
    ],
    mask: null,
    label: 'lesion',
    score: 0.9,
    model: 'guided 1',
    decision: null,
    annotation: null,
    reason: '',
    ...more,
  },
});

const UNDECIDED = (id: string): Decision => ({
  id,
  decision: null,
  annotation: null,
  finding: null,
  reason: '',
  revision: 0,
  deleted: false,
  owner: '',
});

function setUp({ locked = false, waiting = [] as Suggestion[] } = {}) {
  const asked: AskedOutline[] = [];
  const answers: ((answer: OutlineAnswer | Error) => void)[] = [];
  const polls: string[] = [];
  const said: string[] = [];
  const saved: string[] = [];
  const records = new Records();
  const note = (touched: readonly { kind: string; id: string }[]): void => {
    for (const { kind, id } of touched) {
      const { decision, reason } = (records.get('decision', id) ?? {}) as Decision;
      if (kind === 'decision') saved.push(`${id} ${decision ?? 'open'} ${reason ?? ''}`.trim());
    }
  };
  const queue = {
    take: note,
    touch: (kind: string, id: string) => note([{ kind, id }]),
  } as unknown as SaveQueue;
  const manifest = {
    case: { id: 'c', modality: 'US' },
    reading: { may_annotate: true, locked },
    finding_kinds: [
      { value: 'nodule', label: 'Nodule' },
      { value: 'lesion', label: 'Lesion' },
    ],
    shows_suggestions: true,
  } as unknown as Manifest;
  const ui = new Ui({ tool: 'outline' });
  const there = new Map(waiting.map((one) => [one.id, one]));
  for (const { id } of waiting) records.put('decision', UNDECIDED(id));
  const acts = new Acts(manifest, new Workspace(records, queue), ui, 'r', there);
  const answer = (): Promise<OutlineAnswer> =>
    new Promise((resolve, reject) => {
      answers.push((given) => (given instanceof Error ? reject(given) : resolve(given)));
    });
  const server = {
    askOutline: (one: AskedOutline) => {
      asked.push(one);
      return answer();
    },
    outline: (id: string) => {
      polls.push(id);
      return answer();
    },
  };
  const outlining = new Outlining(
    acts,
    server,
    (words) => said.push(words),
    async () => undefined,
  );
  acts.outlining = outlining;
  /** Answer what is asked for first, and let the page take it. */
  const give = async (given: OutlineAnswer | Error): Promise<void> => {
    answers.shift()?.(given);
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  };
  const open = (): string[] => acts.openSuggestions().map(({ id }) => id);
  return { acts, outlining, asked, polls, said, saved, give, open };
}

describe('an outline that was asked for', () => {
  it('is a suggestion, the chosen one, and no change of the reader that waits to be saved', async () => {
    const { acts, outlining, asked, give, open, saved } = setUp();
    outlining.ask('f', ENDS);
    expect(outlining.shownOn('f')).toEqual([{ hint: ENDS, state: 'waits' }]);
    await give(outline('a'));
    expect(asked).toEqual([{ frame: 'f', hint: ENDS, replaces: null }]);
    expect(open()).toEqual(['a']);
    expect(acts.ui.now.selectedSuggestion).toBe('a');
    expect(outlining.shownOn('f')).toEqual([{ hint: ENDS, state: 'open' }]);
    expect(outlining.shownOn('another')).toEqual([]);
    expect(saved).toEqual([]);
  });

  it('is taken back and brought again by undo and redo', async () => {
    const { acts, outlining, give, open, saved } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a'));
    expect(acts.workspace.undo()).toBe('outline');
    expect(open()).toEqual([]);
    const before = outlining.undecided();
    acts.workspace.redo();
    acts.ui.set({ selectedSuggestion: null });
    outlining.chooseWhatCameBack(before);
    expect(open()).toEqual(['a']);
    expect(outlining.open?.id).toBe('a');
    expect(saved).toEqual(['a rejected Taken back', 'a open']);
  });

  it('goes to the finding that was chosen when it was asked for, whatever marks that has', async () => {
    const { acts, outlining, give } = setUp();
    const finding = acts.newFinding('nodule') satisfies Finding;
    acts.workspace.commit('add', [{ kind: 'finding', id: finding.id, state: finding }]);
    acts.ui.set({ selectedFinding: finding.id });
    acts.addMark('f', 'box', [
      [0, 0],
      [9, 9],
    ]);
    outlining.ask('f', ENDS);
    acts.ui.set({ selectedFinding: null });
    await give(outline('a'));
    acceptSuggestions(acts, ['a']);
    const marks = acts.workspace.records.live('annotation');
    expect(marks.map((mark) => mark.finding)).toEqual([finding.id, finding.id]);
    expect(outlining.open).toBeNull();
  });

  it('tells who draws its hint when it was accepted, and begins a finding of the kind that a mark would', async () => {
    const { acts, outlining, give } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a', { label: 'lesion' }));
    let told = 0;
    outlining.subscribe(() => {
      told += 1;
    });
    acceptSuggestions(acts, ['a']);
    expect(told).toBeGreaterThan(0);
    expect(outlining.shownOn('f')).toEqual([]);
    expect(acts.myFindings.map(({ kind }) => kind)).toEqual(['nodule']);
  });

  it('is asked for again while a worker has it, and given up after a minute', async () => {
    const { outlining, give, polls } = setUp();
    outlining.ask('f', ENDS);
    await give({ waiting: 'w' });
    await give({ waiting: 'w' });
    expect(polls).toEqual(['w', 'w']);
    for (let again = 0; again < 200 && !outlining.trouble; again++) await give({ waiting: 'w' });
    expect(polls.length).toBe(150);
    expect(outlining.trouble).toBe('The program has not answered for a minute. Draw it by hand, or try again.');
  });

  it('that comes when the case is left, or for another case, changes nothing', async () => {
    const { acts, outlining, give, open, saved } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a', { case: 'another' }));
    outlining.ask('f', ENDS);
    outlining.end();
    await give(outline('b'));
    expect(open()).toEqual([]);
    expect(acts.suggestions.size).toBe(0);
    expect(saved).toEqual([]);
  });

  it('is not asked for where nothing may be drawn', () => {
    const { outlining, asked } = setUp({ locked: true });
    outlining.ask('f', ENDS);
    expect(asked).toEqual([]);
  });

  it('does not choose itself where the reader is at something else by now', async () => {
    const { acts, outlining, give, open } = setUp();
    outlining.ask('f', ENDS);
    acts.ui.set({ tool: 'box' });
    await give(outline('a'));
    expect(open()).toEqual(['a']);
    expect(acts.ui.now.selectedSuggestion).toBeNull();
  });
});

describe('a correction', () => {
  it('asks anew with the place, and stands where the outline before stood; one step of undo', async () => {
    const { acts, outlining, asked, give, open, saved } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a'));
    outlining.correct([12, 22], true);
    expect(outlining.shownOn('f').map(({ state }) => state)).toEqual(['waits']);
    await give(outline('b'));
    expect(asked[1]).toEqual({ frame: 'f', hint: { ...ENDS, added: [[12, 22]] }, replaces: 'a' });
    expect([open(), acts.ui.now.selectedSuggestion]).toEqual([['b'], 'b']);
    outlining.correct([40, 40], false);
    expect(asked[2]).toMatchObject({ replaces: 'b', hint: { added: [[12, 22]], removed: [[40, 40]] } });
    await give(outline('c'));
    const before = outlining.undecided();
    acts.workspace.undo();
    outlining.chooseWhatCameBack(before);
    expect([open(), outlining.open?.id]).toEqual([['b'], 'b']);
    expect(saved).toEqual(['b open', 'c rejected Taken back']);
    acts.workspace.redo();
    expect(open()).toEqual(['c']);
    expect(saved.slice(2)).toEqual(['c open', 'b rejected Corrected']);
  });

  it('made while an answer is waited for goes behind it', async () => {
    const { outlining, asked, give, open } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a'));
    outlining.correct([1, 1], true);
    outlining.correct([2, 2], true);
    outlining.correct([3, 3], false);
    expect(asked).toHaveLength(2);
    await give(outline('b'));
    expect(asked[2]).toMatchObject({
      replaces: 'b',
      hint: {
        added: [
          [1, 1],
          [2, 2],
        ],
        removed: [[3, 3]],
      },
    });
    await give(outline('c'));
    expect(open()).toEqual(['c']);
  });

  it('that fails leaves the outline as it was and says why', async () => {
    const { outlining, give, open, said } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a'));
    outlining.correct([1, 1], false);
    await give(new Error('These places make no outline.'));
    expect([open(), outlining.open?.id, outlining.open?.hint]).toEqual([['a'], 'a', ENDS]);
    expect(said).toEqual(['These places make no outline.']);
    expect(outlining.trouble).toBe('');
  });

  it('comes too late where the outline was accepted meanwhile: that one stands', async () => {
    const { acts, outlining, give, open, saved } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a'));
    outlining.correct([1, 1], true);
    acceptSuggestions(acts, ['a']);
    await give(outline('b'));
    expect(open()).toEqual([]);
    expect(acts.workspace.records.get('decision', 'a')?.decision).toBe('accepted');
    expect(saved.at(-1)).toBe('b rejected Given up');
  });
});

describe('an outline that was asked for before the page was opened anew', () => {
  it('is corrected from what was clicked then, when it is chosen; others are not', async () => {
    const earlier = (outline('a', { hint: ENDS }) as { suggestion: Suggestion }).suggestion;
    const ahead = (outline('b', { hint: null }) as { suggestion: Suggestion }).suggestion;
    const { acts, outlining, asked, give, open } = setUp({ waiting: [earlier, ahead] });
    acts.ui.set({ selectedSuggestion: 'b' });
    expect(outlining.open).toBeNull();
    acts.ui.set({ selectedSuggestion: 'a' });
    expect(outlining.shownOn('f')).toEqual([{ hint: ENDS, state: 'open' }]);
    outlining.correct([12, 22], true);
    await give(outline('c'));
    expect(asked).toEqual([{ frame: 'f', hint: { ...ENDS, added: [[12, 22]] }, replaces: 'a' }]);
    expect(open()).toEqual(['b', 'c']);
    acts.workspace.undo();
    expect(open()).toEqual(['a', 'b']);
  });
});

describe('giving up', () => {
  it('what is waited for: the answer is refused when it comes, and what it was to replace stays', async () => {
    const { outlining, give, open, saved } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a'));
    outlining.correct([1, 1], true);
    expect(outlining.giveUp()).toBe(true);
    expect(outlining.waits).toBe(false);
    await give(outline('b'));
    expect(open()).toEqual(['a']);
    expect(saved).toEqual(['b rejected Given up', 'a open']);
  });

  it('the open outline: rejected, and undo brings it back', async () => {
    const { acts, outlining, give, open } = setUp();
    outlining.ask('f', ENDS);
    await give(outline('a'));
    expect(outlining.giveUp()).toBe(true);
    expect(open()).toEqual([]);
    expect(outlining.giveUp()).toBe(false);
    acts.workspace.undo();
    expect(open()).toEqual(['a']);
  });
});

describe('a request that fails', () => {
  it('keeps its points, says why, and is sent again at a wish', async () => {
    const { outlining, asked, give, said, open } = setUp();
    outlining.ask('f', ENDS);
    await give(new Error('No worker serves the queue.'));
    // The strip over the pictures says it, as long as it holds.
    expect(said).toEqual([]);
    expect(outlining.trouble).toBe('No worker serves the queue.');
    expect(outlining.shownOn('f')).toEqual([{ hint: ENDS, state: 'failed' }]);
    expect(outlining.tryAgain()).toBe(true);
    expect(outlining.trouble).toBe('');
    expect(asked[1]).toEqual(asked[0]);
    await give(outline('a'));
    expect(open()).toEqual(['a']);
    expect(outlining.tryAgain()).toBe(false);
  });

  it('says in our words that nobody could be reached', async () => {
    const { outlining, give } = setUp();
    outlining.ask('f', ENDS);
    await give(new TypeError('Failed to fetch'));
    expect(outlining.trouble).toMatch(/^The server can’t be reached/);
  });

  it('is left behind with its tool, and one that fails later is told once', async () => {
    const { acts, outlining, give, said } = setUp();
    outlining.ask('f', ENDS);
    await give(new Error('No worker serves the queue.'));
    acts.ui.set({ tool: 'box' });
    expect([outlining.trouble, outlining.shownOn('f'), outlining.tryAgain()]).toEqual(['', [], false]);
    outlining.ask('f', ENDS);
    await give(new Error('This is a CT.'));
    expect([outlining.trouble, outlining.shownOn('f'), said]).toEqual(['', [], ['This is a CT.']]);
  });

  it('is given up by asking otherwise', async () => {
    const { outlining, give } = setUp();
    outlining.ask('f', ENDS);
    await give(new Error('This is a CT.'));
    outlining.ask('f', hintOf('box', ENDS.points));
    expect(outlining.trouble).toBe('');
    expect(outlining.shownOn('f').map(({ state }) => state)).toEqual(['waits']);
  });
});
