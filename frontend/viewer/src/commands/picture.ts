/** How the picture of the active pane is shown. */
import type { Command, Desk } from './command';

function choosePreset(key: string): (desk: Desk) => void {
  return ({ grid }) => {
    const { pane } = grid.active;
    const preset = pane.stack?.presets.find((p, i) => (p.key ?? String(i + 1)) === key);
    if (preset) pane.choosePreset(preset);
  };
}

const PRESETS: readonly Command[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({
  id: `picture.preset_${number}`,
  title: `Window preset ${number}`,
  group: 'Picture',
  keys: [String(number)],
  run: choosePreset(String(number)),
}));

export const PICTURE_COMMANDS: readonly Command[] = [
  ...PRESETS,
  { id: 'picture.fit', title: 'Fit', group: 'Picture', keys: ['F'], run: ({ grid }) => grid.active.pane.fit() },
  {
    id: 'picture.invert',
    title: 'Invert',
    group: 'Picture',
    keys: ['I'],
    run: ({ grid }) => grid.active.pane.toggleInvert(),
  },
  { id: 'picture.reset', title: 'Reset', group: 'Picture', keys: ['R'], run: ({ grid }) => grid.active.pane.reset() },
  {
    id: 'picture.marks',
    title: 'Hide or show marks',
    group: 'Picture',
    keys: ['M'],
    run: ({ acts: { ui }, say }) => {
      ui.set({ showsMarks: !ui.now.showsMarks });
      say(ui.now.showsMarks ? 'Marks shown' : 'Marks hidden');
    },
  },
  {
    id: 'picture.overlays',
    title: 'Show or hide overlays that came with the picture',
    group: 'Picture',
    keys: ['O'],
    run: ({ acts: { ui }, say }) => {
      ui.set({ showsOverlays: !ui.now.showsOverlays });
      say(ui.now.showsOverlays ? 'Overlays shown' : 'Overlays hidden');
    },
  },
  {
    id: 'picture.low_bandwidth',
    title: 'Small pictures first, for slow lines',
    group: 'Picture',
    keys: ['F6'],
    run: ({ bandwidth, say }) => {
      bandwidth.low = !bandwidth.low;
      say(bandwidth.low ? 'Small pictures first; every stored pixel once you stop' : 'Every stored pixel at once');
    },
  },
];
