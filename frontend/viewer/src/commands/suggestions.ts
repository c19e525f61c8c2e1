/** Deciding on what a model proposes: the selected suggestion, else the first on the slice. */
import type { Suggestion } from '../model/reading';
import { acceptSuggestions, neighbour } from '../store/suggestions';
import type { Command, Desk } from './command';

function current({ acts, grid }: Desk): Suggestion | null {
  const open = acts.openSuggestions();
  const { selectedSuggestion } = acts.ui.now;
  return (
    open.find((s) => s.id === selectedSuggestion) ?? open.find((s) => s.frame === grid.active.pane.frame?.key) ?? null
  );
}

/** Accept it and go on to the next one, so that a list is worked off with one key; what was asked for is gone on with. */
function accept(desk: Desk): void {
  const suggestion = current(desk);
  if (!suggestion) return;
  const { acts } = desk;
  const next = neighbour(acts.openSuggestions(), suggestion.id, 1);
  const chosen = acts.ui.now.selectedSuggestion !== null && !acts.outlining?.made(suggestion.id);
  acceptSuggestions(acts, [suggestion.id]);
  if (chosen && next && next.id !== suggestion.id) desk.jumpToSuggestion(next);
}

function acceptAndEdit(desk: Desk): void {
  const suggestion = current(desk);
  if (!suggestion) return;
  desk.jumpToSuggestion(suggestion);
  acceptSuggestions(desk.acts, [suggestion.id]);
  desk.acts.ui.set({ tool: 'select' });
  desk.takeKeys();
  desk.say('Accepted. Drag its handles; Enter answers its questions.');
}

function step(by: 1 | -1): (desk: Desk) => void {
  return ({ acts, jumpToSuggestion, say }) => {
    const { selectedSuggestion, formerSuggestion } = acts.ui.now;
    const decided = acts.suggestions.get(formerSuggestion ?? '') ?? null;
    const next = neighbour(acts.openSuggestions(), selectedSuggestion, by, decided);
    if (next) jumpToSuggestion(next);
    else if (acts.manifest.shows_suggestions) say('No suggestion is left.');
  };
}

const COMMANDS: readonly Command[] = [
  {
    id: 'suggestions.next',
    title: 'Next suggestion',
    group: 'Suggestions',
    keys: [';'],
    repeats: true,
    run: step(1),
  },
  {
    id: 'suggestions.previous',
    title: 'Previous suggestion',
    group: 'Suggestions',
    keys: [':'],
    repeats: true,
    run: step(-1),
  },
  { id: 'suggestions.accept', title: 'Accept the suggestion', group: 'Suggestions', keys: ['A'], run: accept },
  {
    id: 'suggestions.accept_and_edit',
    title: 'Accept the suggestion and edit its mark',
    group: 'Suggestions',
    keys: ['Shift+V'],
    run: acceptAndEdit,
  },
  {
    id: 'suggestions.reject',
    title: 'Reject the suggestion; then a digit says why, X again gives no reason',
    group: 'Suggestions',
    keys: ['X'],
    run: (desk) => {
      const suggestion = current(desk);
      if (suggestion) desk.suggestionsPanel.askWhy(suggestion);
    },
  },
  {
    id: 'suggestions.reject_again',
    title: 'Reject it for the reason given last',
    group: 'Suggestions',
    keys: ['Ctrl+X'],
    run: (desk) => {
      const suggestion = current(desk);
      if (suggestion) desk.suggestionsPanel.rejectAgain(suggestion);
    },
  },
  {
    id: 'suggestions.accept_sure',
    title: 'Accept all from the score in the panel on',
    group: 'Suggestions',
    keys: ['Shift+Y'],
    run: ({ suggestionsPanel }) => suggestionsPanel.acceptAll(),
  },
];

export const SUGGESTION_COMMANDS: readonly Command[] = COMMANDS.map((command) => ({
  ...command,
  isOffered: ({ manifest }) => manifest.shows_suggestions,
}));
