/** What a reader has left open, in words, before submitting. Pure but for the records it reads. */
import type { Acts } from './acts';
import { schemaName } from './acts';

export function missingWords(acts: Acts): string[] {
  const words: string[] = [];
  const { records } = acts.workspace;
  const marks = records.live('annotation').filter((m) => acts.isMine(m));
  for (const schema of acts.manifest.schemas.filter((s) => s.definition.applies_to === 'case')) {
    const answer = acts.answerOf(schema, null);
    if (!answer || Object.keys(answer.answers).length === 0) words.push(`${schema.title}: not answered`);
    else if (answer.score.missing?.length) words.push(`${schema.title}: ${answer.score.missing.join(', ')}`);
  }
  for (const finding of acts.myFindings) {
    const title = acts.findingTitle(finding);
    if (!marks.some((m) => m.finding === finding.id)) words.push(`${title}: no mark`);
    const begun = records.live('answer').filter((a) => a.finding === finding.id);
    for (const answer of begun) {
      const schema = acts.manifest.schemas.find((s) => schemaName(s) === answer.schema);
      if (answer.score.missing?.length)
        words.push(`${title}, ${schema?.title ?? answer.schema}: ${answer.score.missing.join(', ')}`);
    }
    const offered = acts.manifest.schemas.some((s) => s.definition.applies_to === 'finding');
    if (offered && begun.length === 0) words.push(`${title}: no answers`);
  }
  const loose = marks.filter((m) => m.finding === null).length;
  if (loose > 0) words.push(loose === 1 ? 'One mark without a finding' : `${loose} marks without a finding`);
  // One key submits: a picture that was only glanced at must not pass for a reading without findings.
  const isAnswered = records.live('answer').some((a) => acts.isMine(a) && Object.keys(a.answers).length > 0);
  if (words.length === 0 && marks.length === 0 && acts.myFindings.length === 0 && !isAnswered)
    words.push('Nothing is marked and nothing answered');
  return words;
}
