/** Leaving the case: submit, next case, and closing the page while something is unsaved. */
import { type ApiClient, RequestError } from '../api/client';
import type { PageSaving } from '../save/page_saving';
import type { SaveQueue } from '../save/queue';
import type { Acts } from '../store/acts';
import { type Missing, missingIn } from '../store/missing';
import type { Places } from '../store/places';
import type { Leaving } from './reading_page';

export interface Addresses {
  worklist: string;
  next: string;
}

/** How another page is come to. */
export interface Travel {
  to(address: string): Promise<void>;
  next(assignment: string): Promise<void>;
  previous(assignment: string): Promise<void>;
  /** To another case that waits for review. */
  review(caseId: string, back: boolean): Promise<void>;
}

/** What is said to the reader, and asked of them, on the page that is left. */
export interface Farewell {
  say(words: string): void;
  /** Submit with this left open? */
  submits(missing: readonly Missing[]): Promise<boolean>;
}

export function leaving(
  acts: Acts,
  places: Places,
  api: ApiClient,
  addresses: Addresses,
  travel: Travel,
  { say, submits }: Farewell,
): Leaving {
  const { manifest, workspace } = acts;
  const { queue } = workspace;
  let busy = false;

  const submit = async (): Promise<void> => {
    const { assignment, state, locked } = manifest.reading;
    if (busy || !assignment || state === 'submitted' || locked) return;
    busy = true;
    try {
      if (!(await everythingSaved(queue))) {
        say(`Not submitted. ${queue.summary().words}.`);
        return;
      }
      const missing = missingIn(acts, places);
      if (missing.length > 0 && !(await submits(missing))) return;
      // It was asked beside the pictures: something may have been changed meanwhile.
      if (!(await everythingSaved(queue))) {
        say(`Not submitted. ${queue.summary().words}.`);
        return;
      }
      const step = manifest.reading.submits_to === 'suggestions' ? 'unaided' : 'final';
      const { next } = await api.submit(assignment, step);
      await travel.to(next ?? addresses.worklist);
    } catch (error) {
      say(
        error instanceof RequestError
          ? `Not submitted: ${error.message}`
          : 'Not submitted: the server could not be reached.',
      );
    } finally {
      busy = false;
    }
  };

  const next = async (): Promise<void> => {
    const { assignment, may_review: mayReview } = manifest.reading;
    if (busy || !(assignment || mayReview)) return;
    busy = true;
    try {
      if (!assignment) await travel.review(manifest.case.id, false);
      else if (await everythingSaved(queue)) await travel.next(assignment);
      // Nothing could be opened instead of what is on the page.
      else if (['unreachable', 'signed-out'].includes(queue.summary().state))
        say(`Not left: ${queue.summary().words}.`);
      // What is unsaved stays in this browser and is sent by the next page; beforeunload asks where it can't stay.
      else window.location.assign(`${addresses.next}?after=${assignment}`);
    } finally {
      busy = false;
    }
  };

  const previous = async (): Promise<void> => {
    const { assignment, may_review: mayReview } = manifest.reading;
    if (busy || !(assignment || mayReview)) return;
    busy = true;
    try {
      if (!assignment) await travel.review(manifest.case.id, true);
      else if (await everythingSaved(queue)) await travel.previous(assignment);
      else say(`Not left: ${queue.summary().words}.`);
    } finally {
      busy = false;
    }
  };

  return {
    submit: () => void submit(),
    next: () => void next(),
    previous: () => void previous(),
    worklist: addresses.worklist,
  };
}

/** Send what waits, and whether the server has all of it now. */
export async function everythingSaved(queue: SaveQueue): Promise<boolean> {
  queue.flush();
  await Promise.race([queue.settled(), new Promise((resolve) => setTimeout(resolve, 5000))]);
  return queue.summary().unsaved === 0;
}

/** Warn before a page closes with changes that would be lost, and send what waits once more as it goes. */
export function guardTheDoor(saving: PageSaving, signal: AbortSignal): void {
  const leave = (event: BeforeUnloadEvent): void => {
    saving.flush(true);
    if (saving.unkept > 0) event.preventDefault();
  };
  window.addEventListener('beforeunload', leave, { signal });
  window.addEventListener('pagehide', () => saving.flush(true), { signal });
}
