/** Small pictures first, for slow lines: a button that is pressed while it holds, and stands out when it is offered. */
import type { CommandRegistry } from '../commands/registry';
import { h } from '../page/dom';
import type { Lifetime } from '../page/lifetime';
import type { Bandwidth } from '../pixels/bandwidth';

const COMMAND = 'picture.low_bandwidth';

export class LineButton {
  readonly element: HTMLButtonElement;

  constructor(
    private readonly bandwidth: Bandwidth,
    commands: CommandRegistry,
    run: (id: string) => void,
    offer: (words: string) => void,
    lifetime: Lifetime,
  ) {
    const key = commands.keysOf(COMMAND)[0] ?? 'no key';
    const words = `Slow line: small JPEG pictures first, every stored pixel once you stop (${key})`;
    this.element = h(
      'button',
      { type: 'button', class: 'line-button', title: words, 'aria-label': words, onclick: () => run(COMMAND) },
      'Slow line',
    );
    this.update();
    const changed = (): void => {
      if (bandwidth.takeOffer()) {
        this.element.classList.add('offered');
        offer(`The line is slow (${speedWords(bandwidth.measured ?? 0)}). Press Slow line for small pictures first.`);
      }
      this.update();
    };
    lifetime.atEnd(bandwidth.subscribe(changed));
  }

  private update(): void {
    const { low } = this.bandwidth;
    this.element.setAttribute('aria-pressed', String(low));
    if (low) this.element.classList.remove('offered');
  }
}

/** As lines are sold: in bits. */
function speedWords(bytesASecond: number): string {
  return `${((8 * bytesASecond) / 1e6).toFixed(1)} Mbit/s`;
}
