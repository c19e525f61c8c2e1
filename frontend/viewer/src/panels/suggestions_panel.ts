/** What models propose, the most certain first; the reader accepts or rejects each. */
import type { Suggestion } from '../model/types';
import { h } from '../page/dom';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import type { Panel } from './panel';

export class SuggestionsPanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h('div', {});
  private signature = '';

  constructor(
    private readonly acts: Acts,
    private readonly places: Places,
    private readonly jump: (suggestion: Suggestion) => void,
  ) {
    this.element = h('section', { class: 'panel suggestions', hidden: true }, h('h2', {}, 'Suggestions'), this.list);
  }

  update(): void {
    const open = this.acts.openSuggestions();
    this.element.hidden = open.length === 0;
    const trouble = open.map((s) => this.acts.workspace.queue.trouble('decision', s.id)?.message ?? '');
    const signature = JSON.stringify([
      open.map((s) => s.id),
      this.acts.ui.now.selectedSuggestion,
      this.acts.mayEdit,
      trouble,
    ]);
    if (signature === this.signature) return;
    this.signature = signature;
    this.list.replaceChildren();
    this.list.append(
      h('p', { class: 'hint' }, 'Dashed on the picture. A accepts, X rejects the selected one.'),
      // Above the list: eight calipers would push it out of sight.
      open.length > 1 && this.acts.mayEdit
        ? h(
            'button',
            { type: 'button', class: 'quiet', onclick: () => this.acts.accept(...open.map((s) => s.id)) },
            `Accept all ${open.length}`,
          )
        : '',
      ...open.map((s) => this.row(s)),
    );
  }

  private row(suggestion: Suggestion): HTMLElement {
    const { acts } = this;
    const selected = acts.ui.now.selectedSuggestion === suggestion.id;
    return h(
      'div',
      { class: selected ? 'suggestion selected' : 'suggestion', 'data-suggestion': suggestion.id },
      h(
        'button',
        { type: 'button', class: 'mark-jump', onclick: () => this.jump(suggestion) },
        h('span', {}, `${suggestion.label || suggestion.kind} ${Math.round(suggestion.score * 100)} %`),
        h('small', {}, `${this.places.words(suggestion.frame)} · ${suggestion.model}`),
      ),
      acts.mayEdit && h('button', { type: 'button', onclick: () => acts.accept(suggestion.id) }, 'Accept'),
      acts.mayEdit &&
        h('button', { type: 'button', class: 'quiet', onclick: () => acts.reject(suggestion.id) }, 'Reject'),
    );
  }
}
