/** Moving through the slices of the active pane. */
import { SPEEDS } from '../pane/cine';
import type { Command, Desk } from './command';

function step(by: number): (desk: Desk) => void {
  return ({ grid }) => {
    const { pane, cine } = grid.active;
    cine.stop();
    pane.step(by);
  };
}

function goTo(index: number): (desk: Desk) => void {
  return ({ grid }) => {
    const { pane, cine } = grid.active;
    cine.stop();
    pane.goTo(index);
  };
}

function changeSpeed(by: 1 | -1): (desk: Desk) => void {
  return ({ grid }) => {
    const { cine } = grid.active;
    const wanted = SPEEDS[SPEEDS.indexOf(cine.speed as (typeof SPEEDS)[number]) + by];
    if (wanted !== undefined) cine.setSpeed(wanted);
  };
}

export const SLICE_COMMANDS: readonly Command[] = [
  {
    id: 'slices.next',
    title: 'Next slice',
    group: 'Slices',
    keys: ['ArrowDown', 'ArrowRight'],
    repeats: true,
    run: step(1),
  },
  {
    id: 'slices.previous',
    title: 'Previous slice',
    group: 'Slices',
    keys: ['ArrowUp', 'ArrowLeft'],
    repeats: true,
    run: step(-1),
  },
  { id: 'slices.forward', title: 'Ten slices on', group: 'Slices', keys: ['PageDown'], repeats: true, run: step(10) },
  { id: 'slices.back', title: 'Ten slices back', group: 'Slices', keys: ['PageUp'], repeats: true, run: step(-10) },
  { id: 'slices.first', title: 'First slice', group: 'Slices', keys: ['Home'], run: goTo(0) },
  { id: 'slices.last', title: 'Last slice', group: 'Slices', keys: ['End'], run: goTo(Number.MAX_SAFE_INTEGER) },
  {
    id: 'slices.play',
    title: 'Play, stop',
    group: 'Slices',
    keys: ['Space'],
    run: ({ grid }) => grid.active.cine.toggle(),
  },
  { id: 'slices.slower', title: 'Slower', group: 'Slices', keys: [','], repeats: true, run: changeSpeed(-1) },
  { id: 'slices.faster', title: 'Faster', group: 'Slices', keys: ['.'], repeats: true, run: changeSpeed(1) },
  {
    id: 'slices.pane',
    title: 'Next pane',
    group: 'Slices',
    keys: ['Q'],
    run: ({ acts: { ui }, grid }) => ui.set({ activePane: (ui.now.activePane + 1) % grid.count }),
  },
];
