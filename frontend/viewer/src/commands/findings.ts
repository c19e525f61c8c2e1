/** Joining marks to findings. */
import type { Command } from './command';

export const FINDING_COMMANDS: readonly Command[] = [
  {
    id: 'findings.link',
    title: 'Join the mark to the selected finding',
    group: 'Findings',
    keys: ['L'],
    run: ({ acts }) => {
      const { selectedMark, selectedFinding } = acts.ui.now;
      if (selectedMark && selectedFinding) acts.linkMark(selectedMark, selectedFinding);
    },
  },
  {
    id: 'findings.unlink',
    title: 'Take the mark from its finding',
    group: 'Findings',
    keys: ['U'],
    run: ({ acts }) => {
      if (acts.ui.now.selectedMark) acts.linkMark(acts.ui.now.selectedMark, null);
    },
  },
];
