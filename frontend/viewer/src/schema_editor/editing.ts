/** What the panes know of the editor. */
import type { Draft } from './draft';

export interface ScoringFunctionInfo {
  name: string;
  title: string;
  /** JSON Schema of each setting. */
  settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  needed: readonly string[];
}

export interface Editing {
  /** As it is now; ask again after a change. */
  readonly draft: Draft;
  /** Names of questions, and of options as "question/value", that a published version has: they don't follow titles. */
  readonly published: ReadonlySet<string>;
  readonly functions: readonly ScoringFunctionInfo[];
  readonly markKinds: readonly string[];
  /** The fields show it already. A change is told of the draft as it is then, not as it was drawn. */
  typed(change: (draft: Draft) => Draft, place: string): void;
  /** Fields come, go or say something else; the one at `place` gets the keys. */
  made(change: (draft: Draft) => Draft, place: string | null): void;
  /** Show a question; null for nothing. */
  open(what: Shown, place?: string | null): void;
}

export type Shown =
  | { pane: 'about' }
  | { pane: 'question'; at: number }
  | { pane: 'scoring' }
  | { pane: 'json' }
  | { pane: 'publish' };
