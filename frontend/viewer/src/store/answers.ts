/** What the reader answers: acts, each one step of undo, and where the answers are. */
import { idFor, newId } from '../api/identifiers';
import type { AnswerValue, SchemaJson } from '../model/questions';
import type { Answer, Override } from '../model/reading';
import { withoutHidden } from '../panels/form_conditions';
import type { Acts } from './acts';
import { type Address, addressOf } from './records';
import { fieldsOf, isAbout, keyOf, schemasFor, type Target } from './targets';

type Answers = Readonly<Record<string, AnswerValue>>;

export function schemaName(schema: Pick<SchemaJson, 'key' | 'version'>): string {
  return `${schema.key}@${schema.version}`;
}

/** The reader's answers to a schema about a target. */
export function answerTo(acts: Acts, schema: SchemaJson, target: Target): Answer | undefined {
  const name = schemaName(schema);
  return acts.workspace.records.live('answer').find((a) => a.schema === name && acts.isMine(a) && isAbout(a, target));
}

/**
 * Keep answers as they are now: one step of undo, what went with a question that is no longer asked included.
 *
 * What is typed waits for a pause; a choice is sent at once, for its score is waited for.
 */
export function setAnswers(
  acts: Acts,
  schema: SchemaJson,
  target: Target,
  { answers, question, typed }: { answers: Answers; question: string; typed: boolean },
): void {
  if (!acts.mayEdit) return;
  const state = { ...blankOrKnown(acts, schema, target), answers };
  const key = `answer ${state.id} ${question}`;
  acts.workspace.commit('answer', [{ kind: 'answer', id: state.id, state }], key, typed ? key : null);
}

/** A level or category chosen by hand, with its reason; null goes back to the computed one. */
export function setOverride(acts: Acts, schema: SchemaJson, target: Target, override: Override | null): void {
  if (!acts.mayEdit) return;
  const state = { ...blankOrKnown(acts, schema, target), override };
  acts.workspace.commit(override ? 'choose by hand' : 'back to the computed one', [
    { kind: 'answer', id: state.id, state },
  ]);
}

/** Where the case's own score follows from other answers it needs a record to stand in, though nobody answered. */
export function keepDerivedScores(acts: Acts): void {
  const { records, queue } = acts.workspace;
  const derived = schemasFor(acts.manifest, 'case').filter((s) => typeof s.definition.scoring?.from === 'string');
  if (derived.length === 0 || !acts.mayEdit) return;
  queue.subscribe(() => {
    for (const schema of derived) {
      if (answerTo(acts, schema, { kind: 'case' })) continue;
      const from = `${schema.definition.scoring?.from}@`;
      const isSaved = records
        .live('answer')
        .some((a) => a.schema.startsWith(from) && acts.isMine(a) && a.revision > 0 && !waitsFor(acts, a));
      // What a label of slices says counts like an answer about them.
      const isLabelled = records
        .live('annotation')
        .some((m) => m.kind === 'slices' && acts.isMine(m) && m.revision > 0);
      if (!isSaved && !isLabelled) continue;
      const state = blankOrKnown(acts, schema, { kind: 'case' });
      records.put('answer', state);
      queue.touch('answer', state.id);
    }
  });
}

export function waitsFor(acts: Acts, answer: Answer): boolean {
  const address: Address = addressOf('answer', answer.id);
  return acts.workspace.queue.waits(address);
}

/** The record of answers to a schema about a target, as it is or as it would begin. */
export function blankOrKnown(acts: Acts, schema: SchemaJson, target: Target): Answer {
  const known = answerTo(acts, schema, target);
  if (known) return known;
  const name = schemaName(schema);
  const id = target.kind === 'slices' ? target.id : idFor(acts.manifest.case.id, acts.person, keyOf(target), name);
  const former = acts.workspace.records.get('answer', id);
  return {
    id,
    case: acts.manifest.case.id,
    ...fieldsOf(target),
    schema: name,
    answers: {},
    override: null,
    score: {},
    revision: former?.revision ?? 0,
    deleted: false,
    owner: acts.person,
  };
}

/** Go on under a newer version: what that one asks too is kept, the rest is dropped; one step of undo. */
export function answerUnder(acts: Acts, older: SchemaJson, newer: SchemaJson, target: Target): void {
  const known = answerTo(acts, older, target);
  if (!known || !acts.mayEdit) return;
  const questions = new Map(newer.definition.form.questions.map((question) => [question.name, question]));
  const fits = ([name, value]: [string, AnswerValue]): boolean => {
    const question = questions.get(name);
    const offered = question?.options?.map((option) => option.value);
    const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
    return question !== undefined && (!offered || chosen.every((one) => offered.includes(one as never)));
  };
  const kept = Object.fromEntries(Object.entries(known.answers).filter(fits));
  const answers = withoutHidden(newer.definition, kept);
  const state: Answer = { ...known, schema: schemaName(newer), answers, override: null, score: {} };
  acts.workspace.commit(`answer version ${newer.version}`, [{ kind: 'answer', id: known.id, state }]);
}

/** A range of slices to answer a schema about, ends included; the one that is there already where it is the same. */
export function addRange(acts: Acts, schema: SchemaJson, ends: readonly [string, string]): string | null {
  if (!acts.mayEdit) return null;
  const [first, last] = ends;
  const same = rangesOf(acts, schema).find((a) => a.first_frame === first && a.last_frame === last);
  if (same) return same.id;
  const target: Target = { kind: 'slices', id: newId(), first, last };
  const state = blankOrKnown(acts, schema, target);
  acts.workspace.commit('answer for slices', [{ kind: 'answer', id: state.id, state }]);
  return state.id;
}

export function removeAnswer(acts: Acts, id: string): void {
  const answer = acts.workspace.records.get('answer', id);
  if (!answer || answer.deleted || !acts.mayEdit || !acts.isMine(answer)) return;
  acts.workspace.commit('delete answers', [{ kind: 'answer', id, state: null }]);
}

export function rangesOf(acts: Acts, schema: SchemaJson): Answer[] {
  const name = schemaName(schema);
  return acts.workspace.records
    .live('answer')
    .filter((a) => a.schema === name && acts.isMine(a) && a.first_frame !== null && a.first_frame !== undefined);
}
