/** The forms about one target: those that ask now, and those of older versions under which something was answered. */
import type { SchemaJson } from '../model/questions';
import { h } from '../page/dom';
import type { Acts } from '../store/acts';
import { answerTo, answerUnder, schemaName, setAnswers, setOverride } from '../store/answers';
import { drawAnswer } from '../store/drawn_answers';
import type { Places } from '../store/places';
import { keyOf, schemasFor, type Target } from '../store/targets';
import { answerState } from './answer_state';
import { LabelForm } from './label_form';

/** What forms ask of the page that they stand in. */
export interface FormDesk {
  readonly acts: Acts;
  readonly places: Places;
  showMark(id: string): void;
  /** Go to a question that may be in any form. */
  leadTo(question: string): void;
  /** Say what an option means. */
  tell(words: string): void;
}

export class FormSet {
  readonly element = h('div', { class: 'form-set' });
  private readonly made = new Map<string, LabelForm>();
  private shown: readonly LabelForm[] = [];
  private saving = 0;
  private state = '';

  constructor(
    private readonly desk: FormDesk,
    /** What the forms are about; a range's ends move, so it is asked for anew each time. */
    private readonly target: () => Target | null,
    private readonly schemas: () => readonly SchemaJson[] = () => this.ofTarget(),
    /** What each form's title begins with: which breast. */
    private readonly about = '',
  ) {
    desk.acts.workspace.queue.subscribe(() => {
      this.saving += 1;
    });
  }

  get forms(): readonly LabelForm[] {
    this.update();
    return this.shown;
  }

  update(): void {
    const { acts, places } = this.desk;
    const target = this.target();
    const state = [acts.workspace.records.version, this.saving, acts.mayEdit, target && keyOf(target)].join();
    if (state === this.state) return;
    this.state = state;
    const schemas = target ? this.schemas() : [];
    const forms = schemas.map((schema) => this.formOf(schema));
    if (forms.some((form, i) => form !== this.shown[i]) || forms.length !== this.shown.length) {
      this.element.replaceChildren(...forms.flatMap((form) => [form.element, ...this.newer(form.schema)]));
      this.shown = forms;
    }
    if (!target) return;
    for (const form of forms)
      form.update({ ...answerState(acts, places, form.schema, target), notes: this.notes(form.schema) });
  }

  private formOf(schema: SchemaJson): LabelForm {
    const { acts, showMark, leadTo, tell } = this.desk;
    const name = schemaName(schema);
    const known = this.made.get(name);
    if (known) return known;
    const about = (act: (target: Target) => void): void => {
      const target = this.target();
      if (target) act(target);
    };
    const target = this.target();
    const alone = this.about !== '' && this.schemas().length === 1;
    const title = alone ? this.about : [this.about, schema.title].filter(Boolean).join(': ');
    const titled = { ...schema, title };
    const form = new LabelForm(titled, target ? keyOf(target) : name, {
      answer: (answers, question, typed) => about((t) => setAnswers(acts, schema, t, { answers, question, typed })),
      override: (override) => about((t) => setOverride(acts, schema, t, override)),
      draw: (question) => about((t) => drawAnswer(acts, schema, t, question)),
      showDrawn: showMark,
      lead: leadTo,
      tell,
    });
    this.made.set(name, form);
    return form;
  }

  /** What asks now; in the place of each the older version under which this was answered. */
  private ofTarget(): SchemaJson[] {
    const { acts } = this.desk;
    const target = this.target();
    if (!target) return [];
    const { schemas } = acts.manifest;
    const asked = schemasFor(acts.manifest, target.kind);
    // Of a version that nothing has followed, or whose follower asks about something else.
    const left = schemas.filter(
      (s) => s.current === false && !asked.some((one) => one.key === s.key) && answerTo(acts, s, target),
    );
    return [
      ...asked.map(
        (schema) =>
          schemas.find((s) => s.current === false && s.key === schema.key && answerTo(acts, s, target)) ?? schema,
      ),
      ...left,
    ];
  }

  /** Below an old version's form: the way to the newer one. */
  private newer(older: SchemaJson): HTMLElement[] {
    const { acts } = this.desk;
    const newer = this.newerThan(older);
    if (!newer || !acts.mayEdit) return [];
    const goOn = (): void => {
      const target = this.target();
      if (target) answerUnder(acts, older, newer, target);
      this.update();
      this.made.get(schemaName(newer))?.focus();
    };
    const words = `Go on under version ${newer.version}`;
    return [h('button', { type: 'button', class: 'quiet newer-version', onclick: goOn }, words)];
  }

  private newerThan(schema: SchemaJson): SchemaJson | null {
    if (schema.current !== false) return null;
    return this.desk.acts.manifest.schemas.find((s) => s.key === schema.key && s.current !== false) ?? null;
  }

  private notes(schema: SchemaJson): string[] {
    if (schema.current !== false) return [];
    const newer = this.newerThan(schema);
    if (!newer) return [`Answered under version ${schema.version}, which is asked no more.`];
    return [`Answered under version ${schema.version}; version ${newer.version} exists.`];
  }
}
