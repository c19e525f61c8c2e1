/** How it stands with saving, in words. */
import type { LineState } from './line';

export interface SaveSummary {
  state: 'saved' | 'saving' | 'unreachable' | 'signed-out' | 'full' | 'refused' | 'conflict';
  words: string;
  /** Changes that the server has not confirmed. */
  unsaved: number;
  /** Those of them that closing the page would lose. */
  unkept: number;
}

export interface Standing {
  unsaved: number;
  unkept: number;
  conflicts: number;
  refused: number;
  /** Changes that are on their way or will be without a word of the reader. */
  moving: number;
  line: LineState;
  /** Why the browser keeps nothing; null where it does. */
  trouble: string | null;
}

export function summaryOf(at: Standing): SaveSummary {
  const { unsaved, unkept } = at;
  const say = (state: SaveSummary['state'], words: string): SaveSummary => ({ state, words, unsaved, unkept });
  if (unsaved === 0) return say('saved', 'All changes saved');
  const wait = unsaved === 1 ? '1 change waits' : `${unsaved} changes wait`;
  const where = at.trouble ? 'do not close this page' : 'kept in this browser';
  if (at.line === 'signed-out') return say('signed-out', `Signed out: ${wait} (${where})`);
  if (at.line === 'full') return say('full', `Server full: ${wait} (${where})`);
  if (at.line === 'unreachable') return say('unreachable', `Not saved: ${wait} (${where})`);
  if (at.conflicts > 0)
    return say(
      'conflict',
      at.conflicts === 1 ? 'Conflict: changed elsewhere' : `${at.conflicts} conflicts: changed elsewhere`,
    );
  if (at.moving > 0) return say('saving', 'Saving…');
  return say('refused', at.refused === 1 ? 'One change not accepted' : `${at.refused} changes not accepted`);
}
