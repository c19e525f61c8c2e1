import { describe, expect, it } from 'vitest';
import type { Annotation } from '../model/reading';
import type { SaveQueue } from '../save/queue';
import { Records } from './records';
import { settleConflict } from './settle_conflict';
import { Workspace } from './workspace';

const box = (size: number, revision: number) =>
  ({
    id: 'm',
    kind: 'box',
    points: [
      [0, 0],
      [size, size],
    ],
    revision,
    deleted: false,
    owner: 'me',
  }) as unknown as Annotation;

describe('a conflict', () => {
  it('that was settled for the other state can be undone: what was here comes back on top of it', () => {
    const records = new Records();
    const sent: string[] = [];
    const queue = {
      take: (touched: { id: string }[]) => sent.push(...touched.map(({ id }) => id)),
      settle: () => records.put('annotation', box(20, 5)),
    } as unknown as SaveQueue;
    const workspace = new Workspace(records, queue);
    records.put('annotation', box(10, 3));
    settleConflict(workspace, 'annotation', 'm', 'theirs');
    expect(records.get('annotation', 'm')).toMatchObject({ points: box(20, 5).points, revision: 5 });
    expect(sent).toEqual([]);
    expect(workspace.undo()).toBe('take the other one');
    expect(records.get('annotation', 'm')).toMatchObject({ points: box(10, 3).points, revision: 5 });
    expect(sent).toEqual(['m']);
    workspace.redo();
    expect(records.get('annotation', 'm')?.points).toEqual(box(20, 5).points);
  });
});
