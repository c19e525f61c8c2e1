/** The reading page: puts the panes and panels together and carries out commands. */
import type { Annotation, Suggestion } from '../model/types';
import { windowName } from '../model/windows';
import { SPEEDS } from '../pane/cine';
import { CasePanel } from '../panels/case_panel';
import { FindingsPanel } from '../panels/findings_panel';
import { Header } from '../panels/header';
import { helpOverlay } from '../panels/help_overlay';
import { StackPicker } from '../panels/stack_picker';
import { SuggestionsPanel } from '../panels/suggestions_panel';
import { PictureBar, Toolbar } from '../panels/toolbar';
import type { FrameFetch } from '../pixels/frame_fetch';
import type { FrameStore } from '../pixels/frame_store';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import { h, setText } from './dom';
import { type Command, commandFor, focusOf } from './keyboard';
import { PaneGrid, type PaneUnit } from './pane_grid';
import { marksOn } from './shown_marks';
import { StageInput, TOOLS } from './stage_input';

export interface Leaving {
  submit: () => void;
  next: () => void;
  settleConflicts: () => void;
  worklist: string;
}

export class ReadingPage {
  readonly grid: PaneGrid;
  private readonly inputs: StageInput[];
  private readonly header: Header;
  private readonly toolbar: Toolbar;
  private readonly bar: PictureBar;
  private readonly picker: StackPicker;
  private readonly casePanel: CasePanel;
  private readonly findings: FindingsPanel;
  private readonly suggestions: SuggestionsPanel;
  private readonly help = helpOverlay();
  private readonly notice = h('div', { class: 'notice', role: 'status', hidden: true });
  private refreshing = 0;
  private noticeTimer = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly acts: Acts,
    private readonly places: Places,
    frames: FrameStore,
    fetcher: FrameFetch,
    private readonly leaving: Leaving,
  ) {
    const { manifest, ui, workspace } = acts;
    this.grid = new PaneGrid(frames, fetcher, ui, () => this.markedFrames());
    this.grid.onFrameChanged = (unit) => this.showMarks(unit);
    this.grid.onChanged = () => this.refresh();
    this.inputs = this.grid.units.map((unit) => new StageInput(unit, ui, acts, () => this.refresh()));
    this.header = new Header(manifest, leaving.worklist, workspace.queue, {
      submit: leaving.submit,
      next: leaving.next,
      settleConflicts: leaving.settleConflicts,
      help: () => this.help.showModal(),
    });
    const journal = workspace.journal;
    this.toolbar = new Toolbar(ui, () => ({ undo: journal.canUndo, redo: journal.canRedo, mayEdit: acts.mayEdit }), {
      fit: () => this.grid.active.pane.fit(),
      invert: () => this.grid.active.pane.toggleInvert(),
      reset: () => this.grid.active.pane.reset(),
      undo: () => this.run({ name: 'undo' }),
      redo: () => this.run({ name: 'redo' }),
    });
    this.bar = new PictureBar(ui, () => this.grid.active.cine, {
      preset: (preset) => this.grid.active.pane.setWindow(preset),
      layout: (rows, columns) => ui.set({ layout: { rows, columns }, maximised: null }),
      play: () => this.grid.active.cine.toggle(),
    });
    this.picker = new StackPicker(manifest.stacks, (stack) => this.grid.open(this.grid.active.pane.index, stack));
    this.casePanel = new CasePanel(acts);
    this.findings = new FindingsPanel(acts, places, (mark) => this.jumpToMark(mark));
    this.suggestions = new SuggestionsPanel(acts, places, (suggestion) => this.jumpToSuggestion(suggestion));
    this.build();
    this.listen();
  }

  refresh(): void {
    if (this.refreshing) return;
    this.refreshing = requestAnimationFrame(() => {
      this.refreshing = 0;
      this.update();
    });
  }

  say(words: string): void {
    window.clearTimeout(this.noticeTimer);
    setText(this.notice, words);
    this.notice.hidden = false;
    this.noticeTimer = window.setTimeout(() => {
      this.notice.hidden = true;
    }, 4000);
  }

  run(command: Command): void {
    const { acts, grid } = this;
    const { ui, workspace } = acts;
    const { pane, cine } = grid.active;
    switch (command.name) {
      case 'step':
        cine.stop();
        pane.step(command.by);
        break;
      case 'end':
        cine.stop();
        pane.goTo(command.last ? Number.MAX_SAFE_INTEGER : 0);
        break;
      case 'preset': {
        const preset = pane.stack?.presets.find((p, i) => (p.key ?? String(i + 1)) === command.key);
        if (preset && !pane.frame?.colour) pane.setWindow(preset);
        break;
      }
      case 'tool':
        if (acts.mayEdit || !['box', 'contour'].includes(command.tool)) ui.set({ tool: command.tool });
        break;
      case 'fit':
        pane.fit();
        break;
      case 'invert':
        pane.toggleInvert();
        break;
      case 'reset':
        pane.reset();
        break;
      case 'marks':
        ui.set({ showsMarks: !ui.now.showsMarks });
        this.say(ui.now.showsMarks ? 'Marks shown' : 'Marks hidden');
        break;
      case 'overlays':
        ui.set({ showsOverlays: !ui.now.showsOverlays });
        this.say(ui.now.showsOverlays ? 'Overlays shown' : 'Overlays hidden');
        break;
      case 'play':
        cine.toggle();
        break;
      case 'speed': {
        const at = SPEEDS.indexOf(cine.speed as (typeof SPEEDS)[number]) + command.by;
        if (SPEEDS[at] !== undefined) cine.setSpeed(SPEEDS[at]);
        break;
      }
      case 'undo':
      case 'redo': {
        if (!acts.mayEdit || this.inputs.some((input) => input.busy)) break;
        const words = command.name === 'undo' ? workspace.undo() : workspace.redo();
        if (words) this.say(`${command.name === 'undo' ? 'Undone' : 'Done again'}: ${words}`);
        break;
      }
      case 'pane':
        ui.set({ activePane: (ui.now.activePane + 1) % grid.count });
        break;
      case 'submit':
        this.leaving.submit();
        break;
      case 'next':
        this.leaving.next();
        break;
      case 'help':
        this.help.showModal();
        break;
      case 'escape':
        this.escape();
        break;
      default:
        this.runOnMarks(command);
    }
    this.refresh();
  }

  private runOnMarks(command: Command): void {
    const { acts } = this;
    const { selectedMark, selectedFinding, selectedSuggestion } = acts.ui.now;
    switch (command.name) {
      case 'delete':
        if (selectedMark) acts.deleteMark(selectedMark);
        break;
      case 'copy':
        if (selectedMark) this.copyToNextSlice(selectedMark);
        break;
      case 'link':
        if (selectedMark && selectedFinding) acts.linkMark(selectedMark, selectedFinding);
        break;
      case 'unlink':
        if (selectedMark) acts.linkMark(selectedMark, null);
        break;
      case 'accept':
      case 'reject': {
        const suggestion =
          selectedSuggestion ?? acts.openSuggestions().find((s) => s.frame === this.grid.active.pane.frame?.key)?.id;
        if (!suggestion) break;
        if (command.name === 'accept') acts.accept(suggestion);
        else acts.reject(suggestion);
        acts.ui.set({ selectedSuggestion: null });
        break;
      }
      case 'mark':
        this.stepMark(command.by);
        break;
      default:
        break;
    }
  }

  private escape(): void {
    if (this.inputs.some((input) => input.busy)) {
      for (const input of this.inputs) input.cancel();
      return;
    }
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const { ui } = this.acts;
    if (ui.now.selectedMark || ui.now.selectedSuggestion) ui.set({ selectedMark: null, selectedSuggestion: null });
    else if (ui.now.tool !== 'select') ui.set({ tool: 'select' });
    else ui.set({ selectedFinding: null, maximised: null });
  }

  private copyToNextSlice(id: string): void {
    const mark = this.acts.workspace.records.get('annotation', id);
    const place = mark ? this.places.of(mark.frame) : null;
    const next = place?.stack.frames[place.index + 1];
    if (!mark || !place || !next) {
      this.say('There is no next slice.');
      return;
    }
    const { ui } = this.acts;
    ui.set({ selectedFinding: mark.finding ?? ui.now.selectedFinding });
    this.acts.addMark(next.key, mark.kind, mark.points);
    this.grid.reveal(place.stack, place.index + 1);
  }

  private stepMark(by: 1 | -1): void {
    const marks = this.acts.workspace.records
      .live('annotation')
      .sort((a, b) => this.places.orderOf(a.frame) - this.places.orderOf(b.frame));
    if (marks.length === 0) return;
    const at = marks.findIndex((m) => m.id === this.acts.ui.now.selectedMark);
    const next = marks[(at + by + marks.length) % marks.length];
    if (next) this.jumpToMark(next);
  }

  private jumpToMark(mark: Annotation): void {
    const place = this.places.of(mark.frame);
    if (place) this.grid.reveal(place.stack, place.index);
    const finding = mark.finding ? { selectedFinding: mark.finding } : {};
    this.acts.ui.set({ selectedMark: mark.id, selectedSuggestion: null, showsMarks: true, ...finding });
  }

  private jumpToSuggestion(suggestion: Suggestion): void {
    const place = this.places.of(suggestion.frame);
    if (place) this.grid.reveal(place.stack, place.index);
    this.acts.ui.set({ selectedSuggestion: suggestion.id, selectedMark: null, showsMarks: true });
  }

  private markedFrames(): ReadonlySet<string> {
    return new Set(this.acts.workspace.records.live('annotation').map((m) => m.frame));
  }

  private showMarks(unit: PaneUnit): void {
    const frame = unit.pane.frame;
    unit.layer.show(frame ? marksOn(frame.key, this.acts) : []);
  }

  private build(): void {
    const { reading } = this.acts.manifest;
    const banner =
      reading.locked || reading.state === 'submitted'
        ? 'Submitted: this reading can be looked at, not changed.'
        : reading.may_annotate
          ? null
          : 'You may look at this case, not mark it.';
    const side = h(
      'aside',
      { class: 'side', 'aria-label': 'Findings and questions' },
      this.casePanel.element,
      this.findings.element,
      this.suggestions.element,
    );
    this.root.replaceChildren(
      this.header.element,
      h('div', { class: 'banner', hidden: banner === null }, banner ?? ''),
      h(
        'main',
        { class: 'work' },
        this.toolbar.element,
        this.picker.element,
        h('div', { class: 'stage' }, this.bar.element, this.grid.element),
        side,
      ),
      h('footer', { class: 'bottom' }, 'For research use. Not for diagnosis.'),
      this.notice,
      this.help,
    );
    this.grid.arrange(this.acts.manifest.stacks);
    this.update();
  }

  private listen(): void {
    const { ui, workspace, manifest } = this.acts;
    ui.subscribe((now, before) => {
      if (now.layout !== before.layout) this.grid.arrange(manifest.stacks);
      if (now.maximised !== before.maximised) this.grid.resize();
      if (now.showsOverlays !== before.showsOverlays) this.grid.showOverlays();
      this.grid.markActive();
      this.refreshMarks();
      this.refresh();
    });
    workspace.records.subscribe(() => {
      this.refreshMarks();
      this.refresh();
    });
    workspace.queue.subscribe(() => {
      this.refreshMarks();
      this.refresh();
    });
    window.addEventListener('pointerdown', () => this.setLedByTab(false), { capture: true });
    window.addEventListener('keydown', (event) => event.key === 'Tab' && this.setLedByTab(true), { capture: true });
    window.addEventListener('keydown', (event) => this.press(event));
  }

  private ledByTab = false;

  private setLedByTab(led: boolean): void {
    this.ledByTab = led;
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
    });
  }

  private press(event: KeyboardEvent): void {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const command = commandFor({
      key: event.key,
      ctrl: event.ctrlKey || event.metaKey,
      shift: event.shiftKey,
      alt: event.altKey,
      repeat: event.repeat,
      focus: focusOf(document.activeElement, this.ledByTab),
    });
    if (!command) return;
    event.preventDefault();
    this.run(command);
  }

  private update(): void {
    const { ui } = this.acts;
    const { pane } = this.grid.active;
    this.header.update();
    this.toolbar.update();
    this.bar.update(
      pane.frame?.colour ? [] : (pane.stack?.presets ?? []),
      pane.window ? windowName(pane.window, pane.stack?.presets ?? []) : '',
      pane.stack?.frames.length ?? 0,
    );
    const shown = new Set(this.grid.visible.map((u) => u.pane.stack?.key ?? ''));
    this.picker.update(shown, pane.stack?.key ?? null, this.grid.count);
    this.casePanel.update();
    this.findings.update();
    this.suggestions.update();
    for (const { layer } of this.grid.units) layer.element.style.cursor = TOOLS[ui.now.tool].cursor;
  }
}
