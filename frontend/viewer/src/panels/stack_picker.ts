/** All stacks of a case, when the hanging leaves some out: click one to read it in the active pane, or drag it to any. */
import type { StackJson } from '../model/pictures';
import { h } from '../page/dom';

export class StackPicker {
  readonly element: HTMLElement;
  private readonly buttons = new Map<string, HTMLButtonElement>();

  constructor(stacks: readonly StackJson[], open: (stack: StackJson) => void) {
    this.element = h('aside', { class: 'stack-picker', 'aria-label': 'Series' }, h('h2', {}, 'Series'));
    for (const stack of stacks) {
      const count = stack.frames.length;
      const words = count === 1 ? '1 picture' : `${count} ${stack.kind === 'cine' ? 'frames' : 'slices'}`;
      const button = h(
        'button',
        { type: 'button', draggable: 'true', 'data-stack': stack.key, onclick: () => open(stack) },
        h('span', {}, stack.title || stack.modality),
        h(
          'small',
          {},
          [stack.prior_words, stack.modality, stack.laterality, stack.view, words].filter(Boolean).join(' · '),
        ),
      );
      button.addEventListener('dragstart', (event) => event.dataTransfer?.setData('text/x-stack', stack.key));
      this.buttons.set(stack.key, button);
      this.element.append(button);
    }
  }

  /** @param showsAll the hanging has a pane for every stack: nothing is left to choose. */
  update(shown: ReadonlySet<string>, active: string | null, showsAll: boolean): void {
    this.element.hidden = showsAll;
    for (const [key, button] of this.buttons) {
      button.classList.toggle('shown', shown.has(key));
      button.setAttribute('aria-pressed', String(key === active));
    }
  }
}
