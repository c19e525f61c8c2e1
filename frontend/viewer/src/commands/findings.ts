/** Findings: joining marks to them, making one, stepping through them. */
import { takeNextKey } from '../page/next_key';
import { findingNumbered, findingToJoin, joinMarks, neighbourFinding } from '../store/finding_acts';
import type { Command, Desk } from './command';

function join({ acts, say }: Desk): void {
  const mark = acts.ui.now.selectedMark;
  if (!mark) {
    say('Select a mark first.');
    return;
  }
  const finding = findingToJoin(acts, mark);
  if (!finding) say('There is no other finding to join it to.');
  else if (joinMarks(acts, [mark], finding.id)) say(`Joined to ${acts.findingTitle(finding)}`);
}

function joinNumbered({ acts, say }: Desk): void {
  const mark = acts.ui.now.selectedMark;
  if (!mark || !acts.mayEdit) {
    say('Select a mark first.');
    return;
  }
  say('Join to finding: press its number, or 0 for a new one.');
  takeNextKey(
    (key) => /^\d$/.test(key),
    (key) => {
      const finding = key === '0' ? null : findingNumbered(acts, Number(key));
      if (key !== '0' && !finding) {
        say(`There is no finding ${key}.`);
        return;
      }
      if (joinMarks(acts, [mark], finding?.id ?? null))
        say(finding ? `Joined to ${acts.findingTitle(finding)}` : 'Joined to a new finding');
    },
  );
}

function stepFinding(by: 1 | -1): (desk: Desk) => void {
  return ({ acts, showFinding, forms }) => {
    const next = neighbourFinding(acts, by);
    if (!next) return;
    const answering = forms.hold(document.activeElement);
    showFinding(next.id);
    if (answering) forms.focusFinding();
  };
}

export const FINDING_COMMANDS: readonly Command[] = [
  {
    id: 'findings.link',
    title: 'Join the mark to the selected finding, else to the last',
    group: 'Findings',
    keys: ['L'],
    run: join,
  },
  {
    id: 'findings.link_to',
    title: 'Join the mark to finding 1 – 9, or 0: a new one',
    group: 'Findings',
    keys: ["'"],
    run: joinNumbered,
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
  {
    id: 'findings.new',
    title: 'New finding',
    group: 'Findings',
    keys: ['Shift+Space', 'Insert'],
    run: ({ acts }) => acts.addFinding(),
  },
  {
    id: 'findings.colours',
    title: 'Colours by finding or by label',
    group: 'Findings',
    keys: ['Shift+K'],
    run: ({ acts: { ui }, say }) => {
      ui.set({ colourBy: ui.now.colourBy === 'finding' ? 'label' : 'finding' });
      say(ui.now.colourBy === 'finding' ? 'Colours tell findings apart' : 'Colours tell labels apart');
    },
  },
  {
    id: 'findings.next',
    title: 'Next finding, with its marks',
    group: 'Findings',
    keys: ['>'],
    run: stepFinding(1),
  },
  {
    id: 'findings.previous',
    title: 'Previous finding',
    group: 'Findings',
    keys: ['<'],
    run: stepFinding(-1),
  },
];
