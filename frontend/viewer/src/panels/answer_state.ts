/** What a form shows of the answers: the records, and how saving them goes. */
import type { SchemaJson } from '../model/types';
import type { Acts } from '../store/acts';
import { addressOf } from '../store/records';
import type { FormState } from './label_form';

export function answerState(acts: Acts, schema: SchemaJson, finding: string | null): FormState {
  const { queue } = acts.workspace;
  const answer = acts.answerOf(schema, finding);
  const trouble = answer ? (queue.trouble('answer', answer.id)?.message ?? null) : null;
  return {
    answer,
    disabled: !acts.mayEdit,
    trouble,
    waits: answer !== undefined && trouble === null && queue.waits(addressOf('answer', answer.id)),
  };
}
