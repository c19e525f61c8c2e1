/**
 * Two windows on two screens: the second one follows the first. It shows another part of the case, at the slices and
 * with the marks of the first; everything that is made or saved is made in the first, so that nothing can clash.
 */
import { matchingSlice, shareSpace } from '../model/linked_scroll';
import type { Lifetime } from '../page/lifetime';
import type { PaneGrid } from '../page/pane_grid';
import type { Acts } from '../store/acts';
import type { AnyRecord, RecordKind } from '../store/records';
import type { UiState } from '../store/ui';

/** What both windows show alike. */
const SHARED = ['selectedMark', 'alsoSelected', 'selectedFinding', 'showsMarks', 'hiddenMarks', 'colourBy'] as const;
const KINDS = ['finding', 'annotation', 'answer'] as const;
type SharedLook = Pick<UiState, (typeof SHARED)[number]>;

export type Word =
  | { type: 'hello' }
  | { type: 'case'; id: string }
  | { type: 'records'; records: readonly (readonly [RecordKind, AnyRecord])[] }
  | { type: 'look'; look: SharedLook }
  | { type: 'place'; stack: string; index: number }
  | { type: 'gone' };

/** Tell the second window, if there is one, what is shown and made here. */
export function lead(
  channel: BroadcastChannel,
  caseId: string,
  acts: Acts,
  grid: PaneGrid,
  lifetime: Lifetime,
): () => void {
  const told = new Map<string, AnyRecord>();
  let place = '';
  let waiting = 0;
  const tellRecords = (all: boolean): void => {
    const { records } = acts.workspace;
    const changed = KINDS.flatMap((kind) =>
      records.all(kind).flatMap((record): [RecordKind, AnyRecord][] => {
        // A record is never changed, only replaced.
        if (!all && told.get(record.id) === record) return [];
        told.set(record.id, record);
        return [[kind, record]];
      }),
    );
    if (changed.length > 0) channel.postMessage({ type: 'records', records: changed });
  };
  const tellLook = (): void => {
    const { now } = acts.ui;
    const look = Object.fromEntries(SHARED.map((name) => [name, now[name]])) as unknown as SharedLook;
    channel.postMessage({ type: 'look', look });
  };
  const tellPlace = (all = false): void => {
    const { stack, target } = grid.active.pane;
    const now = `${stack?.key} ${target}`;
    if (!stack || (!all && now === place)) return;
    place = now;
    channel.postMessage({ type: 'place', stack: stack.key, index: target });
  };
  const tellAll = (): void => {
    channel.postMessage({ type: 'case', id: caseId });
    tellRecords(true);
    tellLook();
    tellPlace(true);
  };
  channel.onmessage = ({ data }: MessageEvent<Word>) => data.type === 'hello' && tellAll();
  const soon = (): void => {
    waiting ||= window.setTimeout(() => {
      waiting = 0;
      tellRecords(false);
    }, 50);
  };
  lifetime.atEnd(acts.workspace.records.subscribe(soon));
  lifetime.atEnd(
    acts.ui.subscribe((now, before) => {
      if (SHARED.some((name) => now[name] !== before[name])) tellLook();
    }),
  );
  window.addEventListener('pagehide', () => channel.postMessage({ type: 'gone' }), { signal: lifetime.signal });
  lifetime.atEnd(() => {
    window.clearTimeout(waiting);
    channel.onmessage = null;
  });
  tellAll();
  return () => tellPlace();
}

export interface Follower {
  toCase(id: string): void;
  say(words: string): void;
}

/** Show what the first window tells; it is asked for everything at once. */
export function follow(
  channel: BroadcastChannel,
  caseId: string,
  acts: Acts,
  grid: PaneGrid,
  { toCase, say }: Follower,
  lifetime: Lifetime,
): void {
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.type === 'case' && data.id !== caseId) toCase(data.id);
    if (data.type === 'records')
      for (const [kind, record] of data.records) acts.workspace.records.put(kind, record as never);
    if (data.type === 'look') acts.ui.set(data.look);
    if (data.type === 'place') goAlong(grid, acts, data.stack, data.index);
    if (data.type === 'gone')
      say('The first window is closed or was reloaded: this one follows again when it is back.');
  };
  lifetime.atEnd(() => {
    channel.onmessage = null;
  });
  channel.postMessage({ type: 'hello' });
}

/** Panes that show the same place of the patient go to it. */
function goAlong(grid: PaneGrid, acts: Acts, stackKey: string, index: number): void {
  const from = acts.manifest.stacks.find(({ key }) => key === stackKey);
  if (!from) return;
  for (const { pane } of grid.visible) {
    if (!pane.stack || pane.reformatted || !shareSpace(from, pane.stack)) continue;
    const wanted = matchingSlice(from, index, pane.stack);
    if (pane.target !== wanted) pane.quietly(() => pane.goTo(wanted));
  }
}
