/** How the case hangs, and which panes move together. */
import { gridWords, hangingsOf } from '../model/hangings';
import type { LinkKind } from '../model/pictures';
import type { Command, Desk } from './command';

const LINK_WORDS: Record<LinkKind, string> = {
  scroll: 'Panes scroll',
  zoom: 'Panes zoom and move',
  window: 'Windows change',
};

function choose(at: number): (desk: Desk) => void {
  return ({ acts, grid, say }) => {
    const hanging = hangingsOf(acts.manifest)[at];
    if (!hanging) return;
    grid.choose(hanging);
    say(`${gridWords(hanging)} ${hanging.title}`);
  };
}

function toggleLink(kind: LinkKind): (desk: Desk) => void {
  return ({ acts: { ui }, grid, say }) => {
    if (!grid.links.possible) {
      say('There is one picture: nothing to link.');
      return;
    }
    grid.links.toggle(kind);
    say(`${LINK_WORDS[kind]} ${ui.now.links[kind] ? 'together' : 'one by one'}`);
  };
}

const CHOICES: readonly Command[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({
  id: `hangings.choose_${number}`,
  title: `Hanging ${number}`,
  group: 'Hangings',
  keys: [`Shift+${number}`],
  run: choose(number - 1),
}));

export const HANGING_COMMANDS: readonly Command[] = [
  ...CHOICES,
  { id: 'hangings.scroll', title: 'Link scrolling', group: 'Hangings', keys: ['F2'], run: toggleLink('scroll') },
  { id: 'hangings.zoom', title: 'Link zoom', group: 'Hangings', keys: ['F4'], run: toggleLink('zoom') },
  { id: 'hangings.window', title: 'Link windows', group: 'Hangings', keys: ['F8'], run: toggleLink('window') },
];
