/** Which hanging a case opens with, and which panes move together. Pure. */

import type { Manifest } from './manifest';
import type { HangingJson, HangingPane, LinkKind } from './pictures';
import { PLAIN, type Presentation } from './presentation';

export const LINK_KINDS: readonly LinkKind[] = ['scroll', 'zoom', 'window'];

/** What fits the case, best first; never none. */
export function hangingsOf({ hangings, stacks }: Pick<Manifest, 'hangings' | 'stacks'>): readonly HangingJson[] {
  if (hangings.length > 0) return hangings;
  const pane = {
    stack: stacks[0]?.key ?? null,
    wanted: '',
    window: '',
    composition: '',
    slab: null,
    plane: '',
  } as const;
  const links = { scroll: [], zoom: [], window: [] };
  return [{ key: 'one', title: 'One picture', rows: 1, columns: 1, panes: [pane], links }];
}

/** The hanging that a reader used last for such cases, where it fits this one; else the best. */
export function startingHanging(hangings: readonly HangingJson[], remembered: string | null): HangingJson {
  return hangings.find(({ key }) => key === remembered) ?? (hangings[0] as HangingJson);
}

/** What is linked when a hanging opens: what it links. */
export function linksOf({ links }: HangingJson): Record<LinkKind, boolean> {
  return { scroll: links.scroll.length > 0, zoom: links.zoom.length > 0, window: links.window.length > 0 };
}

/** The panes that move with one: those of its group; all, where the hanging groups none of that kind. */
export function panesWith(pane: number, groups: readonly (readonly number[])[], count: number): readonly number[] {
  if (groups.length === 0) return [...Array(count).keys()].filter((other) => other !== pane);
  return (groups.find((group) => group.includes(pane)) ?? []).filter((other) => other !== pane && other < count);
}

/** How a pane opens; `reset` returns to it. */
export function presentationOf({ window, composition, slab, plane }: HangingPane): Presentation {
  return {
    composition: composition || PLAIN.composition,
    slab: slab ?? PLAIN.slab,
    plane: plane || PLAIN.plane,
    ...(window ? { preset: window } : {}),
  };
}

/** "2 × 2", as it stands before a hanging's title. */
export function gridWords({ rows, columns }: HangingJson): string {
  return `${rows}×${columns}`;
}
