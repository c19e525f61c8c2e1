/** The editor: list, the part that is edited, preview; and above them what is saved and what is wrong. */
import { h, setText } from '../page/dom';
import { aboutPane } from './about_pane';
import type { Draft } from './draft';
import type { Editing, Shown } from './editing';
import { addedQuestion, duplicatedQuestion, movedQuestion, questionsOf, removedQuestion } from './edits';
import { fieldOf, questionOf, showFaults } from './faults';
import { button } from './fields';
import { type ChangeKind, History } from './history';
import { jsonPane } from './json_pane';
import { Keeper } from './keeper';
import { Preview } from './preview';
import { PublishPane } from './publish_pane';
import { QuestionList } from './question_list';
import { questionPane } from './question_pane';
import { Saving } from './saving';
import { scoringPane } from './scoring_pane';
import type { Fault, SavedDraft, SchemaServer } from './server';

const CHECK_PAUSE_MS = 250;

export interface EditorContent {
  draft: SavedDraft;
  newest: { version: number; title: string; definition: Draft['definition'] } | null;
  functions: Editing['functions'];
  mark_kinds: Editing['markKinds'];
}

export class Editor implements Editing {
  readonly published: ReadonlySet<string>;
  readonly functions: Editing['functions'];
  readonly markKinds: Editing['markKinds'];
  private readonly history: History;
  private readonly saving: Saving;
  private readonly list: QuestionList;
  private readonly preview: Preview;
  private shown: Shown = { pane: 'about' };
  private faults: readonly Fault[];
  private publishing: PublishPane | null = null;
  private checkTimer = 0;
  private checking: AbortController | null = null;

  private readonly main = h('div', { class: 'ed-main' });
  private readonly faultButton = button('', () => this.openFault(), { class: 'small fault-count' });
  private readonly undoButton = button('Undo', () => this.history.undo(), { class: 'small', title: 'Ctrl+Z' });
  private readonly redoButton = button('Redo', () => this.history.redo(), { class: 'small', title: 'Ctrl+Shift+Z' });

  constructor(
    private readonly root: HTMLElement,
    private readonly server: SchemaServer,
    private readonly content: EditorContent,
    person: string,
  ) {
    const { draft, newest } = content;
    this.published = publishedNames(newest);
    this.functions = content.functions;
    this.markKinds = content.mark_kinds;
    this.faults = draft.faults;
    this.history = new History({ title: draft.title, definition: draft.definition });
    this.saving = new Saving(this.history, server, draft, new Keeper(person, draft.key));
    this.preview = new Preview(() => this.checkSoon(0));
    const acts = {
      open: (what: Shown, place?: string | null) => this.open(what, place),
      add: (at: number) => this.add(at),
      move: (from: number, to: number) => this.move(from, to),
      duplicate: (at: number) => this.duplicate(at),
      remove: (at: number) => this.remove(at),
    };
    this.list = new QuestionList(acts);
    this.history.listen((kind, place) => this.changed(kind, place));
    this.saving.changed = () => this.showState();
  }

  begin(): void {
    // It has no words before the first check.
    this.faultButton.hidden = true;
    this.root.replaceChildren(
      h(
        'div',
        { class: 'ed-bar' },
        this.saving.element,
        this.faultButton,
        h('span', { class: 'spring' }),
        this.undoButton,
        this.redoButton,
        button('Save draft', () => void this.saving.save(), { title: 'Ctrl+S' }),
        button('Compare, try, publish …', () => this.open({ pane: 'publish' }), { class: 'primary' }),
      ),
      this.saving.notes,
      h('div', { class: 'ed-columns' }, this.list.element, this.main, this.preview.element),
    );
    this.saving.restore();
    const first =
      questionsOf(this.draft).length > 0 ? ({ pane: 'question', at: 0 } as const) : ({ pane: 'about' } as const);
    this.open(this.draft.title ? first : { pane: 'about' }, null);
    document.addEventListener('keydown', (event) => this.press(event));
    this.checkSoon(0);
  }

  get draft(): Draft {
    return this.history.now;
  }

  typed(change: (draft: Draft) => Draft, place: string): void {
    this.history.change(change(this.draft), 'typed', place);
  }

  made(change: (draft: Draft) => Draft, place: string | null): void {
    this.history.change(change(this.draft), 'made', place);
  }

  open(what: Shown, place: string | null = null): void {
    this.history.pause();
    this.shown = what;
    this.drawMain();
    this.drawList();
    this.focus(place ?? (place === null ? null : firstPlace(what)));
  }

  private changed(kind: ChangeKind, place: string | null): void {
    if (kind === 'made') {
      const at = place === null ? null : questionOf(place);
      if (at !== null && at < questionsOf(this.draft).length) this.shown = { pane: 'question', at };
      else if (place && /^(title|applies_to|modalities|body_parts|description|source|form\.groups)/.test(place))
        this.shown = { pane: 'about' };
      else if (place?.startsWith('scoring')) this.shown = { pane: 'scoring' };
      if (this.shown.pane === 'question' && this.shown.at >= questionsOf(this.draft).length)
        this.shown = questionsOf(this.draft).length > 0 ? { pane: 'question', at: 0 } : { pane: 'about' };
      if (this.shown.pane !== 'publish') {
        this.drawMain();
        this.focus(place);
      }
    }
    this.drawList();
    this.showState();
    this.checkSoon(CHECK_PAUSE_MS);
    this.preview.show(this.draft, this.server.key);
  }

  private drawMain(): void {
    this.publishing?.leave();
    this.publishing = null;
    const scrolled = this.main.scrollTop;
    this.main.replaceChildren(this.pane());
    this.main.scrollTop = scrolled;
    this.preview.show(this.draft, this.server.key);
    this.showFaults();
    this.lookBeforePublishing();
  }

  private lookBeforePublishing(): void {
    void this.publishing?.look();
  }

  private pane(): HTMLElement {
    const { shown } = this;
    if (shown.pane === 'about') return aboutPane(this);
    if (shown.pane === 'scoring') return scoringPane(this);
    if (shown.pane === 'json') return jsonPane(this);
    if (shown.pane === 'question')
      return questionPane(this, shown.at, {
        move: (from, to) => this.move(from, to),
        duplicate: (at) => this.duplicate(at),
        remove: (at) => this.remove(at),
      });
    this.publishing = new PublishPane(
      this.server,
      {
        ready: async () => {
          await this.check();
          if (!(await this.saving.save()) || this.faults.length > 0) return null;
          return { revision: this.saving.revision, basedOn: this.saving.basedOn };
        },
        published: () => {
          this.saving.forget();
          window.location.assign(`/label-schemas/${this.server.key}/`);
        },
        rebased: async () => {
          await this.saving.rebase();
          this.open({ pane: 'publish' });
        },
      },
      this.content.newest?.version ?? null,
    );
    return this.publishing.element;
  }

  private drawList(): void {
    this.list.update(this.draft, this.shown, this.faults);
  }

  private showFaults(): void {
    const here = this.shown.pane === 'question' ? this.shown.at : null;
    const mine = this.faults.filter((fault) => {
      const at = questionOf(fault.path);
      return at === null || at === here;
    });
    showFaults(this.main, mine);
  }

  private showState(): void {
    this.saving.show();
    this.undoButton.disabled = !this.history.canUndo;
    this.redoButton.disabled = !this.history.canRedo;
    const count = this.faults.length;
    this.faultButton.hidden = count === 0;
    setText(this.faultButton, count === 1 ? '1 fault: show it' : `${count} faults: show the first`);
  }

  private checkSoon(pause: number): void {
    window.clearTimeout(this.checkTimer);
    this.checkTimer = window.setTimeout(() => void this.check(), pause);
  }

  /** Ask the server what is wrong, and what it makes of the answers of the preview. */
  private async check(): Promise<void> {
    window.clearTimeout(this.checkTimer);
    this.checking?.abort();
    const asking = new AbortController();
    this.checking = asking;
    const { draft } = this;
    try {
      const checked = await this.server.check(draft, this.preview.answers, this.preview.size, asking.signal);
      if (asking.signal.aborted) return;
      this.faults = checked.faults;
      this.preview.take(checked);
      this.showFaults();
      this.drawList();
      this.showState();
    } catch {
      // Not reached, or another check is on its way: what was known stays.
    }
  }

  private openFault(): void {
    const [fault] = this.faults;
    if (!fault) return;
    const at = questionOf(fault.path);
    if (at !== null) this.open({ pane: 'question', at });
    else this.open(fault.path.startsWith('scoring') ? { pane: 'scoring' } : { pane: 'about' });
    fieldOf(this.main, fault.path)?.focus();
  }

  private focus(place: string | null): void {
    if (place === null) return;
    const exact = this.root.querySelector<HTMLElement>(`[data-path="${CSS.escape(place)}"]:not(:disabled)`);
    const target = exact ?? fieldOf(this.main, place);
    target?.focus();
    if (exact instanceof HTMLInputElement && exact.type === 'text') exact.select();
  }

  private add(at: number): void {
    this.made((d) => addedQuestion(d, at), `form.questions[${at}].title`);
  }

  private move(from: number, to: number): void {
    if (to < 0 || to >= questionsOf(this.draft).length || from === to) return;
    const inList = this.list.element.contains(document.activeElement);
    this.shown = { pane: 'question', at: to };
    this.made(
      (d) => movedQuestion(d, from, to),
      `form.questions[${to}].${inList ? 'title' : from < to ? 'down' : 'up'}`,
    );
    if (inList) this.list.focusQuestion(to);
  }

  private duplicate(at: number): void {
    this.made((d) => duplicatedQuestion(d, at), `form.questions[${at + 1}].title`);
  }

  private remove(at: number): void {
    const left = questionsOf(this.draft).length - 1;
    const next = Math.min(at, left - 1);
    this.made((d) => removedQuestion(d, at), null);
    this.open(next >= 0 ? { pane: 'question', at: next } : { pane: 'about' });
    if (next >= 0) this.list.focusQuestion(next);
    else this.focus('list.add');
  }

  private press(event: KeyboardEvent): void {
    const key = event.key.toLowerCase();
    const control = event.ctrlKey || event.metaKey;
    if (control && key === 's') void this.saving.save();
    else if (control && key === 'z' && event.shiftKey) this.history.redo();
    else if (control && key === 'z') this.history.undo();
    else if (control && key === 'y') this.history.redo();
    else if (event.altKey && key === 'n') this.add(questionsOf(this.draft).length);
    else return;
    event.preventDefault();
  }
}

function firstPlace(what: Shown): string {
  return what.pane === 'question' ? `form.questions[${what.at}].title` : what.pane === 'about' ? 'title' : what.pane;
}

/** What a published version calls things: answers hold these names, so they don't follow a title any more. */
function publishedNames(newest: EditorContent['newest']): ReadonlySet<string> {
  const questions = newest?.definition.form.questions ?? [];
  return new Set([
    ...questions.map((q) => q.name),
    ...questions.flatMap((q) => (q.options ?? []).map((o) => `${q.name}/${o.value}`)),
    ...(newest?.definition.scoring.systems ?? []).map((s) => `system/${s.name}`),
  ]);
}
