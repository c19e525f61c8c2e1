/** Something that lies over a pane's picture. */
export interface PaneLayer {
  readonly element: Element;
  /** Another frame, window or state of loading: choose anew what to show. */
  update(): void;
  /** The camera moved: stay where the picture is. */
  follow(): void;
}
