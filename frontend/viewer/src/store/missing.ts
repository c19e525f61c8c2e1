/** What a reader has left open before submitting: in words, and question by question. Pure but for the records. */
import type { MarkKind, SchemaJson } from '../model/types';
import type { Acts } from './acts';
import { schemaName } from './acts';

/** These say something by themselves, without a finding: measures, texts, labels of slices. */
const NEED_NO_FINDING: ReadonlySet<MarkKind> = new Set(['slices', 'arrow', 'length', 'angle']);

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
  const loose = marks.filter((m) => m.finding === null && !NEED_NO_FINDING.has(m.kind)).length;
  if (loose > 0) words.push(loose === 1 ? 'One mark without a finding' : `${loose} marks without a finding`);
  const wordless = marks.filter((m) => (m.kind === 'slices' || m.kind === 'arrow') && m.label.trim() === '').length;
  if (wordless > 0)
    words.push(wordless === 1 ? 'One label or arrow says nothing' : `${wordless} labels or arrows say nothing`);
  // One key submits: a picture that was only glanced at must not pass for a reading without findings.
  const isAnswered = records.live('answer').some((a) => acts.isMine(a) && Object.keys(a.answers).length > 0);
  if (words.length === 0 && marks.length === 0 && acts.myFindings.length === 0 && !isAnswered)
    words.push('Nothing is marked and nothing answered');
  return words;
}

export interface OpenQuestion {
  finding: string | null;
  schema: SchemaJson;
  question: string;
}

/**
 * Questions that a score waits for, those of the case first, then finding by finding.
 *
 * A form that nobody has begun counts as one open question, its first, where nothing else answers for it.
 */
export function openQuestions(acts: Acts): OpenQuestion[] {
  const open: OpenQuestion[] = [];
  const look = (appliesTo: 'case' | 'finding', finding: string | null): void => {
    const schemas = acts.manifest.schemas.filter((s) => s.definition.applies_to === appliesTo);
    const begun = schemas.filter((s) => Object.keys(acts.answerOf(s, finding)?.answers ?? {}).length > 0);
    // Each form of the case is asked; a finding is answered by one of its forms.
    const asked = appliesTo === 'case' || begun.length === 0 ? schemas : begun;
    for (const schema of asked) {
      const names = acts.answerOf(schema, finding)?.score.missing_names;
      const first = schema.definition.form.questions[0]?.name;
      if (begun.includes(schema)) open.push(...strings(names).map((question) => ({ finding, schema, question })));
      else if (first && (appliesTo === 'case' || schema === schemas[0]))
        open.push({ finding, schema, question: first });
    }
  };
  look('case', null);
  for (const finding of acts.myFindings) look('finding', finding.id);
  return open;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
