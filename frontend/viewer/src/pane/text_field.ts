/** Words typed where they stand on the picture: an arrow's text. */
import { applyAffine } from '../model/geometry';
import type { Point } from '../model/pictures';
import { h } from '../page/dom';
import type { Acts } from '../store/acts';
import { labelMark } from '../store/mark_acts';
import type { Pane } from './pane';

/** As the server takes it. */
const LONGEST = 64;

/**
 * Open a field at the mark's last point; what is typed is the mark's text at once, Enter or a click elsewhere ends.
 *
 * `begun`: words that were begun on a page that is gone. False where the mark can't be written on here.
 */
export function writeOnMark(id: string, pane: Pane, acts: Acts, begun?: { text: string; before: string }): boolean {
  const mark = acts.workspace.records.get('annotation', id);
  const affine = pane.pixelToPane;
  const at = mark?.points.at(-1);
  if (!mark || !affine || !at || mark.frame !== pane.frame?.key || !acts.mayEdit || !acts.isMine(mark)) return false;
  const before = begun?.before ?? mark.label;
  const typed = (text: string): void => {
    labelMark(acts, id, text);
    acts.ui.set({ writing: { mark: id, text, before } });
  };
  const field = h('input', {
    type: 'text',
    class: 'mark-text',
    maxlength: LONGEST,
    placeholder: 'What is it?',
    'aria-label': 'Text of the arrow',
    autocomplete: 'off',
  });
  // Set, not given as an attribute: the keys go on behind it.
  field.value = begun?.text ?? before;
  const [x, y] = applyAffine(affine, at as Point);
  const { offsetLeft, offsetTop, clientWidth, clientHeight } = pane.picture;
  field.style.left = `${offsetLeft + Math.min(Math.max(x, 4), clientWidth - 184)}px`;
  field.style.top = `${offsetTop + Math.min(Math.max(y - 13, 4), clientHeight - 30)}px`;
  field.addEventListener('input', () => typed(field.value));
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') labelMark(acts, id, before);
    field.blur();
  });
  field.addEventListener('pointerdown', (event) => event.stopPropagation());
  field.addEventListener('blur', () => {
    field.remove();
    acts.ui.set({ writing: null });
  });
  pane.element.append(field);
  if (field.value !== mark.label) labelMark(acts, id, field.value);
  acts.ui.set({ writing: { mark: id, text: field.value, before } });
  // At once: until it has the keys a letter is a command, and may submit the case.
  field.focus();
  return true;
}
