/** Scores that depend on the finding's size are computed anew when a mark changes it. */
import type { Acts } from './acts';
import { findingSize } from './finding_size';
import type { Places } from './places';

export function keepSizesKnown(acts: Acts, places: Places): void {
  const { records, queue } = acts.workspace;
  const scored = new Set(
    acts.manifest.schemas.filter((s) => s.definition.scoring?.kind === 'tirads').map((s) => `${s.key}@${s.version}`),
  );
  if (scored.size === 0) return;
  acts.workspace.onApplied = (changes) => {
    if (!changes.some((c) => c.kind === 'annotation' || c.kind === 'answer')) return;
    for (const answer of records.live('answer')) {
      if (!answer.finding || !scored.has(answer.schema) || !acts.isMine(answer)) continue;
      const size = findingSize(records, places, answer.finding);
      const known =
        answer.size_mm ?? (answer.score.size_source === 'measured' ? (answer.score.size_mm as number) : null);
      if (size === known) continue;
      records.put('answer', { ...answer, size_mm: size });
      queue.touch('answer', answer.id, `size ${answer.id}`);
    }
  };
}
