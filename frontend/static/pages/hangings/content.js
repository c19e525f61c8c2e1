// A hanging's JSON, changed step by step; what it says is checked by the server. See annotator/cases/hangings.

export const LINKS = { scroll: "scrolls", zoom: "zooms and moves", window: "is windowed" };

/** Another number of rows or columns: panes keep their place, new ones ask for the next picture. */
export function resize(content, rows, columns) {
  const before = content.panes;
  const width = content.columns;
  const kept = [];
  for (let at = 0; at < rows * columns; at++) {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const old = column < width && row < content.rows ? before[row * width + column] : undefined;
    kept.push(old ?? { image_set: { number: at + 1 } });
  }
  content.rows = rows;
  content.columns = columns;
  // Panes count otherwise now: links and references by number would name others.
  content.panes = kept.map((pane, at) => (pane.same_stack_as > at ? { image_set: { number: at + 1 } } : pane));
  for (const kind of Object.keys(content.synchronized ?? {})) {
    const groups = content.synchronized[kind].map((group) => group.filter((number) => number <= kept.length));
    content.synchronized[kind] = groups.filter((group) => group.length > 1);
  }
}

/** Whether two panes (counted from 1) move together. */
export function linked(content, kind, a, b) {
  return (content.synchronized?.[kind] ?? []).some((group) => group.includes(a) && group.includes(b));
}

/** Let two panes move together, each with those that it moved with; or take b out of a's group. */
export function link(content, kind, a, b, together) {
  content.synchronized ??= {};
  const groups = content.synchronized[kind] ?? [];
  const of = (number) => groups.find((group) => group.includes(number)) ?? [number];
  const others = groups.filter((group) => !group.includes(a) && !group.includes(b));
  const joined = together ? [...new Set([...of(a), ...of(b)])] : of(a).filter((number) => number !== b);
  content.synchronized[kind] = [...others, joined.sort((x, y) => x - y)].filter((group) => group.length > 1);
}

/** Set a part of a pane's image set or presentation; undefined and an empty list take it away. */
export function setPart(pane, part, name, value) {
  pane[part] ??= {};
  if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) delete pane[part][name];
  else pane[part][name] = value;
  if (part === "presentation" && Object.keys(pane[part]).length === 0) delete pane[part];
}

/** What a pane is for, in the drawing. */
export function paneWords(pane) {
  const wish = pane.image_set ?? {};
  const shown = pane.presentation ?? {};
  const what = pane.same_stack_as
    ? `as pane ${pane.same_stack_as}`
    : [
        wish.prior ? (wish.prior === 1 ? "earlier" : `${wish.prior} earlier`) : "",
        (wish.laterality ?? []).join("/"),
        (wish.view ?? []).join("/"),
        (wish.plane ?? []).join("/"),
        (wish.kind ?? []).join("/"),
        wish.number > 1 ? `no. ${wish.number}` : "",
      ]
        .filter(Boolean)
        .join(" ") || "any";
  const slab = shown.slab ? `${shown.slab.mode} of ${shown.slab.slices}` : "";
  const how = [shown.window, shown.composition, slab, shown.plane].filter(Boolean).join(", ");
  return { what, how };
}
