/** The list of what can be edited: the schema itself, every question, the scoring. Questions are moved here. */
import { h } from '../page/dom';
import type { Draft, Kind } from './draft';
import type { Shown } from './editing';
import { questionsOf } from './edits';
import { questionOf } from './faults';
import type { Fault } from './server';

export interface ListActs {
  open(what: Shown, place?: string | null): void;
  add(at: number): void;
  move(from: number, to: number): void;
  duplicate(at: number): void;
  remove(at: number): void;
}

const KIND_SIGNS: Readonly<Record<Kind, string>> = {
  choice: 'one of',
  multiple: 'any of',
  boolean: 'yes/no',
  number: 'number',
  text: 'text',
  draw: 'draw',
};

export class QuestionList {
  readonly element = h('nav', { class: 'ed-list', 'aria-label': 'Parts of the schema' });
  private dragged: number | null = null;
  private draft: Draft | null = null;
  private shown: Shown = { pane: 'about' };
  private faults: readonly Fault[] = [];

  constructor(private readonly acts: ListActs) {
    this.element.addEventListener('keydown', (event) => this.press(event));
  }

  update(draft: Draft, shown: Shown, faults: readonly Fault[]): void {
    [this.draft, this.shown, this.faults] = [draft, shown, faults];
    const held = (document.activeElement as HTMLElement | null)?.dataset.path;
    const hadKeys = this.element.contains(document.activeElement);
    const questions = questionsOf(draft);
    const groups = new Map((draft.definition.form.groups ?? []).map((g) => [g.name, g.title]));
    let heading: string | undefined;
    const rows = questions.flatMap((question, at) => {
      const under = question.group !== heading ? groups.get(question.group ?? '') : undefined;
      heading = question.group;
      return [under ? h('li', { class: 'heading' }, under) : null, this.questionRow(at)];
    });
    this.element.replaceChildren(
      this.partRow(
        'About the schema',
        { pane: 'about' },
        this.count((path) => isAbout(path)),
      ),
      h('ol', { class: 'questions' }, ...rows),
      h(
        'button',
        {
          type: 'button',
          class: 'small add',
          'data-path': 'list.add',
          title: 'Alt+N',
          onclick: () => this.acts.add(questions.length),
        },
        'Add a question',
      ),
      this.partRow(
        'Scoring',
        { pane: 'scoring' },
        this.count((path) => path.startsWith('scoring')),
      ),
      this.partRow('As JSON', { pane: 'json' }, 0),
      this.partRow('Compare, try and publish', { pane: 'publish' }, 0),
    );
    if (hadKeys && held) this.element.querySelector<HTMLElement>(`[data-path="${CSS.escape(held)}"]`)?.focus();
  }

  focusQuestion(at: number): void {
    this.element.querySelector<HTMLElement>(`[data-path="list.${at}"]`)?.focus();
  }

  private count(which: (path: string) => boolean): number {
    return this.faults.filter((fault) => which(fault.path)).length;
  }

  private partRow(title: string, what: Shown, faults: number): HTMLElement {
    return h(
      'button',
      {
        type: 'button',
        class: 'part',
        'data-path': `list.${what.pane}`,
        'aria-current': this.shown.pane === what.pane ? 'true' : null,
        onclick: () => this.acts.open(what),
      },
      h('span', {}, title),
      faultMark(faults),
    );
  }

  private questionRow(at: number): HTMLElement {
    const question = questionsOf(this.draft as Draft)[at];
    if (!question) return h('li', {});
    const here = this.shown.pane === 'question' && this.shown.at === at;
    const row = h(
      'li',
      { class: 'question-row', draggable: 'true' },
      h(
        'button',
        {
          type: 'button',
          class: 'part',
          'data-path': `list.${at}`,
          'aria-current': here ? 'true' : null,
          'aria-keyshortcuts': 'Alt+ArrowUp Alt+ArrowDown Control+D Delete',
          onclick: () => this.acts.open({ pane: 'question', at }),
        },
        h('small', {}, String(at + 1)),
        h(
          'span',
          { class: question.title ? '' : 'soft' },
          question.title || 'Untitled question',
          h('small', {}, ` ${KIND_SIGNS[question.kind]}${question.show_when ? ' · if …' : ''}`),
        ),
        faultMark(this.count((path) => questionOf(path) === at)),
      ),
    );
    row.addEventListener('dragstart', (event) => {
      this.dragged = at;
      event.dataTransfer?.setData('text/plain', String(at));
    });
    row.addEventListener('dragend', () => {
      this.dragged = null;
    });
    row.addEventListener('dragover', (event) => {
      if (this.dragged === null) return;
      event.preventDefault();
      row.classList.toggle('over', this.dragged !== at);
    });
    row.addEventListener('dragleave', () => row.classList.remove('over'));
    row.addEventListener('drop', (event) => {
      event.preventDefault();
      row.classList.remove('over');
      if (this.dragged !== null) this.acts.move(this.dragged, at);
    });
    return row;
  }

  private press(event: KeyboardEvent): void {
    const path = (event.target as HTMLElement).dataset.path ?? '';
    const buttons = [...this.element.querySelectorAll<HTMLButtonElement>('button')];
    const here = buttons.indexOf(event.target as HTMLButtonElement);
    const at = /^list\.(\d+)$/.test(path) ? Number(path.slice(5)) : null;
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (by !== 0 && !event.altKey && here >= 0) buttons[here + by]?.focus();
    else if (by !== 0 && event.altKey && at !== null) this.acts.move(at, at + by);
    else if (event.key === 'Delete' && at !== null) this.acts.remove(at);
    else if (event.key.toLowerCase() === 'd' && event.ctrlKey && at !== null) this.acts.duplicate(at);
    else return;
    event.preventDefault();
  }
}

function isAbout(path: string): boolean {
  return questionOf(path) === null && !path.startsWith('scoring') && path !== 'form.questions';
}

function faultMark(count: number): HTMLElement | null {
  if (count === 0) return null;
  const words = count === 1 ? '1 fault' : `${count} faults`;
  return h('em', { class: 'fault-mark', title: words }, h('span', { class: 'visually-hidden' }, `, ${words}`), '!');
}
