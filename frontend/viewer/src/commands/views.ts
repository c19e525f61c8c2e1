/** What a pane shows beyond one slice in one window: three windows at once, slabs, planes through the volume. */
import { nextThickness, type PlaneName, SLAB_MODES } from '../model/presentation';
import type { Command, Desk } from './command';

const PLANES: readonly PlaneName[] = ['acquired', 'axial', 'coronal', 'sagittal'];

function turnThreeWindows({ grid }: Desk): void {
  const { pane } = grid.active;
  const composition = pane.presentation.composition === 'three-window' ? 'window' : 'three-window';
  pane.change({ composition });
}

function nextSlabMode({ grid }: Desk): void {
  const { pane } = grid.active;
  const { slab } = pane.presentation;
  const mode = SLAB_MODES[(SLAB_MODES.indexOf(slab.mode) + 1) % SLAB_MODES.length] ?? 'none';
  pane.change({ slab: { ...slab, mode } });
}

function changeThickness(by: 1 | -1): (desk: Desk) => void {
  return ({ grid, say }) => {
    const { pane } = grid.active;
    const { slab } = pane.presentation;
    if (slab.mode === 'none') {
      say('Shift + Z makes a slab; + and − change how thick it is.');
      return;
    }
    pane.change({ slab: { ...slab, slices: nextThickness(slab.slices, by, pane.count) } });
  };
}

/** The next plane that shows something else than the one before; a stack that refuses stays as it is and says why. */
function nextPlane({ grid }: Desk): void {
  const { pane } = grid.active;
  const from = PLANES.indexOf(pane.presentation.plane);
  for (let on = 1; on < PLANES.length; on++) {
    const plane = PLANES[(from + on) % PLANES.length] as PlaneName;
    pane.change({ plane });
    if (pane.refusal || pane.presentation.plane === plane) return;
  }
}

export const VIEW_COMMANDS: readonly Command[] = [
  {
    id: 'views.three_windows',
    title: 'Three windows at once, or one (CT)',
    group: 'Views',
    keys: ['0'],
    run: turnThreeWindows,
  },
  {
    id: 'views.slab',
    title: 'Slab: maximum, average, minimum, none',
    group: 'Views',
    keys: ['Shift+Z'],
    run: nextSlabMode,
  },
  {
    id: 'views.thicker',
    title: 'Thicker slab',
    group: 'Views',
    keys: ['+', '='],
    repeats: true,
    run: changeThickness(1),
  },
  {
    id: 'views.thinner',
    title: 'Thinner slab',
    group: 'Views',
    keys: ['-'],
    repeats: true,
    run: changeThickness(-1),
  },
  {
    id: 'views.plane',
    title: 'Next plane: as acquired, axial, coronal, sagittal',
    group: 'Views',
    keys: ['Shift+G'],
    run: nextPlane,
  },
];
