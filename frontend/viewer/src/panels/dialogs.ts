/** Questions to the reader that stop everything else. */
import { h } from '../page/dom';

export interface Choice<T> {
  words: string;
  value: T;
  primary?: boolean;
}

/** Ask; resolves to the choice, or to null when the reader closes the question. */
export function ask<T>(
  title: string,
  body: readonly (string | Node)[],
  choices: readonly Choice<T>[],
): Promise<T | null> {
  return new Promise((resolve) => {
    let answer: T | null = null;
    const dialog = h('dialog', { class: 'question-dialog', 'aria-label': title });
    dialog.append(
      h('h2', {}, title),
      ...body.map((part) => (typeof part === 'string' ? h('p', {}, part) : part)),
      h(
        'div',
        { class: 'choices' },
        ...choices.map(({ words, value, primary }) =>
          h(
            'button',
            {
              type: 'button',
              class: primary ? 'primary' : 'quiet',
              onclick: () => {
                answer = value;
                dialog.close();
              },
            },
            words,
          ),
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
