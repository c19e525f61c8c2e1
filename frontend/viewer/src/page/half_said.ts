/**
 * Words that are being typed at a mark, and a label or range of slices that is begun and not ended: they outlive a
 * reload as a half-drawn mark does. Ending them or giving them up forgets them here.
 */
import { writeOnMark } from '../pane/text_field';
import type { SliceLabelsPanel } from '../panels/slice_labels_panel';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import type { UiState } from '../store/ui';
import type { DraftStore } from './half_drawn';
import type { PaneGrid } from './pane_grid';

type Said = Pick<UiState, 'labelFrom' | 'rangeFrom' | 'writing'>;

const SLOT = 'said';

export class HalfSaid {
  /** Words that wait for their mark to be there and seen. */
  private waiting: UiState['writing'] = null;
  private kept = '';
  /** The mark that waits was looked for in the panes. */
  private isShown = false;

  constructor(
    private readonly acts: Acts,
    private readonly places: Places,
    private readonly grid: PaneGrid,
    private readonly sliceLabels: SliceLabelsPanel,
    private readonly store: DraftStore,
    private readonly jumpToMark: (id: string) => void,
    private readonly say: (words: string) => void,
  ) {
    this.kept = JSON.stringify(this.now);
    acts.ui.subscribe(() => this.keep());
  }

  /** Bring back what a page that is gone had begun in this case. */
  async bringBack(): Promise<void> {
    const { ui, manifest, mayEdit } = this.acts;
    if (!mayEdit) return;
    const said = (await this.store.take(manifest.case.id, SLOT).catch(() => null)) as Said | null;
    // The reader may have begun something else meanwhile.
    if (!said || ui.now.labelFrom || ui.now.rangeFrom || ui.now.writing) return;
    const from = said.labelFrom ?? said.rangeFrom?.frame ?? null;
    const place = from === null ? null : this.places.of(from);
    if (place) {
      this.grid.reveal(place.stack, place.index);
      ui.set({ labelFrom: said.labelFrom, rangeFrom: said.rangeFrom });
      const what = said.labelFrom ? 'label of slices' : 'range of slices';
      this.say(`The ${what} that you had begun is here again: go to its last slice, or press Esc to give it up.`);
    }
    this.waiting = said.writing;
    if (this.waiting) this.keep();
    this.follow();
  }

  /** The panes show something, or records came: go on with the words where their mark is there. */
  follow(): void {
    const { waiting } = this;
    const { ui, workspace } = this.acts;
    const mark = waiting && workspace.records.get('annotation', waiting.mark);
    if (!waiting || !mark || mark.deleted) return;
    if (ui.now.writing) {
      this.waiting = null;
      return;
    }
    if (mark.kind === 'slices') {
      this.waiting = null;
      this.sliceLabels.askWords(mark.id, waiting.text);
      return;
    }
    if (!this.isShown) {
      // Showing it comes back here.
      this.isShown = true;
      this.jumpToMark(mark.id);
    }
    if (this.waiting !== waiting) return;
    const unit = this.grid.visible.find(({ pane }) => pane.frame?.key === mark.frame && pane.pixelToPane);
    if (unit && writeOnMark(mark.id, unit.pane, this.acts, waiting)) this.waiting = null;
  }

  private get now(): Said {
    const { labelFrom, rangeFrom, writing } = this.acts.ui.now;
    return { labelFrom, rangeFrom, writing: writing ?? this.waiting };
  }

  private keep(): void {
    const said = this.now;
    const state = JSON.stringify(said);
    if (state === this.kept) return;
    this.kept = state;
    const isSomething = said.labelFrom !== null || said.rangeFrom !== null || said.writing !== null;
    this.store.put(this.acts.manifest.case.id, isSomething ? said : null, SLOT);
  }
}
