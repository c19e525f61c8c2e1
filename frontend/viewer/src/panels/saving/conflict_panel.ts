/** The same record was changed in two places: both states side by side, and the reader's choice. */
import type { Annotation } from '../../model/reading';
import { h } from '../../page/dom';
import { differences, type Namer, nameOf } from '../../save/differences';
import type { Conflict } from '../../save/sending';
import type { Acts } from '../../store/acts';
import type { Places } from '../../store/places';
import type { AnyRecord } from '../../store/records';
import { settleConflict } from '../../store/settle_conflict';
import type { Panel } from '../panel';
import { markDrawing } from './mark_drawing';

export class ConflictPanel implements Panel {
  readonly element = h('section', { class: 'panel conflict', 'aria-label': 'Changed elsewhere', hidden: true });
  private signature = '';
  private readonly namer: Namer;

  constructor(
    private readonly acts: Acts,
    places: Places,
    private readonly show: (mark: string) => void,
  ) {
    this.namer = {
      frame: (key) => places.words(key),
      finding: (id) => {
        const finding = acts.workspace.records.get('finding', id);
        return finding ? acts.findingTitle(finding) : 'another finding';
      },
      schemas: acts.manifest.schemas,
    };
  }

  update(): void {
    const conflicts = this.acts.workspace.queue.conflicts();
    const [first] = conflicts;
    const local = first ? this.acts.workspace.records.get(first.kind, first.id) : undefined;
    this.element.hidden = !first || !local;
    const signature = JSON.stringify([conflicts.length, first, local]);
    if (!first || !local || signature === this.signature) return;
    this.signature = signature;
    // A button of the same words stays under the reader's finger when the next conflict takes the place of this one.
    const focused = this.element.contains(document.activeElement) ? document.activeElement?.textContent : null;
    this.element.replaceChildren(...this.contents(first, local, conflicts.length));
    if (focused) this.buttons.find((button) => button.textContent === focused)?.focus();
  }

  private get buttons(): HTMLButtonElement[] {
    return [...this.element.querySelectorAll('button')];
  }

  private contents(conflict: Conflict, local: AnyRecord, count: number): HTMLElement[] {
    const { current } = conflict;
    const name = nameOf(local, this.namer);
    const rows = differences(local, current, this.namer).flatMap(({ what, here, elsewhere }) => [
      h('dt', {}, what),
      h('dd', {}, here),
      h('dd', {}, elsewhere),
    ]);
    const [mine, theirs] = drawings(local, current);
    const place = 'points' in local && local.points.length > 0 ? this.showButton(local) : null;
    return [
      h('h2', {}, count > 1 ? `Changed elsewhere (1 of ${count})` : 'Changed elsewhere'),
      h('p', {}, `Another window of yours saved a different state of ${name}. Nothing of it is lost: choose.`, place),
      h('div', { class: 'states' }, h('h3', {}, 'Here'), h('h3', {}, 'Elsewhere'), mine, theirs),
      h('dl', { class: 'state-rows' }, ...rows),
      h('div', { class: 'state-choices' }, ...this.choices(conflict, local)),
    ];
  }

  private choices({ kind, id, current }: Conflict, local: AnyRecord): HTMLElement[] {
    const settle = (choice: 'mine' | 'theirs' | 'both') => () => settleConflict(this.acts.workspace, kind, id, choice);
    const button = (words: string, title: string, choice: 'mine' | 'theirs' | 'both') =>
      h('button', { type: 'button', title, onclick: settle(choice) }, words);
    const both = kind === 'annotation' && current && !current.deleted && !local.deleted;
    return [
      button('Keep what is here', 'Save it over the other one', 'mine'),
      button('Take the other one', 'Drop what is here', 'theirs'),
      ...(both ? [button('Keep both', 'What is here becomes a mark of its own', 'both')] : []),
    ];
  }

  private showButton({ id }: Annotation): HTMLElement {
    return h('button', { type: 'button', class: 'quiet link', onclick: () => this.show(id) }, 'Show it');
  }
}

function drawings(local: AnyRecord, current: AnyRecord | null): [Node | null, Node | null] {
  if (!('points' in local) || (current && !('points' in current))) return [null, null];
  const mine = markDrawing(local, current);
  const theirs = current ? markDrawing(current, local) : null;
  if (!mine && !theirs) return [null, null];
  return [mine ?? h('span', {}, 'deleted'), theirs ?? h('span', {}, 'deleted')];
}
