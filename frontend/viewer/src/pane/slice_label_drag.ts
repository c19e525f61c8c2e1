/** Shift and a drag along the scroll bar label the slices between. */
import type { Acts } from '../store/acts';
import type { Pane } from './pane';
import type { ScrollBar } from './scroll_bar';

export function labelByDrag(
  pane: Pane,
  bar: ScrollBar,
  acts: Acts,
  made: (ends: readonly [string, string]) => void,
): void {
  const { element } = bar;
  const frameAt = (event: PointerEvent): number => {
    const box = element.getBoundingClientRect();
    const count = pane.stack?.frames.length ?? 1;
    return Math.min(count - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * count)));
  };
  const begin = (event: PointerEvent): void => {
    const from = pane.stack?.frames[frameAt(event)]?.key;
    if (!event.shiftKey || !acts.mayEdit || !from) return;
    // The bar's own drag would scroll only.
    event.preventDefault();
    event.stopImmediatePropagation();
    element.setPointerCapture(event.pointerId);
    pane.goTo(frameAt(event));
    acts.ui.set({ labelFrom: from, activePane: pane.index });
    const follow = (e: PointerEvent): void => pane.goTo(frameAt(e));
    const stop = (e: PointerEvent): void => {
      element.removeEventListener('pointermove', follow);
      element.removeEventListener('pointerup', stop);
      element.removeEventListener('pointercancel', stop);
      acts.ui.set({ labelFrom: null });
      const to = pane.stack?.frames[frameAt(e)]?.key;
      if (to && e.type === 'pointerup') made([from, to]);
    };
    element.addEventListener('pointermove', follow);
    element.addEventListener('pointerup', stop);
    element.addEventListener('pointercancel', stop);
  };
  element.addEventListener('pointerdown', begin, { capture: true });
}
