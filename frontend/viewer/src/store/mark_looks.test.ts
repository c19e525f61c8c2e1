import { describe, expect, it } from 'vitest';
import type { Annotation, Finding } from '../model/reading';
import type { Acts } from './acts';
import { colourOf, labelsInUse, numberOf, wordsOf } from './mark_looks';

const finding = (id: string, number: number): Finding => ({ id, number, kind: 'mass' }) as Finding;

describe('the number of a finding', () => {
  it('is the one that the server gave, or the next one while it waits for it', () => {
    const all = [finding('a', 1), finding('c', 3), finding('new', 0), finding('newer', 0)];
    expect(all.map((f) => numberOf(f, all))).toEqual([1, 3, 4, 5]);
  });

  it('decides its colour, so that deleting another one changes nothing', () => {
    const all = [finding('a', 1), finding('b', 2), finding('c', 3)];
    const last = all[2] as Finding;
    expect(colourOf(last, all)).toBe(colourOf(last, all.slice(1)));
    expect(new Set(all.map((f) => colourOf(f, all))).size).toBe(3);
  });
});

describe('words of marks', () => {
  const marks = [
    { label: 'cyst', finding: null },
    { label: '', finding: 'a' },
    { label: '', finding: null },
    { label: 'cyst', finding: 'a' },
  ] as unknown as Annotation[];
  const acts = {
    manifest: { finding_kinds: [{ value: 'mass', label: 'Mass' }] },
    workspace: { records: { live: () => marks, get: () => finding('a', 1) } },
  } as unknown as Acts;

  it('are their own label, else what their finding is', () => {
    expect(marks.map((mark) => wordsOf(mark, acts))).toEqual(['cyst', 'Mass', '', 'cyst']);
    expect(labelsInUse(acts)).toEqual(['cyst', 'Mass']);
  });
});
