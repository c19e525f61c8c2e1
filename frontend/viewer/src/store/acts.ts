/** What a reader can do, in the reader's words; each act is one step of undo. */
import { newId } from '../api/identifiers';
import { roundPoint } from '../model/contour';
import type { Manifest } from '../model/manifest';
import type { Point } from '../model/pictures';
import type { Annotation, CaliperLengths, Finding, MarkKind, SliceSummary, Suggestion } from '../model/reading';
import type { Outlining } from '../outlines/outlining';
import type { Review } from '../review/review';
import { CALIPER } from './calipers';
import { drawnAnswer, withoutDrawn } from './drawn_answers';
import { findingOf } from './targets';
import type { Ui } from './ui';
import type { Edit, Workspace } from './workspace';

/** The kind of finding that a first mark most likely shows; the reader can change it. */
const LIKELY_KINDS: Record<string, readonly string[]> = {
  US: ['nodule', 'mass'],
  MG: ['mass'],
  DBT: ['mass'],
  CT: ['lesion', 'haemorrhage'],
};

export function likelyKind(modality: string, offered: readonly { value: string }[]): string {
  const values = offered.map((kind) => kind.value);
  return (LIKELY_KINDS[modality] ?? []).find((kind) => values.includes(kind)) ?? values[0] ?? 'lesion';
}

/** Words and angles say something by themselves: a finding would ask to be described. */
const BEGIN_NO_FINDING: ReadonlySet<MarkKind> = new Set(['arrow', 'angle']);

/** What only some kinds of mark have. */
export type MarkDetails = Partial<Pick<Annotation, 'first_frame' | 'last_frame' | 'mask' | 'label'>>;

export class Acts {
  /** What reviewers see and say of this case; null for a reader of whom nobody said anything. */
  review: Review | null = null;
  /** Outlines that this reader asks a program for; null where nothing is suggested to who reads. */
  outlining: Outlining | null = null;
  /** This is the second window: everything is made in the first one. */
  onlyShows = false;

  constructor(
    readonly manifest: Manifest,
    readonly workspace: Workspace,
    readonly ui: Ui,
    readonly person: string,
    /** Outlines that the reader asks for come to them while the case is read. */
    readonly suggestions: Map<string, Suggestion>,
    readonly sliceSummaries: readonly SliceSummary[] = [],
    readonly caliperLengths: readonly CaliperLengths[] = [],
  ) {}

  get mayEdit(): boolean {
    return this.manifest.reading.may_annotate && !this.manifest.reading.locked;
  }

  /** Said to who reaches for a tool that draws, where nothing may be drawn. */
  get whyNoMarks(): string {
    if (this.onlyShows) return 'Marks are drawn in the first window; this one shows them.';
    const { locked, state } = this.manifest.reading;
    if (locked || state === 'submitted') return 'Submitted: nothing can be drawn until an admin gives it back.';
    return 'You may look at this case, not mark it.';
  }

  /** Records of other readers are shown to data managers, never edited here. */
  isMine(record: { owner: string }): boolean {
    return record.owner === this.person || record.owner === '';
  }

  get myFindings(): Finding[] {
    return this.workspace.records
      .live('finding')
      .filter((f) => this.isMine(f))
      .sort((a, b) => (a.number || Number.MAX_SAFE_INTEGER) - (b.number || Number.MAX_SAFE_INTEGER));
  }

  findingTitle(finding: Finding): string {
    const label = this.manifest.finding_kinds.find((kind) => kind.value === finding.kind)?.label ?? finding.kind;
    const name = finding.name ? ` · ${finding.name}` : '';
    return `${label}${finding.number ? ` ${finding.number}` : ''}${name}`;
  }

  /** Add a mark to the selected finding, or to a new one. */
  addMark(frame: string, kind: MarkKind, points: readonly Point[], more: MarkDetails = {}): string | null {
    if (!this.mayEdit) return null;
    const edits: Edit[] = [];
    const { drawFor } = this.ui.now;
    const asked = drawFor?.kind === kind ? drawFor : null;
    let finding = asked ? findingOf(asked.target) : this.ui.now.selectedFinding;
    const known = finding === null ? undefined : this.workspace.records.get('finding', finding);
    // Under adjudication a reader's finding may be the chosen one; a mark of one's own can't show that.
    const isLive = known !== undefined && !known.deleted && this.isMine(known);
    if (asked) {
      // It shows what the question is about, which need not be a finding.
    } else if (!isLive && (BEGIN_NO_FINDING.has(kind) || more.label === CALIPER)) {
      finding = null;
    } else if (!isLive) {
      const made = this.newFinding(this.kindOfNext);
      edits.push({ kind: 'finding', id: made.id, state: made });
      finding = made.id;
    }
    const mark: Annotation = {
      id: newId(),
      case: this.manifest.case.id,
      frame,
      kind,
      points: points.map(roundPoint),
      finding,
      first_frame: null,
      last_frame: null,
      mask: null,
      locked: false,
      label: '',
      ...more,
      provenance: 'drawn',
      revision: 0,
      deleted: false,
      owner: this.person,
    };
    edits.push({ kind: 'annotation', id: mark.id, state: mark });
    if (asked) edits.push(...drawnAnswer(this, asked, mark.id));
    this.workspace.commit(`draw ${kind}`, edits);
    this.ui.set({
      selectedMark: mark.id,
      selectedFinding: finding,
      selectedSuggestion: null,
      ...(asked ? { drawFor: null, tool: asked.formerTool } : {}),
    });
    return mark.id;
  }

  changeMark(id: string, points: readonly Point[], words: string, more: MarkDetails = {}): void {
    if (this.workspace.records.get('annotation', id)?.locked) return;
    this.editMark(id, { points: points.map(roundPoint), ...more }, words);
  }

  linkMark(id: string, finding: string | null): void {
    this.editMark(id, { finding }, finding ? 'link mark' : 'unlink mark');
  }

  deleteMark(id: string): void {
    const mark = this.workspace.records.get('annotation', id);
    if (!mark || mark.locked || !this.mayEdit || !this.isMine(mark)) return;
    this.workspace.commit(`delete ${mark.kind}`, [
      { kind: 'annotation', id, state: null },
      ...withoutDrawn(this, [id]),
    ]);
    this.ui.set({ selectedMark: null });
  }

  get kindOfNext(): string {
    return this.ui.now.newKind || likelyKind(this.manifest.case.modality, this.manifest.finding_kinds);
  }

  addFinding(): void {
    if (!this.mayEdit) return;
    const finding = this.newFinding(this.kindOfNext);
    this.workspace.commit('add finding', [{ kind: 'finding', id: finding.id, state: finding }]);
    this.ui.set({ selectedFinding: finding.id, selectedMark: null });
  }

  changeFinding(id: string, change: Partial<Pick<Finding, 'kind' | 'name'>>): void {
    const finding = this.workspace.records.get('finding', id);
    if (!finding || !this.mayEdit || !this.isMine(finding)) return;
    const key = change.name === undefined ? null : `name ${id}`;
    this.workspace.commit('change finding', [{ kind: 'finding', id, state: { ...finding, ...change } }], key);
  }

  /** Its marks stay, without a finding; its answers go with it. */
  deleteFinding(id: string): void {
    const { records } = this.workspace;
    const finding = records.get('finding', id);
    if (!finding || !this.mayEdit || !this.isMine(finding)) return;
    const marks = records.live('annotation').filter((m) => m.finding === id);
    const answers = records.live('answer').filter((a) => a.finding === id);
    this.workspace.commit('delete finding', [
      ...marks.map((m): Edit => ({ kind: 'annotation', id: m.id, state: { ...m, finding: null } })),
      ...answers.map((a): Edit => ({ kind: 'answer', id: a.id, state: null })),
      { kind: 'finding', id, state: null },
    ]);
    if (this.ui.now.selectedFinding === id) this.ui.set({ selectedFinding: null });
  }

  /** Suggestions that wait for the reader's word, the most certain first. */
  openSuggestions(): Suggestion[] {
    if (!this.manifest.shows_suggestions) return [];
    return [...this.suggestions.values()]
      .filter((s) => !this.workspace.records.get('decision', s.id)?.decision)
      .sort((a, b) => b.score - a.score);
  }

  private editMark(id: string, change: Partial<Annotation>, words: string): void {
    const mark = this.workspace.records.get('annotation', id);
    if (!mark || !this.mayEdit || !this.isMine(mark)) return;
    this.workspace.commit(words, [{ kind: 'annotation', id, state: { ...mark, ...change } }]);
  }

  /** A finding that is not in the records yet. */
  newFinding(kind: string): Finding {
    return {
      id: newId(),
      case: this.manifest.case.id,
      kind,
      number: 0,
      name: '',
      revision: 0,
      deleted: false,
      owner: this.person,
    };
  }
}
