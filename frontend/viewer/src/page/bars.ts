/** What stands round the pictures: the head, the tools, the bars above and below, the series beside. */

import type { Preset } from '../model/pictures';
import { windowName } from '../model/windows';
import { HangingBar } from '../panels/hanging_bar';
import { Header } from '../panels/header';
import { LineButton } from '../panels/line_button';
import { OutlineStrip } from '../panels/outline_strip';
import { PictureBar } from '../panels/picture_bar';
import { PointStrip } from '../panels/point_strip';
import { ScreenButton } from '../panels/screen_button';
import { StackPicker } from '../panels/stack_picker';
import { ToolOptions } from '../panels/tool_options';
import { Toolbar } from '../panels/toolbar';
import { ViewControls } from '../panels/view_controls';
import type { ReadingClock } from '../person/reading_clock';
import type { Acts } from '../store/acts';
import type { Lifetime } from './lifetime';
import type { PaneGrid } from './pane_grid';
import type { Workstation } from './workstation';

/** What their buttons do. */
export interface BarActs {
  run(command: string): void;
  say(words: string): void;
  submit(): void;
  nextCase(): void;
  previousCase(): void;
  showWaiting(): void;
  showHelp(): void;
}

export class Bars {
  readonly header: HTMLElement;
  readonly toolbar: HTMLElement;
  readonly picker: HTMLElement;
  /** Above the pictures. */
  readonly picture: HTMLElement;
  /** Over them: what the chosen tool can be told, and what it waits for. */
  readonly strips: readonly HTMLElement[];
  private readonly all: readonly { update(): void }[];

  constructor(
    station: Workstation,
    acts: Acts,
    grid: PaneGrid,
    page: BarActs,
    worklist: string,
    clock: ReadingClock | null,
    lifetime: Lifetime,
  ) {
    const { manifest, ui, workspace } = acts;
    const { commands } = station;
    const run = (id: string): void => page.run(id);
    const header = new Header(manifest, worklist, workspace.queue, {
      submit: () => page.submit(),
      next: () => page.nextCase(),
      previous: () => page.previousCase(),
      showWaiting: () => page.showWaiting(),
      help: () => page.showHelp(),
    });
    if (clock) header.showClock(clock, lifetime);
    const toolbar = new Toolbar(acts, commands, run);
    const views = new ViewControls(
      () => grid.active.pane,
      run,
      (id) => commands.keysOf(id)[0] ?? '',
    );
    const hangings = new HangingBar(acts, grid, commands, run);
    const actions = {
      preset: (preset: Preset) => grid.active.pane.choosePreset(preset),
      play: () => grid.active.cine.toggle(),
    };
    const picture = new PictureBar(() => grid.active.cine, [views.element, hangings.element], actions, lifetime);
    const line = new LineButton(station.bandwidth, commands, run, (words) => page.say(words), lifetime);
    picture.element.append(line.element);
    if (station.isSecond) picture.element.append(new ScreenButton(ui, commands, run).element);
    const options = new ToolOptions(acts, grid, commands, run);
    const picker = new StackPicker(manifest.stacks, (stack) => grid.open(grid.active.pane.index, stack));
    this.header = header.element;
    this.toolbar = toolbar.element;
    this.picker = picker.element;
    this.picture = picture.element;
    const outlines = new OutlineStrip(acts, commands);
    const points = new PointStrip(acts, commands);
    this.strips = [options.element, outlines.element, points.element];
    const ofPicture = (): void => {
      const { pane } = grid.active;
      const presets = pane.stack?.presets ?? [];
      const named = pane.window && pane.windowed ? windowName(pane.window, presets) : '';
      picture.update(pane.frame?.colour ? [] : presets, named, pane.count);
      const shown = new Set(grid.visible.map((unit) => unit.pane.stack?.key ?? ''));
      picker.update(shown, pane.stack?.key ?? null, grid.showsAll);
    };
    this.all = [header, toolbar, options, outlines, points, views, { update: ofPicture }, hangings];
  }

  update(): void {
    for (const one of this.all) one.update();
  }
}
