/**
 * Outlines that a reader asks a program for: what is asked and not answered, and what came of it.
 *
 * An outline that came is a suggestion like any other; that it came is a step of undo. A correction is a new outline in
 * the place of the one before, which the server rejects for this reader. Reading goes on meanwhile: an answer that
 * comes too late (given up, decided, the case left) changes nothing on the page.
 */
import type { Point } from '../model/pictures';
import type { Suggestion } from '../model/reading';
import type { Acts } from '../store/acts';
import type { Change } from '../store/journal';
import type { Decision } from '../store/records';
import { rejectSuggestion } from '../store/suggestions';
import { corrected, type Hint } from './hint';

export interface AskedOutline {
  frame: string;
  hint: Hint;
  /** The outline that is corrected by this one. */
  replaces: string | null;
}

/** A suggestion, or the number under which to ask for it again. */
export type OutlineAnswer = { suggestion: Suggestion } | { waiting: string };

export interface OutlineServer {
  askOutline(asked: AskedOutline): Promise<OutlineAnswer>;
  outline(id: string): Promise<OutlineAnswer>;
}

interface Ask extends AskedOutline {
  /** The finding that was chosen when it was asked for: accepted, it shows that one. */
  finding: string | null;
  /** Why there is no outline; "" while one is waited for. */
  failed: string;
  /** What was corrected while the answer is waited for. */
  next: Hint | null;
}

/** An outline of this reader's, undecided and chosen: clicks correct it. */
export interface OpenOutline {
  id: string;
  frame: string;
  hint: Hint;
}

/** What is drawn of a hint. */
export interface ShownHint {
  hint: Hint;
  state: 'waits' | 'failed' | 'open';
}

const TOOL = 'outline';
const ASK_AGAIN_MS = 400;
const LONGEST_MS = 60_000;
const NO_ANSWER = 'The program has not answered for a minute. Draw it by hand, or try again.';
const UNREACHABLE = 'The server can’t be reached: nothing is outlined. Go on by hand, or try again later.';
export const CORRECTED = 'Corrected';
export const TAKEN_BACK = 'Taken back';
export const GIVEN_UP = 'Given up';

export class Outlining {
  private asks: readonly Ask[] = [];
  private readonly own = new Map<string, { frame: string; hint: Hint; finding: string | null }>();
  private readonly listeners = new Set<() => void>();
  private over = false;
  private lastOpen: string | null = null;

  constructor(
    private readonly acts: Acts,
    private readonly server: OutlineServer,
    private readonly say: (words: string) => void,
    private readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {
    // What was asked for before the page was opened anew is corrected as it was then; for which finding isn't kept.
    for (const { id, frame, hint } of acts.suggestions.values()) {
      if (hint) this.own.set(id, { frame, hint, finding: null });
    }
    // With another tool in hand the reader has gone on without it.
    acts.ui.subscribe((now, before) => {
      if (before.tool === TOOL && now.tool !== TOOL) this.asks = this.asks.filter((ask) => !ask.failed);
      this.followOpen();
    });
    acts.workspace.records.subscribe(() => this.followOpen());
  }

  /** The outline that clicks correct: the one chosen, while nothing was decided on it. */
  get open(): OpenOutline | null {
    const id = this.acts.ui.now.selectedSuggestion;
    const known = id === null ? undefined : this.own.get(id);
    return id !== null && known && this.isUndecided(id) ? { id, frame: known.frame, hint: known.hint } : null;
  }

  openOn(frame: string | undefined): OpenOutline | null {
    const { open } = this;
    return open && open.frame === frame ? open : null;
  }

  get waits(): boolean {
    return this.asks.some((ask) => !ask.failed);
  }

  /** Why the last one failed; "" where none did. */
  get trouble(): string {
    return this.asks.findLast((ask) => ask.failed)?.failed ?? '';
  }

  /** Hints to be seen on a frame: those waited for, those that failed, and what the open outline was made from. */
  shownOn(frame: string | undefined): ShownHint[] {
    const asked = this.asks
      .filter((ask) => ask.frame === frame)
      .map((ask): ShownHint => ({ hint: ask.next ?? ask.hint, state: ask.failed ? 'failed' : 'waits' }));
    const open = this.openOn(frame);
    if (!open || this.asks.some(({ replaces }) => replaces === open.id)) return asked;
    return [...asked, { hint: open.hint, state: 'open' }];
  }

  /** Whether this reader asked for it. */
  made(suggestion: string): boolean {
    return this.own.has(suggestion);
  }

  /** The finding for which an outline was asked; null: none, or it is gone. */
  findingOf(suggestion: string): string | null {
    const finding = this.own.get(suggestion)?.finding ?? null;
    return finding && this.acts.workspace.records.get('finding', finding)?.deleted === false ? finding : null;
  }

  /** Ask for an outline. */
  ask(frame: string, hint: Hint): void {
    if (!this.acts.mayEdit) return;
    // What failed before is answered by trying otherwise.
    this.asks = this.asks.filter((ask) => !ask.failed);
    this.begin({ frame, hint, replaces: null, finding: this.acts.ui.now.selectedFinding, failed: '', next: null });
  }

  /** Say of the open outline that a place belongs to it, or doesn't. */
  correct(place: Point, belongs: boolean): void {
    const { open } = this;
    if (!open || !this.acts.mayEdit) return;
    const waiting = this.asks.find(({ replaces }) => replaces === open.id);
    if (waiting) {
      waiting.next = corrected(waiting.next ?? waiting.hint, place, belongs);
      this.announce();
      return;
    }
    const finding = this.own.get(open.id)?.finding ?? null;
    const hint = corrected(open.hint, place, belongs);
    this.begin({ frame: open.frame, hint, replaces: open.id, finding, failed: '', next: null });
  }

  /** Send again what failed; false where nothing did. */
  tryAgain(): boolean {
    const failed = this.asks.filter((ask) => ask.failed);
    this.asks = this.asks.filter((ask) => !ask.failed);
    for (const ask of failed) this.begin({ ...ask, failed: '' });
    return failed.length > 0;
  }

  /** Give up what is waited for or failed, else the open outline; false where there is neither. */
  giveUp(): boolean {
    const { open } = this;
    if (this.asks.length > 0) {
      this.asks = [];
      this.announce();
      return true;
    }
    if (!open) return false;
    rejectSuggestion(this.acts, open.id, GIVEN_UP);
    this.acts.ui.set({ selectedSuggestion: null });
    this.announce();
    return true;
  }

  /** Outlines of this reader on which nothing is decided. */
  undecided(): ReadonlySet<string> {
    return new Set([...this.own.keys()].filter((id) => this.isUndecided(id)));
  }

  /** Undo or redo brought one back: it is the open one again. */
  chooseWhatCameBack(before: ReadonlySet<string>): void {
    const back = [...this.undecided()].find((id) => !before.has(id));
    if (back) this.acts.ui.set({ selectedSuggestion: back, selectedMark: null });
    this.announce();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The case is left: what is still answered stays a suggestion in it. */
  end(): void {
    this.over = true;
    this.asks = [];
    this.listeners.clear();
  }

  /** Another one is open, or none: decided on, or something else was chosen. */
  private followOpen(): void {
    const id = this.open?.id ?? null;
    if (id === this.lastOpen) return;
    this.lastOpen = id;
    this.announce();
  }

  private begin(ask: Ask): void {
    this.asks = [...this.asks, ask];
    this.announce();
    void this.follow(ask);
  }

  private async follow(ask: Ask): Promise<void> {
    const { frame, hint, replaces } = ask;
    try {
      let answer = await this.server.askOutline({ frame, hint, replaces });
      for (let waited = 0; 'waiting' in answer; waited += ASK_AGAIN_MS) {
        if (this.over) return;
        if (waited >= LONGEST_MS) throw new Error(NO_ANSWER);
        await this.pause(ASK_AGAIN_MS);
        answer = await this.server.outline(answer.waiting);
      }
      if (!this.over) this.answered(ask, answer.suggestion);
    } catch (error) {
      if (!this.over) this.fail(ask, wordsOf(error));
    }
  }

  private answered(ask: Ask, suggestion: Suggestion): void {
    const { acts } = this;
    const isWanted = this.asks.includes(ask) && (!ask.replaces || this.isUndecided(ask.replaces));
    this.asks = this.asks.filter((other) => other !== ask);
    if (suggestion.case !== acts.manifest.case.id || !acts.mayEdit) {
      this.announce();
      return;
    }
    acts.suggestions.set(suggestion.id, suggestion);
    this.own.set(suggestion.id, { frame: ask.frame, hint: ask.hint, finding: ask.finding });
    if (isWanted) this.take(ask, suggestion.id);
    else this.leave(ask, suggestion.id);
    this.announce();
  }

  /** It is there, in the place of the one that it corrects: one step of undo. */
  private take(ask: Ask, id: string): void {
    const { ui, workspace } = this.acts;
    const undecided = decisionOn(id);
    const changes: Change[] = [
      { kind: 'decision', id, before: rejected(undecided, TAKEN_BACK), after: undecided satisfies Decision },
    ];
    const former = ask.replaces ? workspace.records.get('decision', ask.replaces) : undefined;
    if (former) changes.push({ kind: 'decision', id: former.id, before: former, after: rejected(former, CORRECTED) });
    // It goes on from the one that it corrects, or is looked for where its tool is in hand.
    const isNext = ask.replaces ? ui.now.selectedSuggestion === ask.replaces : ui.now.tool === TOOL;
    workspace.cameFromServer(ask.replaces ? 'correct outline' : 'outline', changes);
    if (isNext) ui.set({ selectedSuggestion: id, selectedMark: null, showsMarks: true });
    if (ask.next) {
      const { frame, next, finding } = ask;
      this.begin({ frame, hint: next, replaces: id, finding, failed: '', next: null });
    }
  }

  /** It came too late: the server hears that it is not wanted, and that the one before still is. */
  private leave(ask: Ask, id: string): void {
    const { records, queue } = this.acts.workspace;
    records.put('decision', rejected(decisionOn(id), GIVEN_UP));
    queue.touch('decision', id);
    if (ask.replaces && this.isUndecided(ask.replaces)) queue.touch('decision', ask.replaces);
  }

  private fail(ask: Ask, words: string): void {
    if (!this.asks.includes(ask)) return;
    const isDecided = ask.replaces !== null && !this.isUndecided(ask.replaces);
    // A correction that makes no outline leaves the one before; the first points stay, to be sent again.
    const stays = !ask.replaces && this.acts.ui.now.tool === TOOL;
    if (stays) ask.failed = words;
    else {
      this.asks = this.asks.filter((other) => other !== ask);
      if (!isDecided) this.say(words);
    }
    this.announce();
  }

  private isUndecided(id: string): boolean {
    return this.acts.workspace.records.get('decision', id)?.decision === null;
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}

/** A browser says in words of its own, in its own language, that nobody answers. */
function wordsOf(error: unknown): string {
  const isUnanswered = error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
  return isUnanswered || !(error instanceof Error) ? UNREACHABLE : error.message;
}

function decisionOn(id: string): Decision {
  return {
    id,
    decision: null,
    annotation: null,
    finding: null,
    reason: '',
    revision: 0,
    deleted: false,
    owner: '',
  };
}

function rejected(decision: Decision, reason: string): Decision {
  return { ...decision, decision: 'rejected', annotation: null, reason };
}
