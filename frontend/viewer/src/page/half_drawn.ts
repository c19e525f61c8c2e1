/**
 * A mark that takes several presses and is not finished: it outlives a reload, another hanging, and another series in
 * the pane that it was begun in. Finishing it makes a mark, Escape gives it up; both forget it here.
 */
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import { toolNamed } from '../tools/registry';
import type { HalfDrawn } from '../tools/tool';
import type { PaneGrid } from './pane_grid';
import type { StageInput } from './stage_input';

export interface Begun extends HalfDrawn {
  /** A name of tools/registry.ts. */
  tool: string;
  /** The finding that it was begun for. */
  finding: string | null;
}

/** Where it is kept beyond this page. */
export interface DraftStore {
  /** `slot`: which of several things that may be begun at a time; a mark that is drawn, where none is said. */
  put(caseId: string, draft: object | null, slot?: string): void;
  take(caseId: string, slot?: string): Promise<unknown>;
}

export class HalfDrawnMark {
  private begun: Begun | null = null;
  /** Where it is drawn; null while no pane shows its series. */
  private input: StageInput | null = null;

  constructor(
    private readonly acts: Acts,
    private readonly places: Places,
    private readonly grid: PaneGrid,
    private readonly inputs: () => readonly StageInput[],
    private readonly store: DraftStore,
    private readonly say: (words: string) => void,
  ) {}

  /** A press set something, or the mark is finished or given up. */
  changed(half: HalfDrawn | null, input: StageInput): void {
    if (!half && !this.begun) return;
    const { tool, selectedFinding } = this.acts.ui.now;
    this.begun = half && { ...half, tool, finding: selectedFinding };
    this.input = half && input;
    this.store.put(this.caseId, this.begun);
  }

  /** The panes are about to be hung otherwise. */
  letGo(): void {
    this.input?.letGo();
    this.input = null;
  }

  /** The panes show something, perhaps something else: go on where the series is, or wait until one shows it again. */
  follow(): void {
    const { begun } = this;
    if (!begun) return;
    const stack = this.places.of(begun.frame)?.stack.key;
    if (this.input?.stackKey === stack) return;
    this.letGo();
    // With another tool in hand, or something else being drawn, the reader means that by now.
    if (this.acts.ui.now.tool !== begun.tool || this.inputs().some(({ busy }) => busy)) return;
    const unit = this.grid.visible.find(({ pane }) => pane.stack?.key === stack && !pane.reformatted);
    const input = unit && this.inputs()[unit.pane.index];
    if (input?.resume(begun, begun.tool)) this.input = input;
  }

  /** Bring back what a page that is gone had begun in this case. */
  async bringBack(): Promise<void> {
    if (!this.acts.mayEdit) return;
    const begun = (await this.store.take(this.caseId).catch(() => null)) as Begun | null;
    const place = begun && this.places.of(begun.frame);
    // The reader may have begun something else meanwhile.
    if (!begun || !place || this.inputs().some((input) => input.busy)) return;
    const finding = begun.finding && this.acts.workspace.records.get('finding', begun.finding);
    this.acts.ui.set({ tool: begun.tool, selectedFinding: finding && !finding.deleted ? finding.id : null });
    this.grid.reveal(place.stack, place.index);
    this.begun = begun;
    this.follow();
    const what = toolNamed(begun.tool).title.toLowerCase();
    this.say(`What you had begun to draw is here again (${what}): go on with it, or press Esc to give it up.`);
  }

  private get caseId(): string {
    return this.acts.manifest.case.id;
  }
}
