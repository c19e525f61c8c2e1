/** What stays from case to case: decoders, pictures in memory, the screen, the person's keys, and where the server is. */
import { ApiClient, type PagePerson } from '../api/client';
import { COMMANDS } from '../commands/all';
import { CommandRegistry } from '../commands/registry';
import type { Drawing } from '../painting/who_draws';
import { Preferences, type PreferencesJson } from '../person/preferences';
import { Bandwidth } from '../pixels/bandwidth';
import { DecodePool } from '../pixels/decode_pool';
import { serveDerivedImages } from '../pixels/derived_images';
import { FrameStore } from '../pixels/frame_store';
import { Screen } from '../pixels/screen';
import { SlabMaker } from '../pixels/slab_maker';
import { PageSaving } from '../save/page_saving';

/** Pictures may take this much memory; a 300-slice CT needs 157 MB of it. */
const PICTURE_MEMORY = 1_200_000_000;

export interface Addresses {
  api: string;
  frames: string;
  worklist: string;
  /** Leads to what comes next in the worklist, `?after=` an assignment. */
  next: string;
}

export class Workstation {
  readonly screen: Screen;
  readonly pool = new DecodePool();
  readonly bandwidth = new Bandwidth(window.localStorage);
  readonly frames: FrameStore;
  readonly slabs = new SlabMaker();
  readonly commands = new CommandRegistry(COMMANDS);
  readonly preferences: Preferences;
  readonly saving: PageSaving;
  /** Between the windows of this person in this browser. */
  readonly screens: BroadcastChannel;
  /** This window follows another one on another screen. */
  readonly isSecond = new URLSearchParams(window.location.search).get('screen') === '2';

  constructor(
    readonly root: HTMLElement,
    readonly addresses: Addresses,
    readonly person: PagePerson,
    private readonly csrf: string,
    preferences: Partial<PreferencesJson>,
    drawing: Drawing,
  ) {
    this.screen = new Screen(drawing);
    this.preferences = new Preferences(preferences, this.commands, (content) => this.apiOf().savePreferences(content));
    window.addEventListener('pagehide', () => this.preferences.flush());
    this.frames = new FrameStore(this.pool, PICTURE_MEMORY, this.bandwidth);
    serveDerivedImages();
    this.screens = new BroadcastChannel(`reading-room/${person.number}/screens`);
    root.classList.toggle('second-screen', this.isSecond);
    const api = this.apiOf();
    this.saving = new PageSaving(
      (sending) => api.save(sending),
      () => api.keepingKey(),
    );
  }

  /** The server, asked for one case or for what belongs to none. */
  apiOf(caseId = ''): ApiClient {
    return new ApiClient(this.addresses.api, caseId, this.csrf, this.person);
  }
}
