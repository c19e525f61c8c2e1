// Which regions are marked for blanking, and how to take back the last step. No page in here.

export class Marking {
  #regions = [];
  #before = [];

  /** Boxes with column, row, columns and rows in stored pixels. */
  get regions() {
    return this.#regions;
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  isMarked(box) {
    return this.#regions.some((region) => same(region, box));
  }

  /** Marks a box, or unmarks the one that is the same. */
  toggle(box) {
    const others = this.#regions.filter((region) => !same(region, box));
    this.#keep(others.length < this.#regions.length ? others : [...this.#regions, plain(box)]);
  }

  /** Marks all of these in one step. */
  add(boxes) {
    const fresh = boxes.filter((box) => !this.isMarked(box)).map(plain);
    if (fresh.length) this.#keep([...this.#regions, ...fresh]);
  }

  undo() {
    if (this.canUndo) this.#regions = this.#before.pop();
  }

  #keep(regions) {
    this.#before.push(this.#regions);
    this.#regions = regions;
  }
}

/** The whole pixels that a drag from one point to another covers, inside of the picture; null for a mere click. */
export function boxOfDrag(start, end, { columns, rows }) {
  const left = Math.max(0, Math.floor(Math.min(start.column, end.column)));
  const top = Math.max(0, Math.floor(Math.min(start.row, end.row)));
  const right = Math.min(columns, Math.ceil(Math.max(start.column, end.column)));
  const bottom = Math.min(rows, Math.ceil(Math.max(start.row, end.row)));
  if (right - left < 3 || bottom - top < 3) return null;
  return { column: left, row: top, columns: right - left, rows: bottom - top };
}

function plain({ column, row, columns, rows }) {
  return { column, row, columns, rows };
}

function same(one, other) {
  return (
    one.column === other.column && one.row === other.row && one.columns === other.columns && one.rows === other.rows
  );
}
