import { describe, expect, it } from 'vitest';
import type { Manifest } from '../model/manifest';
import type { Annotation } from '../model/reading';
import type { Acts } from './acts';
import { Places } from './places';
import { addSliceLabel, labelsOn, relabel, wordsToChoose } from './slice_labels';
import type { Edit } from './workspace';

const stack = (key: string, count: number) => ({
  key,
  frames: Array.from({ length: count }, (_, i) => ({ key: `${key}${i}` })),
});
const manifest = {
  case: { id: 'c' },
  stacks: [stack('a', 10), stack('b', 4)],
  finding_kinds: [
    { value: 'mass', label: 'Mass' },
    { value: 'nodule', label: 'Nodule' },
  ],
  schemas: [
    {
      definition: {
        applies_to: 'case',
        form: {
          questions: [
            { name: 'x', title: 'Midline shift', options: [{ value: 'present' }, { value: 'absent' }] },
            { name: 'y', title: 'Density', options: [{ value: 'a' }] },
          ],
        },
      },
    },
  ],
} as unknown as Manifest;
const places = new Places(manifest);

function setUp(marks: Partial<Annotation>[] = [], mayEdit = true) {
  const commits: (readonly Edit[])[] = [];
  const acts = {
    manifest,
    mayEdit,
    person: 'r',
    isMine: () => true,
    ui: { now: { spanDraft: null }, set: () => undefined },
    workspace: {
      records: { live: () => marks, get: (_: string, id: string) => marks.find((m) => m.id === id) },
      commit: (_: string, edits: readonly Edit[]) => commits.push(edits),
    },
  } as unknown as Acts;
  return { acts, commits };
}

const label = (first: string, last: string, words = 'Mass'): Partial<Annotation> => ({
  id: words,
  kind: 'slices',
  frame: first,
  first_frame: first,
  last_frame: last,
  label: words,
});

describe('a label of slices', () => {
  it('goes from the earlier to the later end whichever was marked first, without a finding', () => {
    const { acts, commits } = setUp();
    expect(addSliceLabel(acts, places, ['a7', 'a3'])).not.toBeNull();
    expect(commits[0]?.[0]?.state).toMatchObject({
      kind: 'slices',
      first_frame: 'a3',
      last_frame: 'a7',
      frame: 'a3',
      finding: null,
      points: [],
    });
  });

  it('stays in one stack, and is not made where nothing may be changed', () => {
    expect(addSliceLabel(setUp().acts, places, ['a7', 'b1'])).toBeNull();
    expect(addSliceLabel(setUp([], false).acts, places, ['a1', 'a2'])).toBeNull();
  });

  it('holds on every slice between its ends and on no other', () => {
    const { acts } = setUp([label('a3', 'a5')]);
    const held = ['a2', 'a3', 'a4', 'a5', 'a6', 'b3'].filter((f) => labelsOn(f, acts, places).length > 0);
    expect(held).toEqual(['a3', 'a4', 'a5']);
  });

  it('always says something', () => {
    const { acts, commits } = setUp([label('a3', 'a5')]);
    relabel(acts, 'Mass', '   ');
    expect(commits).toEqual([]);
    relabel(acts, 'Mass', ' Bleed ');
    expect(commits[0]?.[0]?.state).toMatchObject({ label: 'Bleed' });
  });
});

describe('words to choose from', () => {
  it('are those used last, then the kinds of finding, then what the forms ask to be present or absent', () => {
    const { acts } = setUp([label('a0', 'a1', 'Artefact'), label('a2', 'a3', 'Nodule')]);
    expect(wordsToChoose(acts)).toEqual(['Nodule', 'Artefact', 'Mass', 'Midline shift']);
  });
});
