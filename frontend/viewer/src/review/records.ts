/** What the server says of a case's review. */
import type { Annotation, Answer, Finding } from '../model/reading';

export interface ReviewJson {
  verdict: 'approved' | 'returned';
  reason: string;
  reviewer: string;
  decided_at: string;
}

export interface ReadingOfCase {
  assignment: {
    id: string;
    reader: string;
    state: 'assigned' | 'opened' | 'submitted';
    active_seconds: number | null;
  };
  review: ReviewJson | null;
}

export interface CommentJson {
  id: string;
  case: string;
  frame: string;
  column: number;
  row: number;
  about: string | null;
  text: string;
  author: string;
  created_at?: string;
  resolved: boolean;
}

export interface AgreementJson {
  readers: readonly [string, string];
  matched: readonly { findings: readonly [string, string]; dice: number }[];
  only: readonly [readonly string[], readonly string[]];
  mean_dice: number | null;
  equal: number;
  compared: number;
  differences: readonly {
    schema: string;
    question: string;
    answers: readonly [unknown, unknown];
    findings: readonly [string, string];
    /** A breast ("L", "R") or the two frames of a range; "" for a finding and the whole case. */
    about: string;
  }[];
}

/** One thing that an adjudicator settles. */
export interface DisputeJson {
  kind: 'label' | 'outline' | 'missed';
  words: string;
  /** Where to look; "" where it is about the case. */
  frame: string;
}

/** What an adjudicator is shown: readers are letters, their records those that they handed in. */
export interface AdjudicationJson {
  because: readonly DisputeJson[];
  readers: readonly string[];
  findings: readonly Finding[];
  annotations: readonly Annotation[];
  answers: readonly Answer[];
  agreements: readonly AgreementJson[];
}

export interface CaseReviewJson {
  readings: readonly ReadingOfCase[];
  comments: readonly CommentJson[];
  agreements: readonly AgreementJson[];
}
