import { describe, expect, it } from 'vitest';
import type { Annotation, Finding } from '../model/reading';
import type { Acts } from './acts';
import { findingNumbered, findingToJoin, joinMarks, neighbourFinding } from './finding_acts';
import type { Edit } from './workspace';

const findings = [1, 2, 4].map((number) => ({ id: `f${number}`, number }) as Finding);

function setUp(
  marks: Record<string, string | null>,
  selectedFinding: string | null,
  formerFinding: string | null = null,
) {
  const commits: (readonly Edit[])[] = [];
  const acts = {
    mayEdit: true,
    myFindings: findings,
    kindOfNext: 'mass',
    isMine: () => true,
    newFinding: (kind: string) => ({ id: 'new', kind }) as Finding,
    ui: { now: { selectedFinding, formerFinding }, set: () => undefined },
    workspace: {
      records: { get: (_: string, id: string) => (id in marks ? { id, finding: marks[id] } : undefined) },
      commit: (_: string, edits: readonly Edit[]) => commits.push(edits),
    },
  } as unknown as Acts;
  return { acts, commits };
}

describe('the finding that one key joins a mark to', () => {
  it('is the selected one', () => {
    expect(findingToJoin(setUp({ m: null }, 'f1').acts, 'm')?.id).toBe('f1');
    expect(findingToJoin(setUp({ m: 'f2' }, 'f1').acts, 'm')?.id).toBe('f1');
  });

  it('is the one that was selected before, where the mark is in the selected one already', () => {
    expect(findingToJoin(setUp({ m: 'f2' }, 'f2', 'f1').acts, 'm')?.id).toBe('f1');
  });

  it('is the last one made, where nothing else was chosen; none where there is no other', () => {
    expect(findingToJoin(setUp({ m: null }, null).acts, 'm')?.id).toBe('f4');
    expect(findingToJoin(setUp({ m: 'f4' }, 'f4').acts, 'm')?.id).toBe('f2');
  });
});

describe('joining', () => {
  it('is one step for many marks, and makes a new finding where none is named', () => {
    const { acts, commits } = setUp({ a: null, b: 'f1' }, null);
    expect(joinMarks(acts, ['a', 'b'], null)).toBe('new');
    expect(commits).toHaveLength(1);
    expect(commits[0]?.map((e) => e.kind)).toEqual(['finding', 'annotation', 'annotation']);
    expect(commits[0]?.slice(1).map((e) => (e.state as Annotation).finding)).toEqual(['new', 'new']);
  });

  it('goes by the number that is shown', () => {
    const { acts } = setUp({}, null);
    expect(findingNumbered(acts, 4)?.id).toBe('f4');
    expect(findingNumbered(acts, 3)).toBeNull();
  });
});

describe('stepping through findings', () => {
  it('goes round, and begins at either end', () => {
    expect(neighbourFinding(setUp({}, null).acts, 1)?.id).toBe('f1');
    expect(neighbourFinding(setUp({}, null).acts, -1)?.id).toBe('f4');
    expect(neighbourFinding(setUp({}, 'f4').acts, 1)?.id).toBe('f1');
  });
});
