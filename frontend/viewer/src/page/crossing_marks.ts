/** The marks of a stack with the frames that they were made on, for planes that cut them. */
import type { StackJson } from '../model/pictures';
import type { CrossingMark } from '../pane/plane_lines';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import { marksOn } from './shown_marks';

/** A point encloses nothing, and a label of slices lies nowhere in the picture. */
const NOT_CUT = ['point', 'slices'];

/** The marks of stacks, chosen anew only when marks, or what the reader chose of them, have changed. */
export function marksOfStacks(acts: Acts, places: Places): (stack: StackJson) => readonly CrossingMark[] {
  const known = new Map<StackJson, { version: number; ui: object; marks: readonly CrossingMark[] }>();
  return (stack) => {
    const { version } = acts.workspace.records;
    const ui = acts.ui.now;
    const before = known.get(stack);
    if (before?.version === version && before.ui === ui) return before.marks;
    const marks = marksOfStack(stack, acts, places);
    known.set(stack, { version, ui, marks });
    return marks;
  };
}

function marksOfStack(stack: StackJson, acts: Acts, places: Places): CrossingMark[] {
  const marked = new Map<string, Set<string>>();
  for (const { id, frame, kind } of acts.workspace.records.live('annotation')) {
    if (NOT_CUT.includes(kind) || places.of(frame)?.stack !== stack) continue;
    marked.set(frame, (marked.get(frame) ?? new Set()).add(id));
  }
  return [...marked].flatMap(([key, ids]) => {
    const frame = stack.frames[places.of(key)?.index ?? -1];
    const marks = frame ? marksOn(key, acts, places).filter(({ id }) => ids.has(id)) : [];
    return frame ? marks.map((mark) => ({ mark, frame })) : [];
  });
}
