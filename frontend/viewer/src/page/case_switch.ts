/**
 * From case to case on one page: nothing is loaded anew but the case, and its pictures lie ready where they were loaded
 * ahead. Everything the reader made was saved before (see leaving.ts).
 */
import { type ApiClient, RequestError } from '../api/client';
import type { Manifest } from '../model/manifest';
import { FrameFetch } from '../pixels/frame_fetch';
import { Ahead } from './ahead';
import { CaseSession, type LoadedCase } from './case_session';
import { h } from './dom';
import type { Travel } from './leaving';
import type { Workstation } from './workstation';

const CASE_PAGE = /\/cases\/([0-9a-f-]{36})\/?$/;

export class CaseSwitch implements Travel {
  private session: CaseSession | null = null;
  private under = false;
  private readonly ahead: Ahead;

  constructor(private readonly station: Workstation) {
    this.ahead = new Ahead(station);
    window.addEventListener('popstate', () => void this.followHistory());
  }

  /** Show the case that the page was loaded for; what fails is said in its place. */
  async begin(caseId: string): Promise<void> {
    try {
      const api = this.station.apiOf(caseId);
      const [manifest, reading] = await Promise.all([api.manifest(), api.reading()]);
      this.show({ manifest, reading, fetcher: this.fetcherOf(api, manifest) });
    } catch (error) {
      this.station.root.replaceChildren(failurePage(error, this.station.addresses.worklist));
    }
  }

  /** Go to a page of ours: to a case in place, elsewhere by loading it. */
  async to(address: string): Promise<void> {
    const caseId = CASE_PAGE.exec(address)?.[1];
    if (caseId) await this.open(caseId);
    else window.location.assign(address);
  }

  /** Go to what comes behind an assignment in the worklist. */
  async next(assignment: string): Promise<void> {
    const { addresses } = this.station;
    let next: string | null = null;
    try {
      next = await this.station.apiOf().nextCase(assignment);
    } catch (error) {
      this.session?.say(`The next case could not be opened: ${reasonOf(error)}`);
      return;
    }
    if (next) await this.open(next);
    // That page says that everything is submitted.
    else window.location.assign(`${addresses.next}?after=${assignment}`);
  }

  /** Go to what came before an assignment in the worklist. */
  async previous(assignment: string): Promise<void> {
    try {
      const before = await this.station.apiOf('').previousCase(assignment);
      if (before) await this.open(before);
      else this.session?.say('This is the first case of the worklist.');
    } catch (error) {
      this.session?.say(`The case before could not be opened: ${reasonOf(error)}`);
    }
  }

  async review(caseId: string, back: boolean): Promise<void> {
    try {
      const other = await this.station.apiOf(caseId).caseToReview(back);
      if (other) await this.open(other);
      else this.session?.say('No other case waits for review.');
    } catch (error) {
      this.session?.say(`No other case could be opened: ${reasonOf(error)}`);
    }
  }

  /** The browser's back and forward: the address is the other case's already. */
  private async followHistory(): Promise<void> {
    const caseId = CASE_PAGE.exec(window.location.pathname)?.[1];
    // Loading the page shows that case too, and asks first where something is unsaved.
    if (caseId && (await this.session?.saved())) await this.open(caseId, { isNew: false });
    else window.location.reload();
  }

  private async open(caseId: string, { isNew } = { isNew: true }): Promise<void> {
    const { root, saving } = this.station;
    if (this.under) return;
    // What a closed page left of that case is shown by a page that begins with it.
    if (saving.others.waiting.some((other) => other.case === caseId)) {
      window.location.assign(`/cases/${caseId}/`);
      return;
    }
    this.under = true;
    // Nothing may be drawn into a case that is being left.
    root.inert = true;
    try {
      const api = this.station.apiOf(caseId);
      const ahead = this.ahead.take(caseId);
      const [manifest, reading] = await Promise.all([ahead?.manifest ?? api.manifest(), api.reading(), api.open()]);
      this.session?.close(manifest);
      // The second window stays one when it is reloaded.
      if (isNew) window.history.pushState(null, '', `/cases/${caseId}/${this.station.isSecond ? '?screen=2' : ''}`);
      document.title = `${manifest.case.title} · Reading Room`;
      this.show({ manifest, reading, fetcher: ahead?.fetcher ?? this.fetcherOf(api, manifest) });
    } catch (error) {
      if (isNew) this.session?.say(`The case could not be opened: ${reasonOf(error)}`);
      else window.location.reload();
      this.lookAhead();
    } finally {
      root.inert = false;
      this.under = false;
    }
  }

  private show(loaded: LoadedCase): void {
    this.session = new CaseSession(this.station, loaded, this);
    this.lookAhead();
  }

  private lookAhead(): void {
    const { session } = this;
    if (!session) return;
    const { manifest } = session.loaded;
    const { assignment } = manifest.reading;
    if (assignment) this.ahead.after(assignment, manifest, (rows, columns) => session.paneSize(rows, columns));
  }

  private fetcherOf(api: ApiClient, manifest: Manifest): FrameFetch {
    const fetcher = new FrameFetch(this.station.addresses.frames, () => api.manifest(), this.station.bandwidth);
    fetcher.takeTokens(manifest);
    return fetcher;
  }
}

function reasonOf(error: unknown): string {
  const status = error instanceof RequestError ? error.status : 0;
  if (status === 404 || status === 403) return 'This case is not open to you.';
  return status > 0 && error instanceof Error ? error.message : 'The server could not be reached.';
}

function failurePage(error: unknown, worklist: string): HTMLElement {
  return h(
    'div',
    { class: 'page-failure', role: 'alert' },
    h('h1', {}, 'The case could not be opened'),
    h('p', {}, reasonOf(error)),
    h('p', {}, h('a', { href: worklist || '/' }, 'Back to the worklist')),
  );
}
