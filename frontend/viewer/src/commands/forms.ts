/** Into the questions beside the picture by keyboard; Escape leads back. */
import { schemasFor } from '../store/targets';
import type { Command } from './command';

export const FORM_COMMANDS: readonly Command[] = [
  {
    id: 'forms.answer',
    title: "Answer the selected finding's or range's questions, else the case's",
    group: 'Questions',
    // Enter leads here too, when nothing is being drawn (marks.finish).
    keys: [],
    run: ({ forms, say }) => {
      if (!forms.focusFinding() && !forms.focusCase()) say('There are no questions here.');
    },
  },
  {
    id: 'forms.answer_case',
    title: "Answer the breasts' and the case's questions",
    group: 'Questions',
    keys: ['Shift+Enter'],
    run: ({ forms, say }) => {
      if (!forms.focusCase()) say('There are no questions about the case.');
    },
  },
  {
    id: 'forms.answer_breast',
    title: "Right breast's questions; again: the left one's",
    group: 'Questions',
    keys: ['Alt+B'],
    inFields: true,
    run: ({ forms, say }) => {
      if (!forms.focusBreast()) say('There are no questions about a breast.');
    },
  },
  {
    id: 'forms.next_open',
    title: 'Next question still to answer',
    group: 'Questions',
    keys: ['Shift+Q'],
    run: ({ acts, forms, say }) => {
      if (forms.focusNextOpen()) return;
      const comes = acts.myFindings.length === 0 && schemasFor(acts.manifest, 'finding').length > 0;
      say(comes ? 'Nothing is open. Further questions come with a finding.' : 'Nothing is left to answer.');
    },
  },
];
