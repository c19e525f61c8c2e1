/** Ending the case, and leaving what one is at. */
import type { Command, Desk } from './command';

function stepBack({ acts, busy, cancelGestures, forms }: Desk): void {
  // A press of Escape in a field leaves the field; what is half drawn waits for the next one.
  const inField = document.activeElement?.matches('input, textarea, select') ?? false;
  if (busy && !inField) {
    cancelGestures();
    return;
  }
  const answering = forms.hold(document.activeElement);
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  // Out of the questions: the marks stay chosen as they were.
  if (answering || (busy && inField)) return;
  const { ui } = acts;
  if (acts.outlining?.giveUp()) return;
  if (ui.now.drawFor) ui.set({ drawFor: null, tool: ui.now.drawFor.formerTool });
  else if (ui.now.labelFrom) ui.set({ labelFrom: null });
  else if (ui.now.rangeFrom) ui.set({ rangeFrom: null });
  else if (ui.now.selectedRange) ui.set({ selectedRange: null });
  else if (ui.now.selectedMark || ui.now.selectedSuggestion) ui.set({ selectedMark: null, selectedSuggestion: null });
  else if (ui.now.tool !== 'select') ui.set({ tool: 'select' });
  else ui.set({ selectedFinding: null, maximised: null });
}

export const CASE_COMMANDS: readonly Command[] = [
  {
    id: 'case.submit',
    title: 'Submit',
    group: 'Case',
    keys: ['S', 'Ctrl+Enter'],
    run: ({ submit }) => submit(),
  },
  { id: 'case.next', title: 'Next case', group: 'Case', keys: ['N'], run: ({ nextCase }) => nextCase() },
  {
    id: 'case.previous',
    title: 'Previous case',
    group: 'Case',
    keys: ['Shift+N'],
    run: ({ previousCase }) => previousCase(),
  },
  {
    id: 'case.second_screen',
    title: 'Second window for another screen',
    group: 'Case',
    keys: ['Alt+S'],
    run: ({ openSecondScreen }) => openSecondScreen(),
  },
  {
    id: 'case.screens_together',
    title: 'In the second window: move with the first one, or alone',
    group: 'Case',
    keys: ['Alt+L'],
    run: ({ acts, say }) => {
      if (!acts.onlyShows) {
        say('This is the first window; the second one chooses whether it moves along.');
        return;
      }
      const { screensTogether } = acts.ui.now;
      acts.ui.set({ screensTogether: !screensTogether });
      say(screensTogether ? 'This window moves alone' : 'Both windows move together');
    },
  },
  {
    id: 'case.escape',
    title: 'Cancel, deselect',
    group: 'Case',
    keys: ['Escape'],
    inFields: true,
    run: stepBack,
  },
  {
    id: 'case.waiting',
    title: 'Go to what is not saved',
    group: 'Case',
    keys: ['Shift+S'],
    run: ({ showWaiting }) => showWaiting(),
  },
  { id: 'case.help', title: 'All keys', group: 'Case', keys: ['?'], run: ({ showHelp }) => showHelp() },
];
