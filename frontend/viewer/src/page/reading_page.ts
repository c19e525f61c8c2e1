/** The reading page: puts the panes and panels together and carries out commands. */
import type { Desk } from '../commands/command';
import type { CommandRegistry } from '../commands/registry';
import { hangingsOf, startingHanging } from '../model/hangings';
import type { Annotation, Suggestion } from '../model/reading';
import { HintLayer } from '../outlines/hint_layer';
import type { Outlining } from '../outlines/outlining';
import { labelByDrag } from '../pane/slice_label_drag';
import { SliceWords } from '../pane/slice_words';
import { SpanBars } from '../pane/span_bars';
import { CaliperLengthsPanel } from '../panels/caliper_lengths_panel';
import type { Forms } from '../panels/forms';
import { KeysPanel } from '../panels/keys_panel';
import type { Panel } from '../panels/panel';
import { SavingDock } from '../panels/saving/saving_dock';
import { SliceLabelsPanel } from '../panels/slice_labels_panel';
import { SuggestionsPanel } from '../panels/suggestions_panel';
import type { ReadingClock } from '../person/reading_clock';
import type { Bandwidth } from '../pixels/bandwidth';
import type { FrameFetch } from '../pixels/frame_fetch';
import { PinsLayer } from '../review/pins_layer';
import type { Review } from '../review/review';
import { ReviewPanel } from '../review/review_panel';
import type { Acts } from '../store/acts';
import { lastHanging, rememberHanging } from '../store/last_hanging';
import type { Places } from '../store/places';
import { addSliceLabel } from '../store/slice_labels';
import { toolNamed } from '../tools/registry';
import { bannerWords } from './banner';
import { Bars } from './bars';
import { marksOfStacks } from './crossing_marks';
import { h, setText } from './dom';
import { showFinding } from './finding_view';
import { HalfDrawnMark } from './half_drawn';
import { HalfSaid } from './half_said';
import { Keyboard, type Keyboarded } from './keyboard';
import type { Lifetime } from './lifetime';
import { MarkValues } from './mark_values';
import { wordsAt } from './mark_words';
import { Notice } from './notice';
import { PaneGrid, type PaneUnit } from './pane_grid';
import { QuestionPanels } from './question_panels';
import { marksOn } from './shown_marks';
import { SideColumn } from './side_column';
import { StageInput } from './stage_input';
import type { Workstation } from './workstation';

export interface Leaving {
  submit: () => void;
  next: () => void;
  previous: () => void;
  worklist: string;
}

export class ReadingPage implements Desk, Keyboarded {
  readonly grid: PaneGrid;
  /** Another slice or another pane is looked at. */
  onShown: () => void = () => undefined;
  readonly commands: CommandRegistry;
  private readonly inputs: StageInput[];
  private readonly halfDrawn: HalfDrawnMark;
  private readonly halfSaid: HalfSaid;
  private readonly bars: Bars;
  private readonly side: SideColumn;
  readonly questions: QuestionPanels;
  readonly suggestionsPanel: SuggestionsPanel;
  readonly sliceLabels: SliceLabelsPanel;
  private readonly keys: KeysPanel;
  private readonly dock: SavingDock;
  private readonly keyboard: Keyboard;
  private readonly banner = h('div', { class: 'banner', role: 'status', hidden: true });
  private readonly notice = new Notice();
  private refreshing = 0;

  constructor(
    private readonly station: Workstation,
    readonly acts: Acts,
    readonly places: Places,
    fetcher: FrameFetch,
    private readonly leaving: Leaving,
    private readonly lifetime: Lifetime,
    clock: ReadingClock | null,
  ) {
    const { manifest, ui } = acts;
    const { preferences } = station;
    this.commands = station.commands;
    preferences.onTrouble = this.say;
    this.keys = new KeysPanel(this.commands, preferences, acts, lifetime);
    this.grid = new PaneGrid(station, fetcher, ui, manifest.stacks, () => this.markedFrames(), lifetime);
    this.grid.onChosen = ({ key }) => rememberHanging(acts.person, manifest.case.modality, key);
    this.grid.onFrameChanged = (unit) => this.showMarks(unit);
    this.grid.onChanged = () => {
      this.halfDrawn.follow();
      this.halfSaid.follow();
      this.onShown();
      this.refresh();
    };
    this.grid.marksOf = marksOfStacks(acts, places);
    const { drafts } = station.saving;
    this.halfDrawn = new HalfDrawnMark(acts, places, this.grid, () => this.inputs, drafts, this.say);
    this.inputs = this.grid.units.map(
      (unit) =>
        new StageInput(
          unit,
          ui,
          acts,
          () => preferences.mouse,
          () => this.refresh(),
          this.say,
          this.finishGestures,
          (half, input) => this.halfDrawn.changed(half, input),
        ),
    );
    this.bars = new Bars(station, acts, this.grid, this, leaving.worklist, clock, lifetime);
    this.dock = new SavingDock(station, acts, places, this, lifetime);
    const values = new MarkValues(station.frames, places);
    const rows = {
      acts,
      places,
      jump: (mark: Annotation) => this.jumpToMark(mark.id),
      values: (mark: Annotation) => values.words(mark),
    };
    this.questions = new QuestionPanels({
      rows,
      reveal: this.revealFrame,
      jumpToMark: this.jumpToMark,
      showFinding: this.showFinding,
      keyOf: (command) => this.commands.keysOf(command)[0],
      tell: (words) => this.side.tell(words),
    });
    const edit = (): void => this.run('suggestions.accept_and_edit');
    this.suggestionsPanel = new SuggestionsPanel(acts, places, this.jumpToSuggestion, edit);
    this.sliceLabels = new SliceLabelsPanel(acts, places, rows.jump);
    this.halfSaid = new HalfSaid(acts, places, this.grid, this.sliceLabels, drafts, this.jumpToMark, this.say);
    const { review } = acts;
    const own = [...this.questions.panels, this.sliceLabels];
    const panels: readonly Panel[] = [
      ...(review ? [this.reviewPanel(review)] : []),
      // A reviewer marks nothing: empty panels would only push the readers out of sight.
      ...(review?.mayReview ? [] : own),
      // Above the suggestions: eight calipers would push it out of sight.
      new CaliperLengthsPanel(acts.caliperLengths, places, () => this.shownFrames, this.revealFrame),
      this.suggestionsPanel,
    ];
    this.side = new SideColumn(this.questions.missing.element, panels, this.dock.element);
    if (acts.outlining) this.showOutlining(acts.outlining);
    for (const { pane, bar } of this.grid.units) {
      bar.carry(new SpanBars(pane, acts, places));
      bar.carry(new SliceWords(pane, acts, places), pane.element);
      labelByDrag(pane, bar, acts, (ends) => {
        const made = addSliceLabel(acts, places, ends);
        if (made) this.sliceLabels.askWords(made);
      });
    }
    for (const { pane, layer } of this.grid.units) layer.describe = (mark) => wordsAt(pane, mark, values);
    this.build();
    this.listen();
    this.keyboard = new Keyboard(this, lifetime.signal);
    void this.halfDrawn.bringBack().then(() => this.halfSaid.bringBack());
  }

  refresh(): void {
    if (this.refreshing) return;
    this.refreshing = requestAnimationFrame(() => {
      this.refreshing = 0;
      if (this.lifetime.over) return;
      this.update();
    });
  }

  private get shownFrames(): ReadonlySet<string> {
    return new Set(this.grid.units.flatMap(({ pane }) => pane.frame?.key ?? []));
  }

  get forms(): Forms {
    return this.questions.forms;
  }

  get bandwidth(): Bandwidth {
    return this.station.bandwidth;
  }

  run(id: string): void {
    this.commands.get(id)?.run(this);
    this.refresh();
  }

  get isAsleep(): boolean {
    return this.station.root.inert || document.querySelector('dialog[open]') !== null;
  }

  get erasesWithAlt(): boolean {
    return toolNamed(this.acts.ui.now.tool).group === 'mask';
  }

  get busy(): boolean {
    return this.inputs.some((input) => input.busy);
  }

  // Bound to the page: commands take them from it by name.
  readonly say = (words: string): void => this.notice.say(words);

  readonly takeKeys = (): void => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.keyboard.ledByTab = false;
  };

  readonly cancelGestures = (): void => {
    for (const input of this.inputs) input.cancel();
  };

  readonly finishGestures = (): void => {
    for (const input of this.inputs) input.finish();
  };

  readonly takeBackGesture = (): void => {
    for (const input of this.inputs) input.takeBack();
  };

  readonly showHelp = (): void => this.keys.toggle();

  /** Go by keyboard to what saving asks of the reader. */
  readonly showWaiting = (): void => {
    if (!this.dock.focus()) this.say(this.acts.workspace.queue.summary().words);
    // The space bar and arrows are the panel's from here, as if Tab had led to it.
    else this.keyboard.ledByTab = true;
  };

  readonly openSecondScreen = (): void => {
    const { id } = this.acts.manifest.case;
    const opened = window.open(`/cases/${id}/?screen=2`, 'reading-room-second', 'popup,width=1280,height=900');
    if (!opened) this.say('The browser kept the second window from opening: allow pop-ups of this page.');
  };

  readonly submit = (): void => {
    // What is being drawn click by click is the reader's already.
    this.finishGestures();
    this.leaving.submit();
  };

  readonly nextCase = (): void => {
    this.finishGestures();
    this.leaving.next();
  };

  readonly previousCase = (): void => {
    this.finishGestures();
    this.leaving.previous();
  };

  /** Show a mark where it lies, and choose it. */
  readonly jumpToMark = (id: string): void => {
    const mark = this.acts.workspace.records.get('annotation', id);
    if (!mark) return;
    const place = this.places.of(mark.frame);
    if (place) this.grid.reveal(place.stack, place.index);
    const finding = mark.finding ? { selectedFinding: mark.finding } : {};
    this.acts.ui.set({ selectedMark: mark.id, selectedSuggestion: null, showsMarks: true, ...finding });
  };

  readonly showFinding = (id: string): void => showFinding(this.grid, this.acts, this.places, id);

  readonly jumpToSuggestion = (suggestion: Suggestion): void => {
    const place = this.places.of(suggestion.frame);
    if (place) this.grid.reveal(place.stack, place.index);
    this.acts.ui.set({ selectedSuggestion: suggestion.id, selectedMark: null, showsMarks: true });
  };

  private readonly revealFrame = (frame: string): void => {
    const place = this.places.of(frame);
    if (place) this.grid.reveal(place.stack, place.index);
  };

  private reviewPanel(review: Review): Panel {
    this.lifetime.atEnd(review.subscribe(this.showAnew));
    this.grid.lay((pane) => new PinsLayer(pane, review));
    return new ReviewPanel(this.acts, review, this.places, this.jumpToMark, this.revealFrame);
  }

  private showOutlining(outlining: Outlining): void {
    this.lifetime.atEnd(outlining.subscribe(this.showAnew));
    this.grid.lay((pane) => new HintLayer(pane, outlining));
  }

  /** What lies over the pictures has changed, beside the records. */
  private readonly showAnew = (): void => {
    this.refreshMarks();
    for (const { layers } of this.grid.visible) for (const layer of layers) layer.update();
    this.refresh();
  };

  private markedFrames(): ReadonlySet<string> {
    return new Set(this.acts.workspace.records.live('annotation').map((m) => m.frame));
  }

  private showMarks(unit: PaneUnit): void {
    const frame = unit.pane.frame;
    unit.layer.show(frame ? marksOn(frame.key, this.acts, this.places) : []);
  }

  private build(): void {
    this.station.root.replaceChildren(
      this.bars.header,
      this.banner,
      h(
        'main',
        { class: 'work' },
        this.bars.toolbar,
        this.bars.picker,
        h('div', { class: 'stage' }, this.bars.picture, this.grid.element, ...this.bars.strips),
        this.side.element,
      ),
      h('footer', { class: 'bottom' }, 'For research use. Not for diagnosis.'),
      this.notice.element,
      this.keys.element,
    );
    const { person, manifest } = this.acts;
    this.grid.hang(startingHanging(hangingsOf(manifest), lastHanging(person, manifest.case.modality)));
    this.update();
  }

  private listen(): void {
    const { ui, workspace } = this.acts;
    ui.subscribe((now, before) => {
      if (now.tool !== before.tool) this.finishGestures();
      if (now.hanging !== before.hanging) this.halfDrawn.letGo();
      if (before.drawFor && !now.drawFor) this.forms.goTo(before.drawFor);
      if (now.maximised !== before.maximised) this.grid.resize();
      if (now.showsOverlays !== before.showsOverlays) this.grid.showOverlays();
      this.grid.markActive();
      this.refreshMarks();
      this.refresh();
    });
    workspace.records.subscribe(() => {
      this.halfSaid.follow();
      this.refreshMarks();
      this.refresh();
    });
    workspace.queue.subscribe(() => {
      this.refreshMarks();
      this.refresh();
    });
  }

  private marksStale = 0;

  private refreshMarks(): void {
    if (this.marksStale) return;
    this.marksStale = requestAnimationFrame(() => {
      this.marksStale = 0;
      for (const unit of this.grid.visible) {
        this.showMarks(unit);
        unit.bar.update();
      }
      this.grid.updateCrossings();
    });
  }

  private update(): void {
    const { ui } = this.acts;
    this.bars.update();
    this.side.update();
    this.dock.update();
    const banner = this.station.isSecond
      ? 'Second window: it scrolls, zooms and is windowed with the first one. Marks are drawn and answers given there.'
      : bannerWords(this.acts.manifest.reading);
    setText(this.banner, banner);
    this.banner.hidden = banner === '';
    for (const { layer } of this.grid.visible) layer.redescribe();
    for (const { layer } of this.grid.units) layer.element.style.cursor = toolNamed(ui.now.tool).tool.cursor;
  }
}
