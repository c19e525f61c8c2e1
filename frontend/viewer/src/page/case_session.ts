/** One case on the page, from its first picture until it is left; the next one finds nothing of it. */
import type { ApiClient } from '../api/client';
import { newId } from '../api/identifiers';
import type { Manifest } from '../model/manifest';
import type { Reading } from '../model/reading';
import { Outlining } from '../outlines/outlining';
import type { ReadingClock } from '../person/reading_clock';
import { startClock } from '../person/watch';
import type { FrameFetch } from '../pixels/frame_fetch';
import type { AdjudicationJson } from '../review/records';
import { Review } from '../review/review';
import { follow, lead } from '../screens/screen_link';
import { Acts } from '../store/acts';
import { keepDerivedScores } from '../store/answers';
import { hasCalipers, lastPointLabel } from '../store/calipers';
import { Places } from '../store/places';
import { Records } from '../store/records';
import { keepSizesKnown } from '../store/size_keeper';
import { Ui } from '../store/ui';
import { Workspace } from '../store/workspace';
import { askForFirst } from './ahead';
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
  readonly loaded: LoadedCase;
  private readonly lifetime = new Lifetime();
  private readonly acts: Acts;
  private readonly page: ReadingPage;

  constructor(
    private readonly station: Workstation,
    loaded: LoadedCase,
    travel: Travel,
  ) {
    this.loaded = station.isSecond ? { ...loaded, manifest: onlyShown(loaded.manifest) } : loaded;
    const { manifest, reading, fetcher } = this.loaded;
    const api = station.apiOf(manifest.case.id);
    const { saving } = station;
    for (const stack of manifest.stacks) station.frames.add(stack, fetcher);
    askForFirst(station, manifest);
    const records = new Records();
    const queue = saving.queueFor(manifest.case.id, records);
    records.mergeReading(reading, () => false);
    const acts = prepareReading(manifest, reading, new Workspace(records, queue), station.person.name);
    this.acts = acts;
    acts.review = this.reviewOf(this.loaded, api);
    acts.onlyShows = station.isSecond;
    acts.outlining = this.outliningOf(this.loaded, api);
    const places = new Places(manifest);
    keepSizesKnown(acts, places);
    keepDerivedScores(acts);
    this.page = new ReadingPage(
      station,
      acts,
      places,
      fetcher,
      leaving(acts, places, api, station.addresses, travel, {
        say: (words) => this.page.say(words),
        submits: (missing) => this.page.questions.missing.ask(missing),
      }),
      this.lifetime,
      this.clockOf(manifest, api),
    );
    this.joinScreens(travel);
    exposeForTests(this.page, acts, station.frames, station.saving.drafts);
    guardTheDoor(saving, this.lifetime.signal);
    // The reading was submitted in another window: what can still be done here changes with it.
    queue.onClosed = () => void this.readStateAnew(api).catch(() => undefined);
    saving.begin(acts.mayEdit, (count) =>
      this.page.say(
        count === 1
          ? 'One unsent change was kept and is being saved.'
          : `${count} unsent changes were kept and are being saved.`,
      ),
    );
  }

  /** The other screen: led from here, or followed. */
  private joinScreens(travel: Travel): void {
    const { station, acts, page, lifetime } = this;
    const { id } = acts.manifest.case;
    if (station.isSecond) {
      const follower = {
        toCase: (other: string) => void travel.to(`/cases/${other}/`),
        say: (words: string) => page.say(words),
        together: () => acts.ui.now.screensTogether,
      };
      page.onShown = follow(station.screens, id, acts, page.grid, follower, lifetime);
      return;
    }
    page.onShown = lead(station.screens, id, acts, page.grid, lifetime);
  }

  private async readStateAnew(api: ApiClient): Promise<void> {
    const { reading } = await api.manifest();
    Object.assign(this.acts.manifest.reading, reading);
    this.page.refresh();
  }

  private reviewOf({ manifest, reading }: LoadedCase, api: ApiClient): Review | null {
    const { may_review: mayReview, adjudicates } = manifest.reading;
    if (!mayReview && !adjudicates && reading.comments.length === 0) return null;
    const { records } = this.acts.workspace;
    const take = ({ findings, annotations, answers }: AdjudicationJson): void =>
      records.mergeReading({ findings, annotations, answers, suggestions: [] }, () => false);
    const say = (words: string): void => this.page.say(words);
    const { name } = this.station.person;
    const review = new Review(manifest.case.id, name, mayReview, api, reading.comments, say, adjudicates ? take : null);
    void review.load();
    return review;
  }

  /** Null for who reads without help, and for who only looks. */
  private outliningOf({ manifest }: LoadedCase, api: ApiClient): Outlining | null {
    if (!manifest.shows_suggestions || !manifest.reading.may_annotate) return null;
    const outlining = new Outlining(this.acts, api, (words) => this.page.say(words));
    this.lifetime.atEnd(() => outlining.end());
    return outlining;
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

/** The second window shows: it neither marks, nor counts time, nor leads through the worklist. */
function onlyShown(manifest: Manifest): Manifest {
  return {
    ...manifest,
    reading: { ...manifest.reading, assignment: null, may_annotate: false, may_review: false, adjudicates: false },
  };
}

function prepareReading(manifest: Manifest, reading: Reading, workspace: Workspace, person: string): Acts {
  const [rows = 1, columns = 1] = manifest.case.layout.split('x').map(Number);
  const suggestions = new Map(reading.suggestions.map((s) => [s.id, s]));
  const pointLabel = hasCalipers(manifest, suggestions) ? lastPointLabel(person) : '';
  const ui = new Ui({ layout: { rows, columns }, pointLabel });
  return new Acts(manifest, workspace, ui, person, suggestions, reading.slice_summaries, reading.caliper_lengths);
}
