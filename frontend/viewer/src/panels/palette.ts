/**
 * Colours of marks, on black, for readers with any colour vision. Pure.
 *
 * Six of the eight colours of Okabe and Ito, "Color Universal Design" (jfly.uni-koeln.de/color, 2008); its black is
 * the ground here, and its blue is too dark on it. A colour is never the only sign: findings bear their number,
 * suggestions are dashed, other readers' marks bear a name.
 */
const COLOURS = ['#56b4e9', '#f0e442', '#009e73', '#e69f00', '#cc79a7', '#d55e00'] as const;

/** A mark without a finding. */
export const UNASSIGNED = '#ffffff';
/** A model's suggestion; dashed besides. */
export const SUGGESTED = '#ffffff';
export const OTHERS = '#9aa3ad';

export function findingColour(order: number): string {
  return COLOURS[order % COLOURS.length] as string;
}

/** By label: equal words have equal colours whatever else is on the case, as far as the colours reach. */
export function labelColour(label: string, labels: readonly string[]): string {
  const at = labels.indexOf(label);
  return at < 0 ? UNASSIGNED : findingColour(at);
}
