/** Warnings about findings ("category 4B, yet no finding is marked") are computed anew when there is one, or none. */
import type { Acts } from './acts';
import { addressOf } from './records';

/** Only categories are held against the findings there are; a score of points is not. */
const COUNTS_FINDINGS = 'birads';

export function keepWarningsTrue(acts: Acts): void {
  const { records, queue } = acts.workspace;
  const counting = new Set(
    acts.manifest.schemas
      .filter((s) => s.definition.scoring?.kind === COUNTS_FINDINGS)
      .map((s) => `${s.key}@${s.version}`),
  );
  if (counting.size === 0) return;
  let known = serverHasFindings(acts);
  queue.subscribe(() => {
    // Only once the server has the finding: it counts its own.
    const now = serverHasFindings(acts);
    if (now === known) return;
    known = now;
    for (const answer of records.live('answer')) {
      if (counting.has(answer.schema) && acts.isMine(answer)) queue.touch('answer', answer.id);
    }
  });
}

function serverHasFindings(acts: Acts): boolean {
  const { records, queue } = acts.workspace;
  return records
    .all('finding')
    .some((f) => acts.isMine(f) && f.revision > 0 && (!f.deleted || queue.waits(addressOf('finding', f.id))));
}
