/** Words at marks that lie on each other, as two readers' do: each stands below the one before. Pure. */

/** Where words stand, in screen pixels. */
export interface WordsBox {
  left: number;
  top: number;
  long: number;
  high: number;
}

/** How much lower each has to stand so that none covers another one before it. */
export function wordsApart(boxes: readonly WordsBox[]): number[] {
  const placed: WordsBox[] = [];
  return boxes.map((box) => {
    let { top } = box;
    // Each step leads below one that was placed: there are no more steps than those.
    for (let step = 0; step < placed.length; step++) {
      const inTheWay = placed.find((other) => covers(other, { ...box, top }));
      if (!inTheWay) break;
      top = inTheWay.top + inTheWay.high;
    }
    placed.push({ ...box, top });
    return top - box.top;
  });
}

function covers(a: WordsBox, b: WordsBox): boolean {
  return a.left < b.left + b.long && b.left < a.left + a.long && a.top < b.top + b.high && b.top < a.top + a.high;
}
