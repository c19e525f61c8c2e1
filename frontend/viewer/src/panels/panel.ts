/** A part of the page beside the pictures: it shows what the records say, each time it is told to. */
export interface Panel {
  readonly element: HTMLElement;
  update(): void;
}
