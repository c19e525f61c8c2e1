/** One case on the page, from its first picture until it is left; the next one finds nothing of it. */
import { ApiClient } from '../api/client';
import { newId } from '../api/identifiers';
import type { Manifest, Reading } from '../model/types';
import type { ReadingClock } from '../person/reading_clock';
import { startClock } from '../person/watch';
import type { FrameFetch } from '../pixels/frame_fetch';
import { Outbox } from '../save/outbox';
import { SaveQueue } from '../save/queue';
import { Acts } from '../store/acts';
import { Places } from '../store/places';
import { Records } from '../store/records';
import { keepSizesKnown } from '../store/size_keeper';
import { Ui } from '../store/ui';
import { Workspace } from '../store/workspace';
import { exposeForTests } from './debug_surface';
import { everythingSaved, guardTheDoor, leaving, type Travel } from './leaving';
import { Lifetime } from './lifetime';
import { ReadingPage } from './reading_page';
import type { Workstation } from './workstation';

/** What a case is opened with. */
export interface LoadedCase {
  manifest: Manifest;
  reading: Reading;
  fetcher: FrameFetch;
}

export class CaseSession {
  private readonly lifetime = new Lifetime();
  private readonly acts: Acts;
  private readonly page: ReadingPage;

  constructor(
    private readonly station: Workstation,
    readonly loaded: LoadedCase,
    travel: Travel,
  ) {
    const { manifest, reading, fetcher } = loaded;
    const api = new ApiClient(station.addresses.api, manifest.case.id, station.csrf);
    for (const stack of manifest.stacks) station.frames.add(stack, fetcher);
    const acts = prepareReading(manifest, reading, api, station.person);
    this.acts = acts;
    const places = new Places(manifest);
    keepSizesKnown(acts, places);
    this.page = new ReadingPage(
      station,
      acts,
      places,
      fetcher,
      leaving(acts, api, station.addresses, travel, (words) => this.page.say(words)),
      this.lifetime,
      this.clockOf(manifest, api),
    );
    exposeForTests(this.page, acts);
    guardTheDoor(acts, this.lifetime.signal);
    const { workspace } = acts;
    workspace.queue.onDecisionSaved = () => {
      void api
        .reading()
        .then((fresh) => workspace.records.mergeReading(fresh, (address) => workspace.queue.waits(address)))
        .catch(() => undefined);
    };
    const left = acts.mayEdit ? workspace.queue.replay() : 0;
    if (left > 0)
      this.page.say(
        left === 1
          ? 'One unsent change was kept and is being saved.'
          : `${left} unsent changes were kept and are being saved.`,
      );
  }

  /** The time is kept of who reads, not of who looks. */
  private clockOf({ reading }: Manifest, api: ApiClient): ReadingClock | null {
    const { assignment, may_annotate: mayAnnotate } = reading;
    if (!assignment || !mayAnnotate) return null;
    const sitting = newId();
    const tell = (seconds: number, isLeaving: boolean): void =>
      void api.tellTime(assignment, sitting, seconds, isLeaving);
    return startClock(tell, this.lifetime);
  }

  /** How large a picture is in a layout of panes. */
  paneSize(rows: number, columns: number): { width: number; height: number } {
    return this.page.grid.sizeOf(rows, columns);
  }

  saved(): Promise<boolean> {
    return everythingSaved(this.acts.workspace.queue);
  }

  say(words: string): void {
    this.page.say(words);
  }

  /** Leave the case; pictures of stacks that the next one shows too stay in memory. */
  close(next: Manifest): void {
    this.lifetime.end();
    this.loaded.fetcher.stop();
    const kept = new Set(next.stacks.map((stack) => stack.key));
    this.station.frames.forget(this.loaded.manifest.stacks.filter((stack) => !kept.has(stack.key)));
  }
}

function prepareReading(manifest: Manifest, reading: Reading, api: ApiClient, person: string): Acts {
  const records = new Records();
  const queue = new SaveQueue(
    records,
    new Outbox(window.localStorage, person, manifest.case.id),
    (kind, record, keepalive) => api.save(kind, record, keepalive),
    {
      now: () => performance.now(),
      after: (ms, run) => window.setTimeout(run, ms),
      cancel: (timer) => window.clearTimeout(timer),
    },
  );
  records.mergeReading(reading, () => false);
  const [rows = 1, columns = 1] = manifest.case.layout.split('x').map(Number);
  const ui = new Ui({ layout: { rows, columns } });
  const suggestions = new Map(reading.suggestions.map((s) => [s.id, s]));
  return new Acts(manifest, new Workspace(records, queue), ui, person, suggestions);
}
