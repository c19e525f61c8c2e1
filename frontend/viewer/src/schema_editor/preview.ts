/** The form as readers get it, answered for a try: the viewer's own form, and the score that the server computes. */
import type { SchemaDefinition, SchemaJson } from '../model/questions';
import type { Score } from '../model/reading';
import { h } from '../page/dom';
import { type Answers, withoutHidden } from '../panels/form_conditions';
import { LabelForm } from '../panels/label_form';
import type { Draft } from './draft';
import { numberField } from './fields';
import type { Checked } from './server';

export class Preview {
  readonly element: HTMLElement;
  answers: Answers = {};
  size: number | null = null;
  private form: LabelForm | null = null;
  private drawn = '';
  private made = 0;
  private score: Partial<Score> | null = null;
  private faults: Readonly<Record<string, string>> = {};
  private readonly place = h('div', { class: 'preview-form' });
  private readonly words = h('p', { class: 'soft small', role: 'status' });
  private readonly sizeField: HTMLElement;

  constructor(private readonly answered: () => void) {
    this.sizeField = numberField(
      { label: 'As if measured, mm', path: 'preview.size', min: 0, max: 10_000 },
      undefined,
      (value) => {
        this.size = value ?? null;
        this.waits();
      },
    );
    this.element = h(
      'section',
      { class: 'preview', 'aria-label': 'Preview' },
      h(
        'header',
        {},
        h('h2', {}, 'As readers see it'),
        h(
          'button',
          {
            type: 'button',
            class: 'small',
            onclick: () => {
              this.answers = {};
              this.score = null;
              this.waits();
            },
          },
          'Clear',
        ),
      ),
      this.words,
      this.place,
      this.sizeField,
    );
  }

  /** Show a draft; the answers that it still asks stay. */
  show(draft: Draft, key: string): void {
    const shown = JSON.stringify([draft.title, draft.definition.form, draft.definition.scoring]);
    if (shown === this.drawn) return;
    this.drawn = shown;
    const { scoring } = draft.definition;
    this.sizeField.hidden = !(scoring.kind === 'points' || scoring.kind === 'tirads') || !advises(draft);
    const definition = presentable(draft);
    const names = new Set(definition.form.questions.map((q) => q.name));
    this.words.textContent =
      names.size === 0 ? 'Questions appear here as you write them.' : 'Try it: nothing is saved here.';
    this.place.replaceChildren();
    this.form = null;
    if (names.size === 0) return;
    try {
      this.answers = withoutHidden(definition, stillOffered(definition, this.answers));
      const schema: SchemaJson = { key, version: 'draft', title: draft.title || 'Untitled', definition };
      this.made += 1;
      this.form = new LabelForm(schema, `preview-${this.made}`, {
        answer: (answers) => {
          this.answers = answers;
          this.waits();
        },
      });
      this.place.append(this.form.element);
      this.update(true);
    } catch {
      // What is half written may ask in a way that no form can show; the faults say which.
      this.words.textContent = 'This can be shown once the faults are mended.';
    }
  }

  /** Show what the server made of the answers. */
  take(checked: Checked): void {
    const { tried } = checked;
    const name = tried && /^answers\.([a-z0-9_]+)/.exec(tried.path)?.[1];
    this.faults = tried?.detail && name ? { [name]: tried.detail } : {};
    this.score = tried?.score ?? null;
    this.update(false);
  }

  private waits(): void {
    this.update(true);
    this.answered();
  }

  private update(waits: boolean): void {
    this.form?.update({
      answers: this.answers,
      score: this.score,
      override: null,
      disabled: false,
      trouble: null,
      faults: this.faults,
      waits,
    });
  }
}

/** What of a half-written draft a form can show. */
function presentable(draft: Draft): SchemaDefinition {
  const seen = new Set<string>();
  const questions = draft.definition.form.questions
    .filter((q) => q.name && !seen.has(q.name) && seen.add(q.name))
    .map((q) => ({
      ...q,
      title: q.title || 'Untitled question',
      ...(q.options ? { options: q.options.map((o) => ({ ...o, title: o.title || 'Untitled option' })) } : {}),
    }));
  const groups = draft.definition.form.groups?.map((g) => ({ ...g, title: g.title || 'Untitled heading' }));
  const form = groups ? { groups, questions } : { questions };
  return { ...draft.definition, form } as unknown as SchemaDefinition;
}

function stillOffered(definition: SchemaDefinition, answers: Answers): Answers {
  const kept = Object.entries(answers).flatMap(([name, value]): [string, Answers[string]][] => {
    const question = definition.form.questions.find((q) => q.name === name);
    if (!question) return [];
    const values = question.options?.map((o) => String(o.value));
    if (Array.isArray(value)) {
      const left = value.filter((one) => values?.includes(String(one)) ?? question.kind === 'draw');
      return question.kind === 'multiple' && left.length > 0 ? [[name, left]] : [];
    }
    const fits = values
      ? question.kind === 'choice' && values.includes(String(value))
      : typeof value === { boolean: 'boolean', number: 'number', text: 'string' }[question.kind as string];
    return fits ? [[name, value]] : [];
  });
  return Object.fromEntries(kept);
}

function advises({ definition }: Draft): boolean {
  return (definition.scoring.levels ?? []).some(
    (level) => level.aspirate_from_mm || level.follow_from_mm || level.recommendations?.some((one) => one.from_mm),
  );
}
