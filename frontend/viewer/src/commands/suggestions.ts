/** Deciding on what a model proposes: the selected suggestion, else the first on the slice. */
import type { Command, Desk } from './command';

function decide(accept: boolean): (desk: Desk) => void {
  return ({ acts, grid }) => {
    const suggestion =
      acts.ui.now.selectedSuggestion ?? acts.openSuggestions().find((s) => s.frame === grid.active.pane.frame?.key)?.id;
    if (!suggestion) return;
    if (accept) acts.accept(suggestion);
    else acts.reject(suggestion);
    acts.ui.set({ selectedSuggestion: null });
  };
}

export const SUGGESTION_COMMANDS: readonly Command[] = [
  { id: 'suggestions.accept', title: 'Accept the suggestion', group: 'Suggestions', keys: ['A'], run: decide(true) },
  { id: 'suggestions.reject', title: 'Reject the suggestion', group: 'Suggestions', keys: ['X'], run: decide(false) },
];
