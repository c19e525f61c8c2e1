/** The reading page starts here: manifest and reading from the server, then the page, then what was left unsent. */
import { init as initCornerstone } from '@cornerstonejs/core';
import './page/page.css';
import './pane/pane.css';
import './pane/span_bars.css';
import './panels/panels.css';
import { ApiClient, RequestError } from './api/client';
import type { Manifest, Reading } from './model/types';
import { exposeForTests } from './page/debug_surface';
import { h } from './page/dom';
import { guardTheDoor, leaving } from './page/leaving';
import { ReadingPage } from './page/reading_page';
import { DecodePool } from './pixels/decode_pool';
import { FrameFetch } from './pixels/frame_fetch';
import { FrameStore } from './pixels/frame_store';
import { Outbox } from './save/outbox';
import { SaveQueue } from './save/queue';
import { Acts } from './store/acts';
import { Places } from './store/places';
import { Records } from './store/records';
import { keepSizesKnown } from './store/size_keeper';
import { Ui } from './store/ui';
import { Workspace } from './store/workspace';

/** Pictures may take this much memory; a 300-slice CT needs 157 MB of it. */
const PICTURE_MEMORY = 1_200_000_000;

async function open(root: HTMLElement): Promise<void> {
  const {
    caseId = '',
    api: base = '/api/v1/',
    frames: frameAddress = '/frames/',
    csrf = '',
    person = '',
  } = root.dataset;
  const addresses = { worklist: root.dataset.worklist ?? '/worklist/', next: root.dataset.next ?? '/worklist/next/' };
  const api = new ApiClient(base, caseId, csrf);
  const pool = new DecodePool();
  initCornerstone({ rendering: { webGlContextCount: 1 }, debug: { statsOverlay: false } });

  const [manifest, reading] = await Promise.all([api.manifest(), api.reading()]);
  const fetcher = new FrameFetch(frameAddress, () => api.manifest());
  fetcher.takeTokens(manifest);
  const frames = new FrameStore(fetcher, pool, PICTURE_MEMORY);
  for (const stack of manifest.stacks) frames.add(stack);

  const acts = prepareReading(manifest, reading, api, person);
  const { workspace } = acts;
  const places = new Places(manifest);
  keepSizesKnown(acts, places);
  let page: ReadingPage | null = null;
  page = new ReadingPage(
    root,
    acts,
    places,
    frames,
    fetcher,
    leaving(acts, api, addresses, (words) => page?.say(words)),
  );
  exposeForTests(page, acts);
  guardTheDoor(acts);

  workspace.queue.onDecisionSaved = () => {
    void api
      .reading()
      .then((fresh) => workspace.records.mergeReading(fresh, (address) => workspace.queue.waits(address)))
      .catch(() => undefined);
  };
  const left = acts.mayEdit ? workspace.queue.replay() : 0;
  if (left > 0)
    page.say(
      left === 1
        ? 'One unsent change was kept and is being saved.'
        : `${left} unsent changes were kept and are being saved.`,
    );
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

function fail(root: HTMLElement, error: unknown): void {
  const status = error instanceof RequestError ? error.status : 0;
  const words =
    status === 404 || status === 403
      ? 'This case is not open to you.'
      : error instanceof Error
        ? error.message
        : 'The server could not be reached.';
  root.replaceChildren(
    h(
      'div',
      { class: 'page-failure', role: 'alert' },
      h('h1', {}, 'The case could not be opened'),
      h('p', {}, words),
      h('p', {}, h('a', { href: root.dataset.worklist ?? '/' }, 'Back to the worklist')),
    ),
  );
}

const root = document.getElementById('viewer');
if (root) open(root).catch((error: unknown) => fail(root, error));
