/** The review of one case on this page: whose marks are shown, what was remarked and decided. */
import { newId } from '../api/identifiers';
import type {
  AdjudicationJson,
  AgreementJson,
  CaseReviewJson,
  CommentJson,
  DisputeJson,
  ReadingOfCase,
} from './records';

/** The server, as far as a review goes. Each rejects with words. */
export interface ReviewServer {
  caseReview(): Promise<CaseReviewJson>;
  adjudication(): Promise<AdjudicationJson>;
  decide(assignment: string, verdict: 'approved' | 'returned', reason: string): Promise<void>;
  saveComment(comment: CommentJson): Promise<CommentJson>;
  deleteComment(id: string): Promise<void>;
}

export class Review {
  readings: readonly ReadingOfCase[] = [];
  agreements: readonly AgreementJson[] = [];
  /** Of an adjudicator: what is to be settled. */
  because: readonly DisputeJson[] = [];
  private kept: readonly CommentJson[];
  /** Readers whose marks are hidden. */
  private hidden: ReadonlySet<string> = new Set();
  selectedComment: string | null = null;
  /** The assignment whose return waits for its reason. */
  asking: string | null = null;
  /** Whose reading the next comment speaks of; null: for reviewers alone. */
  about: string | null = null;
  private readonly listeners = new Set<() => void>();

  /**
   * @param comments what a reader is told of their own reading; a reviewer's come with `load`.
   * @param take of an adjudicator, who marks the case too: takes the readers' records onto the page; null for others.
   */
  constructor(
    private readonly caseId: string,
    private readonly person: string,
    readonly mayReview: boolean,
    private readonly server: ReviewServer,
    comments: readonly CommentJson[],
    private readonly say: (words: string) => void,
    private readonly take: ((found: AdjudicationJson) => void) | null = null,
  ) {
    this.kept = comments;
  }

  get comments(): readonly CommentJson[] {
    return this.kept;
  }

  /** Whether the readers' marks stand side by side, with their names or letters. */
  get showsReaders(): boolean {
    return this.mayReview || this.take !== null;
  }

  get adjudicates(): boolean {
    return this.take !== null;
  }

  async load(): Promise<void> {
    if (this.take) return this.loadAdjudication(this.take);
    if (!this.mayReview) return;
    try {
      const found = await this.server.caseReview();
      this.readings = found.readings;
      this.agreements = found.agreements;
      this.kept = found.comments;
      this.announce();
    } catch (error) {
      this.say(`The review could not be loaded: ${wordsOf(error)}`);
    }
  }

  private async loadAdjudication(take: (found: AdjudicationJson) => void): Promise<void> {
    try {
      const found = await this.server.adjudication();
      this.because = found.because;
      this.agreements = found.agreements;
      this.readings = found.readers.map((reader) => ({
        assignment: { id: reader, reader, state: 'submitted', active_seconds: null },
        review: null,
      }));
      take(found);
      this.announce();
    } catch (error) {
      this.say(`The readers' marks could not be loaded: ${wordsOf(error)}`);
    }
  }

  /** Readers in a steady order: their colours go by it. */
  get readers(): string[] {
    return this.readings.map(({ assignment }) => assignment.reader);
  }

  shows(reader: string): boolean {
    return !this.hidden.has(reader);
  }

  toggle(reader: string): void {
    const hidden = new Set(this.hidden);
    if (!hidden.delete(reader)) hidden.add(reader);
    this.hidden = hidden;
    this.announce();
  }

  showAll(): void {
    this.hidden = new Set();
    this.announce();
  }

  /** One reader after the other alone, then all again. Returns who is shown now. */
  stepAlone(): string {
    const { readers } = this;
    const alone = readers.length - this.hidden.size === 1 ? readers.findIndex((one) => this.shows(one)) : -1;
    const next = readers[alone + 1];
    this.hidden = next === undefined ? new Set() : new Set(readers.filter((one) => one !== next));
    this.announce();
    return next ?? 'All readers';
  }

  /** The reading that a decision is about: the only one shown, else the first that waits. */
  get readingAtHand(): ReadingOfCase | null {
    const shown = this.readings.filter(({ assignment }) => this.shows(assignment.reader));
    return (shown.length === 1 ? shown[0] : shown.find((one) => waits(one))) ?? null;
  }

  async decide(reading: ReadingOfCase, verdict: 'approved' | 'returned', reason = ''): Promise<boolean> {
    try {
      await this.server.decide(reading.assignment.id, verdict, reason);
      this.say(
        verdict === 'approved' ? `${reading.assignment.reader} approved` : `Returned to ${reading.assignment.reader}`,
      );
      await this.load();
      return true;
    } catch (error) {
      this.say(`Not decided: ${wordsOf(error)}`);
      return false;
    }
  }

  async pin(frame: string, column: number, row: number, text: string): Promise<void> {
    const comment: CommentJson = {
      id: newId(),
      case: this.caseId,
      frame,
      column,
      row,
      about: this.about,
      text,
      author: this.person,
      resolved: false,
    };
    this.kept = [...this.kept, comment];
    this.selectedComment = comment.id;
    this.announce();
    await this.save(comment);
  }

  async resolve(comment: CommentJson, resolved: boolean): Promise<void> {
    this.put({ ...comment, resolved });
    await this.save({ ...comment, resolved });
  }

  async remove(comment: CommentJson): Promise<void> {
    const before = this.kept;
    this.kept = before.filter((one) => one.id !== comment.id);
    this.announce();
    try {
      await this.server.deleteComment(comment.id);
    } catch (error) {
      this.kept = before;
      this.announce();
      this.say(`Not deleted: ${wordsOf(error)}`);
    }
  }

  /** Ask why a reading is returned; null takes the question back. */
  askReason(assignment: string | null): void {
    this.asking = assignment;
    this.announce();
  }

  select(id: string | null): void {
    this.selectedComment = id;
    this.announce();
  }

  mayChange(comment: CommentJson): boolean {
    return this.mayReview && comment.author === this.person;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Kept on the page until the server has it: what could not be saved can be sent again by a click. */
  readonly unsaved = new Set<string>();

  async save(comment: CommentJson): Promise<void> {
    try {
      this.put(await this.server.saveComment(comment));
      this.unsaved.delete(comment.id);
    } catch (error) {
      this.unsaved.add(comment.id);
      this.say(`The comment is not saved: ${wordsOf(error)}`);
    }
    this.announce();
  }

  private put(comment: CommentJson): void {
    this.kept = this.kept.map((one) => (one.id === comment.id ? comment : one));
    this.announce();
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Submitted, and not decided about since. */
export function waits({ assignment, review }: ReadingOfCase): boolean {
  return assignment.state === 'submitted' && review?.verdict !== 'approved';
}

function wordsOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : 'the server could not be reached.';
}
