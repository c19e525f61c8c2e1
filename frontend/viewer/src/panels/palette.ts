/** Colours of findings: told apart on black and on grey, none of them the red of a refusal. */
const COLOURS = ['#4cc2ff', '#ffd166', '#7ddf8a', '#ff9f6b', '#c8a2ff', '#6fe3d6', '#ff8fc7', '#d6e06a'] as const;
export const UNASSIGNED = '#f2b544';
export const SUGGESTED = '#d58cff';
export const OTHERS = '#9aa3ad';

export function findingColour(order: number): string {
  return COLOURS[order % COLOURS.length] as string;
}
