/** All keys on one sheet. */
import { h } from '../page/dom';

const KEYS: readonly [string, readonly [string, string][]][] = [
  [
    'Slices',
    [
      ['Wheel, ↑ ↓, ← →', 'one slice'],
      ['Page Up, Page Down', 'ten slices'],
      ['Home, End', 'first, last'],
      ['Space', 'play, stop'],
      [', .', 'slower, faster'],
      ['J, K', 'next, previous mark'],
      ['Q', 'next pane'],
      ['Double click', 'one pane large, and back'],
    ],
  ],
  [
    'Picture',
    [
      ['1 – 5', 'window presets'],
      ['Right drag, W', 'window'],
      ['Ctrl or middle drag, Z', 'zoom'],
      ['Ctrl + wheel', 'zoom'],
      ['Shift drag, P', 'move'],
      ['F', 'fit'],
      ['I', 'invert'],
      ['R', 'reset'],
      ['M', 'hide or show marks'],
      ['O', 'show or hide overlays that came with the picture'],
    ],
  ],
  [
    'Marks',
    [
      ['V', 'select, move, reshape'],
      ['B', 'box'],
      ['C', 'contour; again over the edge of the selected one redraws a part'],
      ['Delete, Backspace', 'delete'],
      ['D', 'copy to the next slice'],
      ['L, U', 'link to the selected finding, unlink'],
      ['A, X', 'accept, reject the suggestion'],
      ['Ctrl + Z', 'undo'],
      ['Ctrl + Shift + Z, Ctrl + Y', 'redo'],
    ],
  ],
  [
    'Case',
    [
      ['S, Ctrl + Enter', 'submit'],
      ['N', 'next case'],
      ['Tab, arrows, letters', 'answer the questions'],
      ['Esc', 'cancel, deselect'],
      ['?', 'this sheet'],
    ],
  ],
];

export function helpOverlay(): HTMLDialogElement {
  const sheet = h(
    'div',
    { class: 'key-sheet' },
    ...KEYS.map(([title, keys]) =>
      h(
        'section',
        {},
        h('h3', {}, title),
        h('dl', {}, ...keys.flatMap(([key, words]) => [h('dt', {}, key), h('dd', {}, words)])),
      ),
    ),
  );
  const dialog = h(
    'dialog',
    { class: 'help', 'aria-label': 'Keys' },
    h('h2', {}, 'Keys'),
    sheet,
    h('button', { type: 'button', onclick: () => dialog.close() }, 'Close'),
  );
  return dialog;
}
