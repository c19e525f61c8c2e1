/** Reviewing a case: whose marks are shown, comments, and the decision. */
import { takeOver } from '../store/take_over';
import type { Command, Desk } from './command';

function decide(verdict: 'approved' | 'returned'): (desk: Desk) => void {
  return ({ acts: { review }, say }) => {
    const reading = review?.mayReview ? review.readingAtHand : null;
    if (!review || !reading) {
      if (review?.mayReview) say('No reading waits for a decision.');
      return;
    }
    if (verdict === 'approved') void review.decide(reading, verdict);
    else review.askReason(reading.assignment.id);
  };
}

export const REVIEW_COMMANDS: readonly Command[] = [
  {
    id: 'review.alone',
    title: 'One reader alone, the next, all',
    group: 'Review',
    keys: ['Alt+W'],
    run: ({ acts: { review }, say }) => {
      if (review?.showsReaders) say(`Shown: ${review.stepAlone()}`);
    },
  },
  {
    id: 'review.take_over',
    title: 'Take the chosen mark of a reader over as your own',
    group: 'Review',
    keys: ['Alt+T'],
    isOffered: ({ review }) => review?.adjudicates === true,
    run: ({ acts, say }) => {
      if (!acts.review?.adjudicates) return;
      const { selectedMark } = acts.ui.now;
      const owner = selectedMark ? acts.workspace.records.get('annotation', selectedMark)?.owner : undefined;
      say(takeOver(acts, selectedMark) ? `Taken over from ${owner}` : 'Choose a mark of a reader first.');
    },
  },
  {
    id: 'review.approve',
    title: 'Approve the reading shown alone, or the first that waits',
    group: 'Review',
    keys: ['Alt+A'],
    run: decide('approved'),
  },
  {
    id: 'review.return',
    title: 'Return it with a reason',
    group: 'Review',
    keys: ['Alt+R'],
    run: decide('returned'),
  },
];
