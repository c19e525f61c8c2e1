/** Lines of marks that stay in the page: only what changed is made anew, so that 500 marks cost no more than one. */
import type { Annotation } from '../model/reading';
import { h } from '../page/dom';
import { lookOf, type MarkRows, markRow } from './mark_row';

interface Line {
  mark: Annotation;
  look: string;
  element: HTMLElement;
}

export class MarkList {
  readonly element = h('div', { class: 'mark-list' });
  private readonly lines = new Map<string, Line>();

  constructor(private readonly rows: MarkRows) {}

  update(marks: readonly Annotation[]): void {
    const gone = new Set(this.lines.keys());
    marks.forEach((mark, at) => {
      gone.delete(mark.id);
      const element = this.line(mark);
      const there = this.element.children[at] ?? null;
      if (there !== element) this.element.insertBefore(element, there);
    });
    for (const id of gone) {
      this.lines.get(id)?.element.remove();
      this.lines.delete(id);
    }
  }

  private line(mark: Annotation): HTMLElement {
    const selected = this.rows.acts.ui.now.selectedMark === mark.id;
    const look = lookOf(mark, this.rows);
    const known = this.lines.get(mark.id);
    if (known?.mark === mark && known.look === look) return known.element;
    const element = markRow(mark, this.rows);
    if (known) known.element.replaceWith(element);
    this.lines.set(mark.id, { mark, look, element });
    if (selected && !known?.look.startsWith('true')) queueMicrotask(() => element.scrollIntoView({ block: 'nearest' }));
    return element;
  }
}
