/** Pin a comment: a click says where, a field in place takes the words. */
import { applyAffine, clampToFrame } from '../model/geometry';
import { h } from '../page/dom';
import type { Tool } from './tool';

const LONGEST = 1000;

export const commentTool: Tool = {
  cursor: 'crosshair',
  begin(event, { pane, acts }) {
    const { stack, frame, pixelToPane } = pane;
    const at = pane.pixelAt(event.clientX, event.clientY);
    const { review } = acts;
    if (!stack || !frame || !at || !pixelToPane || !review?.mayReview) return null;
    const [column, row] = clampToFrame(at, stack.columns, stack.rows);
    const field = h('textarea', {
      class: 'comment-field',
      rows: 2,
      maxlength: LONGEST,
      placeholder: 'Comment; Enter keeps it',
      'aria-label': 'Comment',
    });
    const [x, y] = applyAffine(pixelToPane, [column, row]);
    const { clientWidth, clientHeight } = pane.picture;
    field.style.left = `${Math.max(4, Math.min(x, clientWidth - 230))}px`;
    field.style.top = `${Math.max(4, Math.min(y, clientHeight - 60))}px`;
    let ended = false;
    const end = (keeps: boolean): void => {
      // Taking the field away blurs it, which ends it again.
      if (ended) return;
      ended = true;
      const text = field.value.trim();
      field.remove();
      if (keeps && text) void review.pin(frame.key, column, row, text);
    };
    field.addEventListener('pointerdown', (e) => e.stopPropagation());
    field.addEventListener('keydown', (e) => {
      e.stopPropagation();
      if (e.key === 'Escape') end(false);
      if (e.key === 'Enter' && !e.shiftKey) {
        e.preventDefault();
        end(true);
      }
    });
    // A click elsewhere keeps what was typed: words are not lost by looking aside.
    field.addEventListener('blur', () => end(true));
    return {
      move: () => undefined,
      end: () => {
        pane.element.append(field);
        // At once: the first letter must not get lost.
        field.focus();
        acts.ui.set({ tool: 'select' });
      },
      cancel: () => undefined,
    };
  },
};
