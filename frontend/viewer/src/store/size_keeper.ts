/** The size goes with each answer whose score depends on it; when a mark changes it, the score is computed anew. */
import type { Acts } from './acts';
import { findingSize } from './finding_size';
import type { Places } from './places';

export function keepSizesKnown(acts: Acts, places: Places): void {
  const { records, queue } = acts.workspace;
  const scored = new Set(
    acts.manifest.schemas
      .filter((s) => s.definition.applies_to === 'finding' && s.definition.scoring?.size)
      .map((s) => `${s.key}@${s.version}`),
  );
  if (scored.size === 0) return;
  // The server keeps no size: sent without one, an answer that it gave back at the opening would lose its advice.
  acts.workspace.onChanged = (changes) => {
    for (const { kind, id } of changes) {
      const answer = kind === 'answer' ? records.get(kind, id) : undefined;
      if (!answer?.finding || answer.deleted || !scored.has(answer.schema)) continue;
      const size = findingSize(records, places, answer.finding);
      records.put('answer', { ...answer, size_mm: size?.mm ?? null, size_source: size?.source ?? '' });
    }
  };
  acts.workspace.onApplied = (changes) => {
    if (!changes.some((c) => c.kind === 'annotation' || c.kind === 'answer')) return;
    for (const answer of records.live('answer')) {
      if (!answer.finding || !scored.has(answer.schema) || !acts.isMine(answer)) continue;
      const size = findingSize(records, places, answer.finding);
      const { score } = answer;
      const isMeasured = score.size_source !== 'typed' && score.size_source !== null;
      const known = answer.size_mm ?? (isMeasured ? (score.size_mm ?? null) : null);
      if ((size?.mm ?? null) === known) continue;
      records.put('answer', { ...answer, size_mm: size?.mm ?? null, size_source: size?.source ?? '' });
      queue.touch('answer', answer.id, `size ${answer.id}`);
    }
  };
}
