/** What a reader has left open before submitting: target by target, in words, and the way there. Pure but for the records. */
import type { SchemaJson } from '../model/questions';
import type { Answer, MarkKind } from '../model/reading';
import { isAnswered, shownQuestions } from '../panels/form_conditions';
import { scoreToShow } from '../panels/live_score';
import { requiredLeft } from '../panels/required';
import type { Acts } from './acts';
import { answerTo, schemaName } from './answers';
import type { Places } from './places';
import { rangesOfCase } from './ranges';
import { BREAST_WORDS, breastsShown, CASE, ofBreast, ofFinding, schemasFor, type Target, targetOf } from './targets';

/** These say something by themselves, without a finding: measures, texts, labels of slices. */
const NEED_NO_FINDING: ReadonlySet<MarkKind> = new Set(['slices', 'arrow', 'length', 'angle']);

export interface OpenQuestion {
  target: Target;
  /** Key and version. */
  schema: string;
  question: string;
}

/** One line of what is left; a press goes to the question, the finding or the mark. */
export interface Missing {
  words: string;
  /** The reading isn't submitted with this open: the server refuses it, too. */
  required?: boolean;
  open?: OpenQuestion;
  finding?: string;
  mark?: string;
}

/** A form and what was answered in it. */
interface AskedForm {
  target: Target;
  title: string;
  schema: SchemaJson;
  answer: Answer | undefined;
}

/** Everything that is open; what must be answered stands first. */
export function missingIn(acts: Acts, places: Places): Missing[] {
  const all = allMissing(acts, places);
  return [...all.filter((one) => one.required), ...all.filter((one) => !one.required)];
}

function allMissing(acts: Acts, places: Places): Missing[] {
  const { records } = acts.workspace;
  const marks = records.live('annotation').filter((m) => acts.isMine(m));
  const missing = askedForms(acts, places)
    .filter(({ target }) => target.kind !== 'finding')
    .flatMap((form) => ofForm(form));
  for (const finding of acts.myFindings) {
    const title = acts.findingTitle(finding);
    if (!marks.some((m) => m.finding === finding.id)) missing.push({ words: `${title}: no mark`, finding: finding.id });
    const forms = formsOfFinding(acts, finding.id, title);
    const begun = forms.filter(isBegun);
    missing.push(...begun.flatMap((form) => ofForm(form)));
    const [first] = forms;
    if (begun.length === 0 && first) missing.push({ words: `${title}: no answers`, ...firstQuestion(first) });
  }
  const drawn = new Set(records.live('answer').flatMap((a) => Object.values(a.answers).filter(Array.isArray).flat()));
  const loose = marks.filter((m) => m.finding === null && !NEED_NO_FINDING.has(m.kind) && !drawn.has(m.id));
  if (loose.length > 0) {
    const words = loose.length === 1 ? 'One mark without a finding' : `${loose.length} marks without a finding`;
    missing.push({ words, mark: loose[0]?.id });
  }
  const wordless = marks.filter((m) => (m.kind === 'slices' || m.kind === 'arrow') && m.label.trim() === '');
  if (wordless.length > 0) {
    const words =
      wordless.length === 1 ? 'One label or arrow says nothing' : `${wordless.length} labels or arrows say nothing`;
    missing.push({ words, mark: wordless[0]?.id });
  }
  // One key submits: a picture that was only glanced at must not pass for a reading without findings.
  const isAnswered = records.live('answer').some((a) => acts.isMine(a) && Object.keys(a.answers).length > 0);
  if (missing.length === 0 && marks.length === 0 && acts.myFindings.length === 0 && !isAnswered)
    missing.push({ words: 'Nothing is marked and nothing answered' });
  return missing;
}

/**
 * Questions that a score waits for: of the breasts, the case, finding by finding, range by range.
 *
 * A form that nobody has begun counts as one open question, its first, where nothing else answers for it.
 */
export function openQuestions(acts: Acts, places: Places): OpenQuestion[] {
  const open: OpenQuestion[] = [];
  const ofFindings = acts.myFindings.flatMap((finding) => {
    const forms = formsOfFinding(acts, finding.id, '');
    const begun = forms.filter(isBegun);
    // A finding is answered by one of its forms.
    return begun.length > 0 ? begun : forms.slice(0, 1);
  });
  const others = askedForms(acts, places);
  const ranges = others.filter(({ target }) => target.kind === 'slices');
  for (const form of [...others.filter((one) => !ranges.includes(one)), ...ofFindings, ...ranges]) {
    const { target, schema, answer } = form;
    if (isBegun(form)) {
      const asked = new Set(schema.definition.form.questions.map(({ name }) => name));
      // A breast still to assess is asked in a form of its own.
      const names = left(schema, answer).names.filter((name) => asked.has(name));
      open.push(...names.map((question) => ({ target, schema: schemaName(schema), question })));
    } else {
      const { open: first } = firstQuestion(form);
      if (first) open.push(first);
    }
  }
  return open;
}

/** Each form of the breasts, of the case, and of each range that the reader made. */
function askedForms(acts: Acts, places: Places): AskedForm[] {
  const { manifest } = acts;
  const formsAbout = (target: Target, title: string): AskedForm[] =>
    schemasFor(manifest, target.kind).flatMap((schema) => {
      const answer = answerTo(acts, schema, target);
      const older = manifest.schemas.find(
        (s) => s.current === false && s.key === schema.key && answerTo(acts, s, target) !== undefined,
      );
      // What was answered under an older version counts; nobody is asked twice.
      if (older && !answer) return [{ target, title, schema: older, answer: answerTo(acts, older, target) }];
      return [{ target, title, schema, answer }];
    });
  const breasts = breastsShown(manifest).flatMap((breast) => formsAbout(ofBreast(breast), BREAST_WORDS[breast]));
  const ranges = rangesOfCase(acts, places).map(
    ({ answer, schema }): AskedForm => ({
      target: targetOf(answer),
      title: places.words(answer.first_frame ?? ''),
      schema,
      answer,
    }),
  );
  return [...breasts, ...formsAbout(CASE, ''), ...ranges];
}

function formsOfFinding(acts: Acts, finding: string, title: string): AskedForm[] {
  const target = ofFinding(finding);
  return acts.manifest.schemas
    .filter((s) => s.definition.applies_to === 'finding')
    .map((schema) => ({ target, title, schema, answer: answerTo(acts, schema, target) }))
    .filter((form) => form.schema.current !== false || isBegun(form));
}

function isBegun({ answer }: AskedForm): boolean {
  return answer !== undefined && Object.keys(answer.answers).length > 0;
}

function firstQuestion({ target, schema }: AskedForm): { open?: OpenQuestion } {
  const first = schema.definition.form.questions[0]?.name;
  return first === undefined ? {} : { open: { target, schema: schemaName(schema), question: first } };
}

/** What the score waits for, by what is answered now: the server's own word may still be under way. */
function left(schema: SchemaJson, answer: Answer | undefined): { titles: readonly string[]; names: readonly string[] } {
  const { definition } = schema;
  const answers = answer?.answers ?? {};
  const score = scoreToShow(definition, answers, answer?.score ?? {}, true);
  if (score) return { titles: score.missing ?? [], names: score.missing_names ?? [] };
  const shown = shownQuestions(definition, answers);
  const open = definition.form.questions.filter(
    (q) => q.required === true && shown.has(q.name) && !isAnswered(answers[q.name]),
  );
  return { titles: open.map((q) => q.title), names: open.map((q) => q.name) };
}

/** What a form still waits for: a line for what must be answered and one for the rest, each leading to its first. */
function ofForm(form: AskedForm): Missing[] {
  const { target, title, schema, answer } = form;
  const where = [title, schema.title].filter(Boolean).join(', ');
  if (!isBegun(form)) return [{ words: `${where}: not answered`, ...firstQuestion(form) }];
  const required = requiredLeft(schema.definition, answer?.answers ?? {}, answer?.score.derived);
  const { titles, names } = left(schema, answer);
  const isOther = (_: string, i: number): boolean => !required.some(({ name }) => name === names[i]);
  const line = (said: readonly string[], first: string | undefined): Missing[] => {
    if (said.length === 0) return [];
    const open = first === undefined ? {} : { open: { target, schema: schemaName(schema), question: first } };
    return [{ words: `${where}: ${said.join(', ')}`, ...open }];
  };
  return [
    ...line(
      required.map((question) => question.title),
      required[0]?.name,
    ).map((one) => ({ ...one, required: true })),
    ...line(titles.filter(isOther), names.filter(isOther)[0]),
  ];
}
