/** What the editor shows, and every state before it: undo and redo. */
import type { Draft } from './draft';

const LONGEST = 500;

/** "typed": the fields on the page say so already; "made": fields come, go or say something else. */
export type ChangeKind = 'typed' | 'made';

interface Step {
  draft: Draft;
  /** Where the change was made: the path of the field that gets the keys again. */
  place: string | null;
}

export class History {
  private before: Step[] = [];
  private after: Step[] = [];
  private merging = '';
  private readonly listeners: ((kind: ChangeKind, place: string | null) => void)[] = [];

  constructor(private current: Draft) {}

  get now(): Draft {
    return this.current;
  }

  get canUndo(): boolean {
    return this.before.length > 0;
  }

  get canRedo(): boolean {
    return this.after.length > 0;
  }

  listen(listener: (kind: ChangeKind, place: string | null) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Make a change. Typing on in one field is one step.
   *
   * `place` is the field that has the keys afterwards; null leaves them where they are.
   */
  change(draft: Draft, kind: ChangeKind, place: string | null = null): void {
    if (draft === this.current) return;
    const merges = kind === 'typed' && place !== null && this.merging === place;
    if (!merges) {
      this.before.push({ draft: this.current, place });
      if (this.before.length > LONGEST) this.before.shift();
    }
    this.after = [];
    this.merging = kind === 'typed' ? (place ?? '') : '';
    this.current = draft;
    this.tell(kind, kind === 'typed' ? null : place);
  }

  /** The next change is a step of its own, also in the same field. */
  pause(): void {
    this.merging = '';
  }

  undo(): void {
    this.step(this.before, this.after);
  }

  redo(): void {
    this.step(this.after, this.before);
  }

  private step(from: Step[], to: Step[]): void {
    const step = from.pop();
    if (!step) return;
    to.push({ draft: this.current, place: step.place });
    this.current = step.draft;
    this.merging = '';
    this.tell('made', step.place);
  }

  private tell(kind: ChangeKind, place: string | null): void {
    for (const listener of this.listeners) listener(kind, place);
  }
}
