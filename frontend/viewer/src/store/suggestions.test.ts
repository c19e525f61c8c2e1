import { describe, expect, it } from 'vitest';
import type { Annotation, Finding, Suggestion } from '../model/reading';
import type { Acts } from './acts';
import type { Decision } from './records';
import { acceptSuggestions, atLeast, neighbour, rejectSuggestion } from './suggestions';
import type { Edit } from './workspace';

const suggestion = (id: string, score: number, more: Partial<Suggestion> = {}): Suggestion =>
  ({ id, score, case: 'c', frame: 'f', kind: 'box', points: [], mask: null, label: 'mass', ...more }) as Suggestion;

function setUp(suggestions: Suggestion[], selected: Finding | null = null, marks: Partial<Annotation>[] = []) {
  const decisions = new Map(
    suggestions.map((s) => [s.id, { id: s.id, decision: null, annotation: null, reason: '' } as Decision]),
  );
  const commits: { words: string; edits: readonly Edit[] }[] = [];
  let made = 0;
  const acts = {
    mayEdit: true,
    person: 'r',
    kindOfNext: 'lesion',
    suggestions: new Map(suggestions.map((s) => [s.id, s])),
    manifest: { finding_kinds: [{ value: 'mass', label: 'Mass' }] },
    ui: { now: { selectedFinding: selected?.id ?? null }, set: () => undefined },
    newFinding: (kind: string) => ({ id: `new-${++made}`, kind }) as Finding,
    workspace: {
      records: {
        get: (kind: string, id: string) => (kind === 'decision' ? decisions.get(id) : selected),
        live: () => marks,
      },
      commit: (words: string, edits: readonly Edit[]) => commits.push({ words, edits }),
    },
  } as unknown as Acts;
  const marksMade = () =>
    commits.flatMap((c) => c.edits).flatMap((e) => (e.kind === 'annotation' ? [e.state as Annotation] : []));
  return { acts, commits, marksMade };
}

const finding = { id: 'f1', kind: 'mass', deleted: false } as Finding;

describe('accepting', () => {
  it('makes what encloses something a finding of its own, of the kind that the model named, as one step', () => {
    const { acts, commits, marksMade } = setUp([suggestion('a', 0.9), suggestion('b', 0.8, { label: 'thing' })]);
    acceptSuggestions(acts, ['a', 'b']);
    expect(commits).toHaveLength(1);
    expect(marksMade().map((m) => m.finding)).toEqual(['new-1', 'new-2']);
    const kinds = commits[0]?.edits.flatMap((e) => (e.kind === 'finding' ? [(e.state as Finding).kind] : []));
    expect(kinds).toEqual(['mass', 'lesion']);
  });

  it('gives a selected finding without marks its first one, and the next ones findings of their own', () => {
    const { acts, marksMade } = setUp([suggestion('a', 0.9), suggestion('b', 0.8)], finding);
    acceptSuggestions(acts, ['a', 'b']);
    expect(marksMade().map((m) => m.finding)).toEqual(['f1', 'new-1']);
  });

  it('does not mix a second lesion into a finding that has its mark', () => {
    const { acts, marksMade } = setUp([suggestion('a', 0.9)], finding, [{ finding: 'f1' }]);
    acceptSuggestions(acts, ['a']);
    expect(marksMade()[0]?.finding).toBe('new-1');
  });

  it('gives points to the selected finding, however many marks it has', () => {
    const points = [suggestion('a', 0.9, { kind: 'point' }), suggestion('b', 0.8, { kind: 'point' })];
    const { acts, marksMade } = setUp(points, finding, [{ finding: 'f1' }]);
    acceptSuggestions(acts, ['a', 'b']);
    expect(marksMade().map((m) => m.finding)).toEqual(['f1', 'f1']);
  });
});

describe('rejecting', () => {
  it('keeps the reason, no longer than the server takes', () => {
    const { acts, commits } = setUp([suggestion('a', 0.9)]);
    rejectSuggestion(acts, 'a', `  ${'vessel '.repeat(60)}`);
    const decided = commits[0]?.edits[0]?.state as Decision;
    expect(decided).toMatchObject({ decision: 'rejected', reason: expect.stringMatching(/^vessel/) });
    expect(decided.reason).toHaveLength(200);
  });
});

describe('the list', () => {
  const open = [suggestion('a', 0.951), suggestion('b', 0.895), suggestion('c', 0.2)];

  it('counts from the score that is shown, not from what is behind its decimals', () => {
    expect(atLeast(open, 90).map((s) => s.id)).toEqual(['a', 'b']);
    expect(atLeast(open, 91).map((s) => s.id)).toEqual(['a']);
    expect(atLeast(open, 0)).toHaveLength(3);
  });

  it('goes round', () => {
    expect(neighbour(open, null, 1)?.id).toBe('a');
    expect(neighbour(open, null, -1)?.id).toBe('c');
    expect(neighbour(open, 'c', 1)?.id).toBe('a');
    expect(neighbour(open, 'a', -1)?.id).toBe('c');
    expect(neighbour([], 'a', 1)).toBeNull();
  });

  it('is gone on with from where a decided one stood', () => {
    const [a, b, c] = open as [Suggestion, Suggestion, Suggestion];
    expect(neighbour([a, c], null, 1, b)).toBe(c);
    expect(neighbour([a, c], null, -1, b)).toBe(a);
    expect(neighbour([a, b], null, 1, c)).toBe(a);
    expect(neighbour([b, c], null, -1, a)).toBe(c);
  });
});
