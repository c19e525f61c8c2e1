/** Everything about a case that does not change while it is read. */

import type { HangingJson, StackJson } from './pictures';
import type { SchemaJson } from './questions';

export interface Manifest {
  case: {
    id: string;
    title: string;
    modality: string;
    layout: string;
    patient: { patient_id: string; name: string; sex: string; birth_date: string } | null;
  };
  reading: {
    assignment: string | null;
    state: 'assigned' | 'opened' | 'submitted' | null;
    locked: boolean;
    may_annotate: boolean;
    /** Why the reading was opened again after it was submitted; "" where it was not. */
    returned: string;
    position: string | null;
    /** All readings of the case are shown side by side. */
    may_review: boolean;
    /** This person settles what readers disagree about, and is shown their marks under letters. */
    adjudicates: boolean;
    /** Kinds of marks that may be drawn; null: all. */
    mark_kinds: readonly string[] | null;
    /** "suggestions": submitting locks the unaided answer, and what a model proposes comes next. */
    submits_to: 'done' | 'suggestions';
  };
  stacks: readonly StackJson[];
  /** What fits the case, best first. */
  hangings: readonly HangingJson[];
  schemas: readonly SchemaJson[];
  finding_kinds: readonly { value: string; label: string }[];
  shows_suggestions: boolean;
}
