/**
 * Two windows on two screens. Both scroll, zoom and window the case together; marks and answers are made in the first,
 * and everything is saved there, so that nothing can clash. The second shows another part of the case, or another
 * hanging of it, with the marks of the first.
 */
import { matchingSlice, shareSpace } from '../model/linked_scroll';
import type { Lifetime } from '../page/lifetime';
import type { PaneGrid } from '../page/pane_grid';
import type { Deed } from '../page/pane_links';
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
  | { type: 'moved'; stack: string; deed: Deed }
  | { type: 'gone' };

export type Channel = Pick<BroadcastChannel, 'postMessage' | 'onmessage'>;

/** What either window tells the other one of how it looks, and takes from it. */
class SharedView {
  private place = '';
  /** Nothing that is only taken over is told back: it would lag behind the hand that is still moving. */
  private taking = false;

  constructor(
    private readonly channel: Channel,
    private readonly acts: Acts,
    private readonly grid: PaneGrid,
    /** Whether the windows move together. */
    private readonly together: () => boolean,
    lifetime: Lifetime,
  ) {
    lifetime.atEnd(
      acts.ui.subscribe((now, before) => {
        if (SHARED.some((name) => now[name] !== before[name])) this.tellLook();
      }),
    );
    grid.links.onDeed = (stack, deed) => {
      if (together()) channel.postMessage({ type: 'moved', stack: stack.key, deed });
    };
  }

  tellLook(): void {
    if (this.taking) return;
    const { now } = this.acts.ui;
    const look = Object.fromEntries(SHARED.map((name) => [name, now[name]])) as unknown as SharedLook;
    this.channel.postMessage({ type: 'look', look });
  }

  tellPlace(all = false): void {
    const { stack, target } = this.grid.active.pane;
    const now = `${stack?.key} ${target}`;
    if (!stack || (!all && now === this.place)) return;
    this.place = now;
    if (!this.taking && this.together()) this.channel.postMessage({ type: 'place', stack: stack.key, index: target });
  }

  take(word: Word): void {
    this.taking = true;
    if (word.type === 'look') this.acts.ui.set(word.look);
    if (this.together()) {
      if (word.type === 'place') goAlong(this.grid, this.acts, word.stack, word.index);
      if (word.type === 'moved') this.grid.links.repeat(word.stack, word.deed);
    }
    this.taking = false;
  }
}

/** Tell the second window, if there is one, what is shown and made here; returns what tells it the place. */
export function lead(channel: Channel, caseId: string, acts: Acts, grid: PaneGrid, lifetime: Lifetime): () => void {
  const told = new Map<string, AnyRecord>();
  let waiting = 0;
  const view = new SharedView(channel, acts, grid, () => true, lifetime);
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
  const tellAll = (): void => {
    channel.postMessage({ type: 'case', id: caseId });
    tellRecords(true);
    view.tellLook();
    view.tellPlace(true);
  };
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.type === 'hello') tellAll();
    else view.take(data);
  };
  const soon = (): void => {
    waiting ||= window.setTimeout(() => {
      waiting = 0;
      tellRecords(false);
    }, 50);
  };
  lifetime.atEnd(acts.workspace.records.subscribe(soon));
  window.addEventListener('pagehide', () => channel.postMessage({ type: 'gone' }), { signal: lifetime.signal });
  lifetime.atEnd(() => {
    window.clearTimeout(waiting);
    channel.onmessage = null;
  });
  tellAll();
  return () => view.tellPlace();
}

export interface Follower {
  toCase(id: string): void;
  say(words: string): void;
  /** Whether this window moves with the first one. */
  together(): boolean;
}

/** Show what the first window tells; it is asked for everything at once. Returns what tells it the place. */
export function follow(
  channel: Channel,
  caseId: string,
  acts: Acts,
  grid: PaneGrid,
  { toCase, say, together }: Follower,
  lifetime: Lifetime,
): () => void {
  const view = new SharedView(channel, acts, grid, together, lifetime);
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.type === 'case' && data.id !== caseId) toCase(data.id);
    if (data.type === 'records')
      for (const [kind, record] of data.records) acts.workspace.records.put(kind, record as never);
    if (data.type === 'gone')
      say('The first window is closed or was reloaded: this one follows again when it is back.');
    view.take(data);
  };
  lifetime.atEnd(() => {
    channel.onmessage = null;
  });
  channel.postMessage({ type: 'hello' });
  return () => view.tellPlace();
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
