/** Questions that marks answer: what is drawn next is the answer, and what is deleted is none any more. */
import type { AnswerValue, FormQuestion, SchemaJson } from '../model/questions';
import type { Answer } from '../model/reading';
import { toolFor } from '../tools/tool_for_kind';
import type { Acts } from './acts';
import { blankOrKnown, schemaName } from './answers';
import { findingOf, type Target } from './targets';
import type { DrawFor } from './ui';
import type { Edit } from './workspace';

/** Hand a question over to the tool that answers it; Escape gives it back. */
export function drawAnswer(acts: Acts, schema: SchemaJson, target: Target, question: FormQuestion): void {
  const { ui } = acts;
  if (!acts.mayEdit || !question.mark_kind) return;
  const finding = findingOf(target);
  ui.set({
    drawFor: {
      schema: schemaName(schema),
      target,
      question: question.name,
      kind: question.mark_kind,
      formerTool: ui.now.drawFor?.formerTool ?? ui.now.tool,
    },
    tool: toolFor(question.mark_kind),
    selectedMark: null,
    ...(finding ? { selectedFinding: finding } : {}),
  });
}

/** The answer with one more mark. */
export function drawnAnswer(acts: Acts, { schema, target, question }: DrawFor, mark: string): Edit[] {
  const asked = acts.manifest.schemas.find((s) => schemaName(s) === schema);
  if (!asked) return [];
  const known = blankOrKnown(acts, asked, target);
  const before = known.answers[question];
  const marks = Array.isArray(before) ? [...before, mark] : [mark];
  return [{ kind: 'answer', id: known.id, state: { ...known, answers: { ...known.answers, [question]: marks } } }];
}

/** Answers of which deleted marks were a part. */
export function withoutDrawn(acts: Acts, gone: readonly string[]): Edit[] {
  return acts.workspace.records
    .live('answer')
    .filter((a) => acts.isMine(a) && Object.values(a.answers).some((value) => names(value, gone)))
    .map((a): Edit => ({ kind: 'answer', id: a.id, state: { ...a, answers: answersWithout(a, gone) } }));
}

function answersWithout(answer: Answer, gone: readonly string[]): Answer['answers'] {
  const left: Record<string, AnswerValue> = {};
  for (const [question, value] of Object.entries(answer.answers)) {
    if (!names(value, gone)) left[question] = value;
    else if (Array.isArray(value) && value.length > 1) left[question] = value.filter((one) => !gone.includes(one));
  }
  return left;
}

function names(value: AnswerValue, marks: readonly string[]): boolean {
  return Array.isArray(value) && value.some((one) => marks.includes(one));
}
