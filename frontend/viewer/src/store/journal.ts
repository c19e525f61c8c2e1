/** Undo and redo: what the reader did, step by step, as states before and after, as far back as the page. Pure. */
import type { AnyRecord, RecordKind } from './records';

export interface Change {
  kind: RecordKind;
  id: string;
  /** null: the record was not there, or was deleted. */
  before: AnyRecord | null;
  after: AnyRecord | null;
}

interface Step {
  words: string;
  changes: readonly Change[];
  mergeKey: string | null;
  at: number;
}

const MERGE_WITHIN_MS = 1500;

export class Journal {
  private past: Step[] = [];
  private future: Step[] = [];

  /** Steps with the same merge key that follow fast on one another (typing) are undone as one. */
  record(words: string, changes: readonly Change[], mergeKey: string | null, now: number): void {
    this.future = [];
    const last = this.past.at(-1);
    if (mergeKey && last?.mergeKey === mergeKey && now - last.at < MERGE_WITHIN_MS) {
      const same = (a: Change, b: Change): boolean => a.kind === b.kind && a.id === b.id;
      const alone = last.changes.filter((former) => !changes.some((change) => same(former, change)));
      const merged = changes.map((change) => {
        const former = last.changes.find((one) => same(one, change));
        // A record that began with the first part was not there before: null.
        return former ? { ...change, before: former.before } : change;
      });
      this.past[this.past.length - 1] = { words, changes: [...alone, ...merged], mergeKey, at: now };
      return;
    }
    this.past.push({ words, changes, mergeKey, at: now });
  }

  /** The changes that take the last step back, in the order to apply them; null when there is none. */
  undo(): { words: string; changes: Change[] } | null {
    const step = this.past.pop();
    if (!step) return null;
    this.future.push(step);
    const changes = [...step.changes].reverse().map((c) => ({ ...c, before: c.after, after: c.before }));
    return { words: step.words, changes };
  }

  redo(): { words: string; changes: Change[] } | null {
    const step = this.future.pop();
    if (!step) return null;
    this.past.push({ ...step, mergeKey: null });
    return { words: step.words, changes: [...step.changes] };
  }

  get canUndo(): string | null {
    return this.past.at(-1)?.words ?? null;
  }

  get canRedo(): string | null {
    return this.future.at(-1)?.words ?? null;
  }

  /** Forget steps that touch a record whose state was taken over from elsewhere: undoing them would overwrite it. */
  forget(kind: RecordKind, id: string): void {
    const untouched = (step: Step): boolean => !step.changes.some((c) => c.kind === kind && c.id === id);
    this.past = this.past.filter(untouched);
    this.future = this.future.filter(untouched);
  }
}
