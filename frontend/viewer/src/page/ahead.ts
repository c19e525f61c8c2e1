/**
 * The next case, loaded while this one is read: its manifest and the pictures of its first hanging, in spare time.
 *
 * What comes next is what the worklist says to this reader, under the same rights as when the case is opened. Nothing
 * of it is shown, and that it is read is noted only when it is opened.
 */
import { hangingsOf, startingHanging } from '../model/hangings';
import type { Manifest } from '../model/manifest';
import type { StackJson } from '../model/pictures';
import { aheadPlan, type Opening } from '../pixels/ahead_plan';
import { FrameFetch } from '../pixels/frame_fetch';
import { requestOf } from '../pixels/frame_store';
import { PREVIEW } from '../pixels/preview';
import { mayBeReduced } from '../pixels/resolution';
import { lastHanging } from '../store/last_hanging';
import { openingSlice } from './pane_grid';
import type { Workstation } from './workstation';

/** Of the memory for pictures; panes plan with four fifths of it (framesThatFit). */
const SHARE = 0.15;
/** An older manifest is asked for again: titles, questions and rights may have changed. */
const FRESH_MS = 15 * 60_000;

export interface LoadedAhead {
  manifest: Manifest;
  fetcher: FrameFetch;
}

/** How large a pane of a layout will be, in CSS pixels. */
export type PaneSize = (rows: number, columns: number) => { width: number; height: number };

export class Ahead {
  private kept: (LoadedAhead & { since: number; own: readonly StackJson[] }) | null = null;
  private generation = 0;

  constructor(private readonly station: Workstation) {}

  /** The case of this assignment is being read: load what comes behind it, when there is time. */
  after(assignment: string, current: Manifest, paneSize: PaneSize): void {
    const generation = ++this.generation;
    const { schedule } = this.station.frames;
    schedule.atLeisure(() => {
      // Without it the next case is loaded when it is asked for.
      void this.load(assignment, current, paneSize, () => generation === this.generation).catch(() => undefined);
    });
  }

  /** Hand over what was loaded of a case that is being opened now; of any other it is given up. */
  take(caseId: string): LoadedAhead | null {
    this.generation += 1;
    const { kept } = this;
    this.kept = null;
    const { frames } = this.station;
    frames.schedule.later([]);
    frames.schedule.atLeisure(null);
    if (!kept) return null;
    const isThis = kept.manifest.case.id === caseId;
    if (!isThis || performance.now() - kept.since > FRESH_MS) {
      kept.fetcher.stop();
      if (!isThis) frames.forget(kept.own);
      return null;
    }
    // What could not be had ahead is asked for again.
    for (const { frames: list } of kept.manifest.stacks) for (const { key } of list) frames.retry(key);
    return kept;
  }

  private async load(assignment: string, current: Manifest, paneSize: PaneSize, holds: () => boolean): Promise<void> {
    const { addresses, frames } = this.station;
    const next = await this.station.apiOf().nextCase(assignment);
    if (!next || next === current.case.id || !holds()) return;
    const api = this.station.apiOf(next);
    const manifest = await api.manifest();
    if (!holds()) return;
    const fetcher = new FrameFetch(addresses.frames, () => api.manifest(), this.station.bandwidth);
    fetcher.takeTokens(manifest);
    // Stacks that both cases show are there already, and stay when this one is not opened after all.
    const open = new Set(current.stacks.map((stack) => stack.key));
    const own = manifest.stacks.filter((stack) => !open.has(stack.key));
    this.kept = { manifest, fetcher, own, since: performance.now() };
    for (const stack of own) frames.add(stack, fetcher);
    const plan = aheadPlan(
      openings(manifest, this.station.person.name, paneSize),
      frames.memoryBytes * SHARE,
      window.devicePixelRatio,
    );
    const firstLevel = (key: string, level: number): number => (frames.previewsFirst(key) ? PREVIEW : level);
    frames.schedule.later(plan.map(({ frame: { key }, level }) => requestOf(key, firstLevel(key, level))));
  }
}

/**
 * Ask for what a case begins with before its page is built, which takes as long as a picture on its way. Only where the
 * size of the panes decides nothing about it.
 */
export function askForFirst({ frames, person, pool }: Workstation, manifest: Manifest): void {
  if (manifest.stacks.some((stack) => stack.frames.some(({ format }) => format === 'htj2k'))) pool.warmUp();
  for (const { stack, at } of openings(manifest, person.name, () => ({ width: 0, height: 0 }))) {
    const frame = stack.frames[at];
    if (frame && !mayBeReduced(stack, frame) && !frames.previewsFirst(frame.key)) {
      frames.schedule.want(requestOf(frame.key, 0));
    }
  }
}

/** What the panes begin with, in the hanging that the case will open with. */
function openings(manifest: Manifest, person: string, paneSize: PaneSize): Opening[] {
  const { rows, columns, panes } = startingHanging(hangingsOf(manifest), lastHanging(person, manifest.case.modality));
  const shown = [...new Set(panes.map(({ stack }) => stack))];
  return shown
    .map((key) => manifest.stacks.find((stack) => stack.key === key))
    .filter((stack) => stack !== undefined)
    .map((stack) => ({ stack, at: openingSlice(stack), ...paneSize(rows, columns) }));
}
