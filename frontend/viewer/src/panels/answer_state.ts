/** What a form shows of the answers: the records, how saving them goes, and what follows from them. */
import type { SchemaJson } from '../model/questions';
import type { Answer } from '../model/reading';
import type { Acts } from '../store/acts';
import { answerTo, waitsFor } from '../store/answers';
import type { Places } from '../store/places';
import type { Breast, Target } from '../store/targets';
import { breastFacts } from './breast_facts';
import { withChecks } from './form_checks';
import type { Answers } from './form_conditions';
import type { FormState } from './label_form';
import { liveScore, scoreToShow } from './live_score';

const OF_A_QUESTION = /^(.*) \(answers\.([a-z][a-z0-9_]*)[^)]*\)$/s;

export function answerState(acts: Acts, places: Places, schema: SchemaJson, target: Target): FormState {
  const { queue } = acts.workspace;
  const answer = answerTo(acts, schema, target);
  const trouble = answer ? (queue.trouble('answer', answer.id)?.message ?? null) : null;
  const [, words, question] = (trouble && OF_A_QUESTION.exec(trouble)) || [];
  const isUnsaved = answer !== undefined && waitsFor(acts, answer);
  const answers = answer?.answers ?? {};
  // Stopped by a conflict or a refusal, the saved score is of other answers than those that are shown.
  const waits = isUnsaved && (trouble === null || liveScore(schema.definition, answers) === null);
  return {
    answers,
    override: answer?.override ?? null,
    score: withChecks(
      schema.definition,
      schema.checks ?? [],
      answers,
      scoreToShow(schema.definition, answers, answer?.score ?? {}, isUnsaved),
      target.kind === 'breast' && schema.checks?.length ? factsOf(target.breast, acts, places, schema) : {},
    ),
    disabled: !acts.mayEdit,
    trouble: question ? null : trouble,
    faults: question && words ? { [question]: words } : {},
    waits,
    drawn: drawnWords(acts, places, schema, answer),
  };
}

function factsOf(breast: Breast, acts: Acts, places: Places, { definition }: SchemaJson): Answers {
  const mine = <R extends { owner: string }>(all: readonly R[]): R[] => all.filter((one) => acts.isMine(one));
  const { records } = acts.workspace;
  const marks = mine(records.live('annotation'));
  const about = definition.scoring?.findings;
  const told = mine(records.live('answer')).filter(
    (one) => Array.isArray(about) && about.includes(one.schema.split('@')[0]) && one.answers.laterality,
  );
  const findings = acts.myFindings.map(({ id }) => ({
    sides: marks.filter((m) => m.finding === id).map((m) => places.of(m.frame)?.stack.laterality ?? ''),
    answered: String(told.findLast((one) => one.finding === id)?.answers.laterality ?? ''),
  }));
  return breastFacts(breast, findings);
}

function drawnWords(acts: Acts, places: Places, schema: SchemaJson, answer: Answer | undefined): FormState['drawn'] {
  const drawn: Record<string, string[]> = {};
  for (const { name, kind } of schema.definition.form.questions) {
    const marks = answer?.answers[name];
    if (kind !== 'draw' || !Array.isArray(marks)) continue;
    drawn[name] = marks.map((id: string) => {
      const mark = acts.workspace.records.get('annotation', id);
      return mark ? places.words(mark.frame) : 'a mark that is gone';
    });
  }
  return drawn;
}
