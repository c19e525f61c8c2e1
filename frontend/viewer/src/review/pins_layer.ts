/** Comments where they were pinned: numbers on the picture, of their own size at every zoom. */
import { applyAffine } from '../model/geometry';
import { h } from '../page/dom';
import type { PaneLayer } from '../pane/layer';
import type { Pane } from '../pane/pane';
import type { Review } from './review';

export class PinsLayer implements PaneLayer {
  readonly element = h('div', { class: 'pins' });
  private shown = '';

  constructor(
    private readonly pane: Pane,
    private readonly review: Review,
  ) {}

  update(): void {
    const here = this.review.comments
      .map((comment, at) => ({ comment, number: at + 1 }))
      .filter(({ comment }) => comment.frame === this.pane.frame?.key);
    const shown = JSON.stringify([here, this.review.selectedComment]);
    if (shown === this.shown) {
      this.follow();
      return;
    }
    this.shown = shown;
    this.element.replaceChildren(
      ...here.map(({ comment, number }) => {
        const selected = this.review.selectedComment === comment.id;
        const pin = h(
          'button',
          {
            type: 'button',
            class: `pin${selected ? ' selected' : ''}${comment.resolved ? ' resolved' : ''}`,
            title: comment.text,
            'aria-label': `Comment ${number}: ${comment.text}`,
            onclick: () => this.review.select(comment.id),
          },
          String(number),
        );
        pin.dataset.column = String(comment.column);
        pin.dataset.row = String(comment.row);
        return pin;
      }),
    );
    this.follow();
  }

  follow(): void {
    const map = this.pane.pixelToPane;
    this.element.style.visibility = map ? 'visible' : 'hidden';
    if (!map) return;
    for (const pin of this.element.children as HTMLCollectionOf<HTMLElement>) {
      const [x, y] = applyAffine(map, [Number(pin.dataset.column), Number(pin.dataset.row)]);
      pin.style.transform = `translate(${x}px, ${y}px) translate(-50%, -100%)`;
    }
  }
}
