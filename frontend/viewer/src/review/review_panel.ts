/** Everybody's reading of the case: whose marks are shown, how far they agree, remarks, and what is decided. */
import type { Annotation, Finding } from '../model/reading';
import { h, setText } from '../page/dom';
import { findingColour } from '../panels/palette';
import type { Panel } from '../panels/panel';
import { clockWords } from '../person/reading_clock';
import type { Acts } from '../store/acts';
import type { Places } from '../store/places';
import { takeable, takeOver } from '../store/take_over';
import { aboutWords, answerRows, levelWords, questionTitle, valueWords } from './answer_rows';
import type { AgreementJson, CommentJson, ReadingOfCase } from './records';
import { type Review, waits } from './review';

export class ReviewPanel implements Panel {
  readonly element = h('section', { class: 'panel review', 'aria-label': 'Review' });
  private signature = '';
  /** The one reason that is being given: a redraw keeps its words, and so does a refusal of the server. */
  private reason: { readonly assignment: string; readonly form: HTMLElement } | null = null;

  constructor(
    private readonly acts: Acts,
    private readonly review: Review,
    private readonly places: Places,
    private readonly jumpToMark: (id: string) => void,
    private readonly jumpToFrame: (frame: string) => void,
  ) {
    this.element.hidden = !review.showsReaders && review.comments.length === 0;
  }

  update(): void {
    const { review } = this;
    this.element.hidden = !review.showsReaders && review.comments.length === 0;
    // While a reason is typed, or its buttons are used, nothing moves under the hand.
    if (this.reason?.assignment === review.asking && this.reason?.form.contains(document.activeElement)) return;
    const signature = JSON.stringify([
      review.readings,
      review.comments,
      [review.agreements, review.because],
      review.readers.map((one) => review.shows(one)),
      [review.selectedComment, review.about, review.asking, [...review.unsaved]],
      this.acts.workspace.records.live('annotation').length,
      takeable(this.acts, this.acts.ui.now.selectedMark)?.id,
    ]);
    if (signature === this.signature) return;
    this.signature = signature;
    if (this.reason?.assignment !== review.asking) this.reason = null;
    this.element.replaceChildren(
      ...this.disputeParts(),
      // Where readers differ is what a reviewer came for: it stands in sight, however many answers follow.
      ...(review.showsReaders ? [...this.agreementParts(), h('h2', {}, 'Readers'), ...this.readerCards()] : []),
      ...this.commentParts(),
    );
    this.reason?.form.querySelector('textarea')?.focus();
  }

  /** Of an adjudicator: what is to be settled, one thing a row. */
  private disputeParts(): HTMLElement[] {
    const { because, adjudicates } = this.review;
    if (!adjudicates) return [];
    return [
      h('h2', {}, 'To be settled'),
      h('p', { class: 'hint' }, "The readers' marks are dashed. Mark and answer the case as you see it, then submit."),
      h(
        'button',
        {
          type: 'button',
          disabled: takeable(this.acts, this.acts.ui.now.selectedMark) === null,
          title: 'A copy of your own, to be kept or reshaped (Alt + T)',
          onclick: () => takeOver(this.acts, this.acts.ui.now.selectedMark),
        },
        'Take the chosen mark over',
      ),
      ...because.map(({ words, frame }) =>
        frame
          ? h('button', { type: 'button', class: 'mark-jump dispute', onclick: () => this.jumpToFrame(frame) }, words)
          : h('p', { class: 'dispute' }, words),
      ),
    ];
  }

  private readerCards(): HTMLElement[] {
    const { review } = this;
    if (review.readings.length === 0) return [h('p', { class: 'hint' }, 'Nobody has this case on a worklist.')];
    return [
      ...review.readings.map((reading, order) => this.readerCard(reading, order)),
      h('p', { class: 'hint' }, 'Alt + W shows one reader alone, then the next, then all.'),
    ];
  }

  private readerCard(reading: ReadingOfCase, order: number): HTMLElement {
    const { review, acts } = this;
    const { reader, state, active_seconds: seconds } = reading.assignment;
    const { records } = acts.workspace;
    const findings = records.live('finding').filter((one) => one.owner === reader);
    const marks = records.live('annotation').filter((one) => one.owner === reader);
    const box = h('input', {
      type: 'checkbox',
      checked: review.shows(reader),
      onchange: () => review.toggle(reader),
    });
    return h(
      'article',
      { class: 'reader', 'data-reader': reader },
      h(
        'header',
        {},
        h('label', {}, box, h('span', { class: 'swatch', style: `background:${findingColour(order)}` }), reader),
        h('small', {}, [stateWords(reading), seconds ? clockWords(seconds) : ''].filter(Boolean).join(' · ')),
      ),
      ...findings.map((finding) => this.findingRow(finding, marks)),
      ...this.looseRow(marks),
      this.caseAnswers(reader),
      reading.review?.verdict === 'returned'
        ? h('p', { class: 'hint' }, `Returned by ${reading.review.reviewer}: ${reading.review.reason}`)
        : null,
      this.decisionRow(reading),
      state === 'submitted' ? null : h('p', { class: 'hint' }, 'Not submitted yet: it may still change.'),
    );
  }

  private findingRow(finding: Finding, marks: readonly Annotation[]): HTMLElement {
    const { acts } = this;
    const own = marks.filter((mark) => mark.finding === finding.id);
    const [first] = own.sort((a, b) => this.places.orderOf(a.frame) - this.places.orderOf(b.frame));
    const level = acts.workspace.records
      .live('answer')
      .filter((answer) => answer.finding === finding.id)
      .map(levelWords)
      .filter(Boolean);
    return h(
      'button',
      {
        type: 'button',
        class: 'mark-jump',
        disabled: !first,
        title: first ? 'Show it' : 'It has no mark',
        onclick: () => first && this.jumpToMark(first.id),
      },
      h('span', {}, acts.findingTitle(finding)),
      h('small', {}, [...level, first ? this.places.words(first.frame) : 'no mark'].join(' · ')),
    );
  }

  private looseRow(marks: readonly Annotation[]): HTMLElement[] {
    const loose = marks.filter((mark) => mark.finding === null);
    const [first] = loose;
    if (!first) return [];
    const words = loose.length === 1 ? 'One mark without a finding' : `${loose.length} marks without a finding`;
    return [h('button', { type: 'button', class: 'mark-jump', onclick: () => this.jumpToMark(first.id) }, words)];
  }

  /** What a reader answered about the case, breasts and slices; what somebody else answered otherwise is marked. */
  private caseAnswers(reader: string): HTMLElement | null {
    const rows = answerRows(reader, this.acts.workspace.records.live('answer'), {
      schemas: this.acts.manifest.schemas,
      agreements: this.review.agreements,
      frameWords: (frame) => this.places.words(frame),
    }).map(({ title, value, differs, derived }) =>
      h(
        'div',
        { class: ['answer', differs && 'differs', derived && 'derived'].filter(Boolean).join(' ') },
        h('span', {}, title),
        h('strong', {}, value),
      ),
    );
    return rows.length > 0 ? h('div', { class: 'case-answers' }, ...rows) : null;
  }

  private decisionRow(reading: ReadingOfCase): HTMLElement | null {
    const { review } = this;
    const { id, state } = reading.assignment;
    if (state !== 'submitted' || !review.mayReview) return null;
    if (review.asking === id) {
      this.reason ??= { assignment: id, form: this.reasonForm(reading) };
      return this.reason.form;
    }
    return h(
      'div',
      { class: 'decision' },
      reading.review?.verdict === 'approved'
        ? h('span', { class: 'good' }, `Approved by ${reading.review.reviewer}`)
        : h('button', { type: 'button', onclick: () => void review.decide(reading, 'approved') }, 'Approve'),
      h('button', { type: 'button', class: 'quiet', onclick: () => review.askReason(id) }, 'Return …'),
    );
  }

  private reasonForm(reading: ReadingOfCase): HTMLElement {
    const { review } = this;
    const field = h('textarea', { rows: 3, maxlength: 1000, 'aria-label': 'Why it is returned' });
    const wanting = h(
      'p',
      { class: 'hint' },
      `${reading.assignment.reader} is shown the reason and can change the reading.`,
    );
    const send = (): void => {
      const reason = field.value.trim();
      if (!reason) {
        setText(wanting, 'Say why first: the reader is shown it.');
        field.focus();
        return;
      }
      field.blur();
      void review.decide(reading, 'returned', reason).then((done) => (done ? review.askReason(null) : field.focus()));
    };
    field.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Escape') {
        field.blur();
        review.askReason(null);
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
    });
    return h(
      'div',
      { class: 'reason' },
      field,
      wanting,
      h('button', { type: 'button', class: 'primary', onclick: send }, 'Return it'),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          onclick: () => {
            field.blur();
            review.askReason(null);
          },
        },
        'Keep it',
      ),
    );
  }

  private agreementParts(): HTMLElement[] {
    const { agreements, adjudicates } = this.review;
    // What is to be settled says it already.
    if (agreements.length === 0 || adjudicates) return [];
    return [h('h2', {}, 'Agreement'), ...agreements.map((pair) => this.agreementCard(pair))];
  }

  private agreementCard(pair: AgreementJson): HTMLElement {
    const [one, other] = pair.readers;
    const dice = pair.mean_dice === null ? '' : `, mean Dice ${pair.mean_dice.toFixed(2)}`;
    const alone = pair.only.map((side, at) => (side.length > 0 ? `${side.length} only by ${pair.readers[at]}` : ''));
    const answers = pair.compared > 0 ? `${pair.equal} of ${pair.compared} answers alike` : 'no answers in common';
    return h(
      'article',
      { class: 'agreement' },
      h('header', {}, `${one} and ${other}`),
      h(
        'p',
        {},
        [
          `${pair.matched.length} ${pair.matched.length === 1 ? 'finding' : 'findings'} in common${dice}`,
          ...alone,
          answers,
        ]
          .filter(Boolean)
          .join(' · '),
      ),
      ...pair.differences.map((d) => {
        const { schemas } = this.acts.manifest;
        const about = aboutWords(d.about, (frame) => this.places.words(frame));
        const title = questionTitle(schemas, d.schema, d.question);
        return h(
          'div',
          { class: 'answer differs' },
          h('span', {}, [about, title].filter(Boolean).join(' · ')),
          h('strong', {}, d.answers.map((value) => valueWords(schemas, d.schema, d.question, value)).join(' ≠ ')),
        );
      }),
    );
  }

  private commentParts(): HTMLElement[] {
    const { review } = this;
    if (!review.mayReview && review.comments.length === 0) return [];
    const about = h(
      'select',
      {
        'aria-label': 'Whose reading the next comment is about',
        onchange: () => {
          review.about = about.value || null;
        },
      },
      h('option', { value: '', selected: review.about === null }, 'reviewers alone'),
      ...review.readers.map((reader) => h('option', { value: reader, selected: review.about === reader }, reader)),
    );
    return [
      h('h2', {}, 'Comments'),
      ...(review.mayReview ? [h('p', { class: 'hint' }, 'Alt + C, then a click on the picture. For '), about] : []),
      ...review.comments.map((comment, at) => this.commentRow(comment, at + 1)),
    ];
  }

  private commentRow(comment: CommentJson, number: number): HTMLElement {
    const { review } = this;
    const show = (): void => {
      this.jumpToFrame(comment.frame);
      review.select(comment.id);
    };
    const state = [comment.author, comment.about ? `for ${comment.about}` : '', this.places.words(comment.frame)];
    return h(
      'div',
      { class: `comment${review.selectedComment === comment.id ? ' selected' : ''}`, 'data-comment': comment.id },
      h(
        'button',
        { type: 'button', class: 'mark-jump', onclick: show },
        h('span', { class: comment.resolved ? 'resolved' : '' }, `${number}. ${comment.text}`),
        h('small', {}, state.filter(Boolean).join(' · ')),
      ),
      review.unsaved.has(comment.id)
        ? h('button', { type: 'button', onclick: () => void review.save(comment) }, 'Save again')
        : null,
      review.mayReview
        ? h(
            'button',
            { type: 'button', class: 'quiet', onclick: () => void review.resolve(comment, !comment.resolved) },
            comment.resolved ? 'Open again' : 'Settle',
          )
        : null,
      review.mayChange(comment)
        ? h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              'aria-label': 'Delete comment',
              onclick: () => void review.remove(comment),
            },
            '✕',
          )
        : null,
    );
  }
}

function stateWords(reading: ReadingOfCase): string {
  if (waits(reading)) return 'submitted';
  return reading.review?.verdict === 'approved' && reading.assignment.state === 'submitted'
    ? 'approved'
    : { assigned: 'not begun', opened: 'being read', submitted: 'submitted' }[reading.assignment.state];
}
