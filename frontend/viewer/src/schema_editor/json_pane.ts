/** The same as JSON, for those who prefer it. */
import { h } from '../page/dom';
import { type Draft, isDrawable } from './draft';
import type { Editing } from './editing';
import { faultSlot } from './fields';

const PAUSE_MS = 300;

export function jsonPane(editing: Editing): HTMLElement {
  const words = h('p', { class: 'fault', role: 'status', hidden: true });
  let timer = 0;
  const area = h('textarea', {
    class: 'mono json',
    rows: 30,
    'data-path': 'json',
    'aria-label': 'The schema as JSON',
    spellcheck: 'false',
    oninput: () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(read, PAUSE_MS);
    },
    onblur: () => {
      window.clearTimeout(timer);
      read();
    },
  });
  area.value = text(editing.draft);
  const read = (): void => {
    if (area.value === text(editing.draft)) {
      say('');
      return;
    }
    const made = parsed(area.value);
    say(typeof made === 'string' ? made : '');
    if (typeof made !== 'string') editing.typed(() => made, 'json');
  };
  const say = (said: string): void => {
    words.hidden = said === '';
    words.textContent = said;
    area.toggleAttribute('aria-invalid', said !== '');
  };
  return h(
    'section',
    { class: 'pane' },
    h('h2', {}, 'As JSON'),
    h(
      'p',
      { class: 'soft small' },
      'What may be answered follows from the questions. Whoever needs rules of JSON Schema beyond that writes “answers” here; they stand until a question is changed in the form.',
    ),
    words,
    area,
    faultSlot(''),
  );
}

/** The draft that a text holds, or why it holds none. */
function parsed(value: string): Draft | string {
  let made: unknown;
  try {
    made = JSON.parse(value);
  } catch (error) {
    return `This is no JSON yet: ${error instanceof Error ? error.message : error}.`;
  }
  return isDrawable(made)
    ? made
    : 'This is no schema yet: it needs "title" and "definition" with modalities, form and scoring.';
}

function text(draft: Draft): string {
  return JSON.stringify({ title: draft.title, definition: draft.definition }, null, 2);
}
