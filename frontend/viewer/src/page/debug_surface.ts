/**
 * What tests and benchmarks may read of the page, as window.readingRoom. Nothing here changes anything.
 *
 * - case: which case this is; ready: the first pane shows its picture.
 * - panes[i]: stack, kind, slice (0-based, on the screen), target, slices, loaded (how many are in memory, fine enough),
 *   frame (its key), window {centre, width, name}, zoom (screen pixels a stored pixel), level (0: the stored
 *   resolution is shown, each one more halves it), failure, presentation, said (in the picture), refusal.
 *   On a reformatted plane slice, target and slices count planes, and frame is null.
 * - pixelToScreen(pane, column, row): the place in the browser's window of a point of the stored matrix.
 * - placeToScreen(pane, x, y, z): the same of a place in the patient (mm, LPS), on the plane that the pane shows.
 * - pictureRequests: how many pictures are under way or still to come, those of the next case too.
 * - marks: the live marks with their points, findings and revisions; save: the save state; rendered: how many
 *   pictures have been drawn, by pane; begunIsKept: what is half drawn or half said is on the disk.
 */
import { Enums } from '@cornerstonejs/core';
import { applyAffine, worldToPixel } from '../model/geometry';
import type { Point } from '../model/pictures';
import type { Presentation } from '../model/presentation';
import type { Annotation, Answer, Finding } from '../model/reading';
import type { Pane } from '../pane/pane';
import type { FrameStore } from '../pixels/frame_store';
import type { DraftOutbox } from '../save/draft_outbox';
import type { SaveSummary } from '../save/summary';
import type { Acts } from '../store/acts';
import type { ReadingPage } from './reading_page';

export interface PaneState {
  stack: string | null;
  kind: string | null;
  slice: number;
  target: number;
  slices: number;
  loaded: number;
  frame: string | null;
  /** The keys of the stack's frames, in the order in which it scrolls. */
  frames: readonly string[];
  window: { centre: number; width: number; name: string } | null;
  zoom: number;
  level: number;
  failure: string | null;
  presentation: Presentation;
  said: readonly string[];
  refusal: string;
}

export interface ReadingRoom {
  readonly case: string;
  readonly ready: boolean;
  readonly panes: readonly PaneState[];
  readonly save: SaveSummary;
  readonly marks: readonly Annotation[];
  readonly findings: readonly Finding[];
  readonly answers: readonly Answer[];
  readonly rendered: readonly number[];
  readonly firstPictureMs: number | null;
  readonly pictureRequests: number;
  readonly begunIsKept: boolean;
  pixelToScreen(pane: number, column: number, row: number): [number, number] | null;
  placeToScreen(pane: number, x: number, y: number, z: number): [number, number] | null;
}

declare global {
  interface Window {
    readingRoom?: ReadingRoom;
  }
}

export function exposeForTests(page: ReadingPage, acts: Acts, { schedule }: FrameStore, drafts: DraftOutbox): void {
  const rendered = page.grid.units.map(() => 0);
  let firstPictureMs: number | null = null;
  page.grid.units.forEach(({ pane }, i) => {
    pane.picture.addEventListener(Enums.Events.IMAGE_RENDERED, () => {
      if (pane.shown < 0) return;
      rendered[i] = (rendered[i] ?? 0) + 1;
      firstPictureMs ??= performance.now();
    });
  });
  const { records, queue } = acts.workspace;
  window.readingRoom = Object.freeze({
    case: acts.manifest.case.id,
    get ready() {
      return firstPictureMs !== null && (page.grid.units[0]?.pane.shown ?? -1) >= 0;
    },
    get panes() {
      return page.grid.visible.map(
        ({ pane }): PaneState => ({
          stack: pane.stack?.title ?? null,
          kind: pane.stack?.kind ?? null,
          slice: pane.shown,
          target: pane.target,
          slices: pane.count,
          loaded: pane.loadedCount,
          frame: pane.frame?.key ?? null,
          frames: pane.stack?.frames.map((f) => f.key) ?? [],
          window: pane.window
            ? { centre: pane.window.centre, width: pane.window.width, name: pane.window.name ?? '' }
            : null,
          zoom: pane.zoom,
          level: pane.level,
          failure: pane.failure,
          presentation: pane.presentation,
          said: pane.said,
          refusal: pane.refusal,
        }),
      );
    },
    get save() {
      return queue.summary();
    },
    get marks() {
      return structuredClone(records.live('annotation'));
    },
    get findings() {
      return structuredClone(records.live('finding'));
    },
    get answers() {
      return structuredClone(records.live('answer'));
    },
    get rendered() {
      return [...rendered];
    },
    get pictureRequests() {
      return schedule.outstanding;
    },
    get begunIsKept() {
      return drafts.isSettled;
    },
    get firstPictureMs() {
      return firstPictureMs;
    },
    pixelToScreen: (index: number, column: number, row: number) =>
      onScreen(page.grid.units[index]?.pane, [column, row]),
    placeToScreen(index: number, x: number, y: number, z: number): [number, number] | null {
      const pane = page.grid.units[index]?.pane;
      return pane?.plane ? onScreen(pane, worldToPixel(pane.plane, [x, y, z])) : null;
    },
  });
}

function onScreen(pane: Pane | undefined, pixel: Point): [number, number] | null {
  const affine = pane?.pixelToPane;
  if (!pane || !affine) return null;
  const box = pane.picture.getBoundingClientRect();
  const [x, y] = applyAffine(affine, pixel);
  return [x + box.left, y + box.top];
}
