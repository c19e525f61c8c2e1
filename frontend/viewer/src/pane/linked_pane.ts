/** A pane that tells when the reader, not the page, moved it, so that others can follow. */
import type { Point, StackJson, Window } from '../model/pictures';
import { Pane } from './pane';

export interface Followers {
  /** It is about to: what follows is drawn in the same picture of the screen. */
  scrolls(): void;
  zoomed(factor: number, at: Point): void;
  panned(from: Point, to: Point): void;
  fitted(): void;
  windowed(): void;
}

export class LinkedPane extends Pane {
  followers: Followers | null = null;
  /** Neither zoomed nor moved since it was fitted: it is fitted again when its size changes. */
  fitted = true;
  private quiet = 0;

  /** Do something that nobody follows. */
  quietly(act: () => void): void {
    this.quiet += 1;
    try {
      act();
    } finally {
      this.quiet -= 1;
    }
  }

  override openStack(stack: StackJson, at: number): void {
    this.fitted = true;
    this.quietly(() => super.openStack(stack, at));
  }

  override goTo(index: number): void {
    this.tell((followers) => followers.scrolls());
    super.goTo(index);
  }

  override zoomBy(factor: number, at: Point): void {
    this.fitted = false;
    super.zoomBy(factor, at);
    this.tell((followers) => followers.zoomed(factor, at));
  }

  override panBy(from: Point, to: Point): void {
    this.fitted = false;
    super.panBy(from, to);
    this.tell((followers) => followers.panned(from, to));
  }

  override fit(): void {
    this.fitted = true;
    super.fit();
    this.tell((followers) => followers.fitted());
  }

  override reset(): void {
    this.quietly(() => super.reset());
    this.tell((followers) => {
      followers.fitted();
      followers.windowed();
    });
  }

  override resized(): void {
    super.resized();
    if (this.fitted) this.quietly(() => this.fit());
  }

  override setWindow(window: Window): void {
    super.setWindow(window);
    this.tell((followers) => followers.windowed());
  }

  override toggleInvert(): void {
    super.toggleInvert();
    this.tell((followers) => followers.windowed());
  }

  private tell(what: (followers: Followers) => void): void {
    if (this.quiet === 0 && this.followers) what(this.followers);
  }
}
