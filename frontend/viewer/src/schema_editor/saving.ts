/** Saving the draft: by hand, kept in this browser until then, and what to do where somebody else saved meanwhile. */
import { h, setText } from '../page/dom';
import { type Draft, isDrawable } from './draft';
import { button } from './fields';
import type { History } from './history';
import type { Keeper } from './keeper';
import { type SavedDraft, type SchemaServer, ServerError } from './server';

const KEEP_PAUSE_MS = 300;

export class Saving {
  readonly element = h('p', { class: 'ed-state', role: 'status' });
  readonly notes = h('div', { class: 'ed-notes' });
  /** Something about saving is told otherwise now. */
  changed: () => void = () => undefined;
  private saved: string;
  private trouble = '';
  private busy: Promise<boolean> | null = null;
  private keepTimer = 0;

  constructor(
    private readonly history: History,
    private readonly server: SchemaServer,
    private current: SavedDraft,
    private readonly keeper: Keeper,
  ) {
    this.saved = said(current);
    history.listen(() => this.keepSoon());
    window.addEventListener('pagehide', () => this.keep());
  }

  get revision(): number {
    return this.current.revision;
  }

  get basedOn(): number | null {
    return this.current.based_on;
  }

  get isSaved(): boolean {
    return said(this.history.now) === this.saved;
  }

  /** Bring back what was kept in this browser and never saved. */
  restore(): void {
    const kept = this.keeper.kept();
    if (!kept || said(kept.draft) === this.saved) {
      this.keeper.forget();
      return;
    }
    if (kept.revision === this.current.revision) {
      this.history.change(kept.draft, 'made');
      this.tell(
        'What you wrote here last and did not save is back.',
        button('Throw it away', () => this.takeTheirs(this.current), { class: 'small' }),
      );
      return;
    }
    this.tell(
      'You wrote something here and did not save it; the draft was saved by somebody since. ',
      button('Show what I wrote', () => this.history.change(kept.draft, 'made'), { class: 'small' }),
      button('Throw it away', () => this.takeTheirs(this.current), { class: 'small' }),
    );
  }

  /** Whether everything is saved afterwards. */
  save(): Promise<boolean> {
    this.busy ??= this.send().finally(() => {
      this.busy = null;
      this.show();
    });
    this.show();
    return this.busy;
  }

  async rebase(): Promise<void> {
    this.current = { ...this.current, ...(await this.server.rebase(this.current.revision)) };
  }

  forget(): void {
    window.clearTimeout(this.keepTimer);
    this.saved = said(this.history.now);
    this.keeper.forget();
  }

  show(): void {
    const words = this.busy
      ? 'Saving …'
      : this.trouble || (this.isSaved ? `Saved · revision ${this.current.revision}` : 'Not saved yet · Ctrl+S');
    this.element.classList.toggle('bad-text', this.trouble !== '' && !this.busy);
    this.element.classList.toggle('warn-text', !this.trouble && !this.isSaved);
    setText(this.element, words);
  }

  private async send(): Promise<boolean> {
    this.trouble = '';
    const { now } = this.history;
    if (this.isSaved) return true;
    try {
      this.current = await this.server.save(now, this.current.revision);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      const theirs = error.current;
      this.trouble = theirs ? 'Not saved' : error.message;
      if (theirs && isDrawable(theirs)) this.offerTheirs(theirs, now);
      this.changed();
      return false;
    }
    this.saved = said(now);
    this.notes.replaceChildren();
    if (this.isSaved) this.keeper.forget();
    this.changed();
    return this.isSaved;
  }

  private offerTheirs(theirs: SavedDraft, mine: Draft): void {
    this.tell(
      `${theirs.changed_by} saved this draft meanwhile (revision ${theirs.revision}). `,
      button('Show theirs', () => this.takeTheirs(theirs), { class: 'small' }),
      button(
        'Save mine over it',
        () => {
          this.current = theirs;
          this.history.change(mine, 'made');
          void this.save();
        },
        { class: 'small' },
      ),
    );
  }

  private takeTheirs(theirs: SavedDraft): void {
    this.current = theirs;
    this.trouble = '';
    const draft = { title: theirs.title, definition: theirs.definition };
    this.saved = said(draft);
    this.history.change(draft, 'made');
    this.keeper.forget();
    this.notes.replaceChildren();
    this.show();
  }

  private tell(words: string, ...buttons: HTMLElement[]): void {
    this.notes.replaceChildren(h('p', { class: 'notice warning', role: 'status' }, words, ' ', ...buttons));
  }

  private keepSoon(): void {
    window.clearTimeout(this.keepTimer);
    this.keepTimer = window.setTimeout(() => this.keep(), KEEP_PAUSE_MS);
  }

  private keep(): void {
    if (this.isSaved) this.keeper.forget();
    else this.keeper.keep({ draft: this.history.now, revision: this.current.revision });
  }
}

function said({ title, definition }: Draft): string {
  return JSON.stringify([title.trim(), definition]);
}
