/** Every change that the editor makes to questions, options and groups. Pure: a draft in, a draft out. */
import { conditionWithout, conditionWithRenamed, conditionWithValue } from './conditions';
import type { Condition, Definition, Draft, Kind, Option, Question } from './draft';
import { givesPoints, hasOptions } from './draft';
import { nameFrom } from './names';

export function withTitle(draft: Draft, title: string): Draft {
  return { ...draft, title };
}

export function withPart<K extends keyof Definition>(draft: Draft, name: K, value: Definition[K] | undefined): Draft {
  return { ...draft, definition: withMember(draft.definition, name, value) };
}

/** Replace the questions. What may be answered follows from them anew. */
export function withQuestions(draft: Draft, questions: readonly Question[]): Draft {
  const { answers: _answers, ...definition } = draft.definition;
  return { ...draft, definition: { ...definition, form: { ...definition.form, questions } } };
}

export function questionsOf(draft: Draft): readonly Question[] {
  return draft.definition.form.questions;
}

export function addedQuestion(draft: Draft, at: number): Draft {
  const name = nameFrom('', namesOf(draft), 'question');
  const made: Question = { name, title: '', kind: 'choice', options: [] };
  return withQuestions(draft, inserted(questionsOf(draft), at, made));
}

export function duplicatedQuestion(draft: Draft, at: number): Draft {
  const source = questionsOf(draft)[at];
  if (!source) return draft;
  const title = `${source.title} (copy)`.slice(0, 120);
  const { key: _key, ...kept } = source;
  const copy: Question = { ...kept, title, name: nameFrom(title, namesOf(draft), 'question') };
  return withCategories(withQuestions(draft, inserted(questionsOf(draft), at + 1, copy)), source.name, copy.name);
}

/** Take a question out, with the conditions on it and its part in the scoring. */
export function removedQuestion(draft: Draft, at: number): Draft {
  const gone = questionsOf(draft)[at];
  if (!gone) return draft;
  const left = questionsOf(draft)
    .filter((_, i) => i !== at)
    .map((q) => withCondition(q, q.show_when && conditionWithout(q.show_when, gone.name)));
  return withoutInScoring(withQuestions(draft, left), gone.name);
}

export function movedQuestion(draft: Draft, from: number, to: number): Draft {
  return withQuestions(draft, moved(questionsOf(draft), from, to));
}

export function changedQuestion(draft: Draft, at: number, change: Partial<Question>): Draft {
  return withQuestions(
    draft,
    questionsOf(draft).map((q, i) => (i === at ? trimmed({ ...q, ...change }) : q)),
  );
}

/** Name a question otherwise, wherever it is spoken of. */
export function renamedQuestion(draft: Draft, at: number, name: string): Draft {
  const old = questionsOf(draft)[at]?.name;
  if (old === undefined || old === name) return draft;
  const renamed = questionsOf(draft).map((q, i) => ({
    ...withCondition(q, q.show_when && conditionWithRenamed(q.show_when, old, name)),
    name: i === at ? name : q.name,
  }));
  const scoring = renamedIn(draft.definition.scoring, old, name) as Definition['scoring'];
  return withPart(withQuestions(draft, renamed), 'scoring', { ...scoring, kind: draft.definition.scoring.kind });
}

/** Ask a question otherwise; what only its old kind has is dropped. */
export function withKind(draft: Draft, at: number, kind: Kind): Draft {
  const old = questionsOf(draft)[at];
  if (!old || old.kind === kind) return draft;
  const { options, minimum, maximum, unit, mark_kind: _mark, ...kept } = old;
  let made: Question = { ...kept, kind };
  if (hasOptions(kind)) {
    const alone = (o: Option): Option => (kind === 'choice' ? trimmed({ ...o, excludes_others: undefined }) : o);
    made = { ...made, options: (options ?? []).map(alone) };
  } else if (kind === 'number') {
    made = trimmed({ ...made, minimum: minimum ?? 0, maximum: maximum ?? 100, unit });
  } else if (kind === 'draw') made = { ...made, mark_kind: 'box' };
  const changed = withQuestions(
    draft,
    questionsOf(draft).map((q, i) => (i === at ? made : q)),
  );
  return hasOptions(kind) ? changed : withoutInScoring(changed, old.name);
}

export function withOptions(draft: Draft, at: number, options: readonly Option[]): Draft {
  return changedQuestion(draft, at, { options });
}

export function addedOption(draft: Draft, at: number, place: number): Draft {
  const question = questionsOf(draft)[at];
  if (!question) return draft;
  const options = question.options ?? [];
  const value = nameFrom(
    '',
    options.map((o) => o.value),
    'option',
  );
  const made: Option = { value, title: '' };
  const { scoring } = draft.definition;
  const scored = givesPoints(scoring) && (scoring.categories ?? []).includes(question.name);
  const points = Object.fromEntries((scoring.systems ?? []).map((s) => [s.name, 0]));
  return withOptions(draft, at, inserted(options, place, scored ? { ...made, points } : made));
}

export function removedOption(draft: Draft, at: number, place: number): Draft {
  return withOptions(
    draft,
    at,
    (questionsOf(draft)[at]?.options ?? []).filter((_, i) => i !== place),
  );
}

export function movedOption(draft: Draft, at: number, from: number, to: number): Draft {
  return withOptions(draft, at, moved(questionsOf(draft)[at]?.options ?? [], from, to));
}

export function changedOption(draft: Draft, at: number, place: number, change: Partial<Option>): Draft {
  const options = questionsOf(draft)[at]?.options ?? [];
  return withOptions(
    draft,
    at,
    options.map((o, i) => (i === place ? trimmed({ ...o, ...change }) : o)),
  );
}

/** Give an option another value, also in the conditions and in what ends the scoring. */
export function revaluedOption(draft: Draft, at: number, place: number, value: string): Draft {
  const question = questionsOf(draft)[at];
  const old = question?.options?.[place]?.value;
  if (!question || old === undefined || old === value) return draft;
  const changed = changedOption(draft, at, place, { value });
  const followed = withQuestions(
    changed,
    questionsOf(changed).map((q) =>
      withCondition(q, q.show_when && conditionWithValue(q.show_when, question.name, old, value)),
    ),
  );
  const { scoring } = followed.definition;
  const systems = scoring.systems?.map((s) => {
    const ends = s.ends_at_zero?.[question.name];
    if (!ends) return s;
    return { ...s, ends_at_zero: { ...s.ends_at_zero, [question.name]: ends.map((v) => (v === old ? value : v)) } };
  });
  return systems ? withPart(followed, 'scoring', { ...scoring, systems }) : followed;
}

export function withGroups(draft: Draft, groups: Definition['form']['groups']): Draft {
  const { form } = draft.definition;
  const { groups: _old, ...rest } = form;
  const known = new Set((groups ?? []).map((g) => g.name));
  const questions = form.questions.map((q) =>
    q.group && !known.has(q.group) ? trimmed({ ...q, group: undefined }) : q,
  );
  const made = groups && groups.length > 0 ? { ...rest, groups, questions } : { ...rest, questions };
  return withPart(draft, 'form', made);
}

export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  if (from === to || from < 0 || to < 0 || from >= list.length || to >= list.length) return list;
  const left = list.filter((_, i) => i !== from);
  return inserted(left, to, list[from] as T);
}

export function inserted<T>(list: readonly T[], at: number, made: T): readonly T[] {
  return [...list.slice(0, at), made, ...list.slice(at)];
}

/** Without the members that say nothing, so that a field that was emptied again leaves no trace. */
export function trimmed<T extends object>(made: T): T {
  const empty = (value: unknown): boolean => value === undefined || value === '' || value === false;
  const kept = ([name, value]: [string, unknown]): boolean =>
    !empty(value) || name === 'title' || name === 'name' || name === 'value';
  return Object.fromEntries(Object.entries(made).filter(kept)) as T;
}

function withMember<T extends object, K extends keyof T>(whole: T, name: K, value: T[K] | undefined): T {
  if (value !== undefined) return { ...whole, [name]: value };
  const { [name]: _gone, ...rest } = whole;
  return rest as T;
}

function withCondition(question: Question, condition: Condition | null | undefined): Question {
  return withMember(question, 'show_when', condition ?? undefined);
}

function namesOf(draft: Draft): string[] {
  return questionsOf(draft).map((q) => q.name);
}

/** A copy gives points where what it was copied from does. */
function withCategories(draft: Draft, like: string, name: string): Draft {
  const { scoring } = draft.definition;
  if (!givesPoints(scoring) || !scoring.categories?.includes(like)) return draft;
  return withPart(draft, 'scoring', { ...scoring, categories: [...scoring.categories, name] });
}

function withoutInScoring(draft: Draft, name: string): Draft {
  const { scoring } = draft.definition;
  if (!givesPoints(scoring)) return draft;
  const made = { ...scoring };
  if (made.categories) made.categories = made.categories.filter((one) => one !== name);
  if (made.size === name && !questionsOf(draft).some((q) => q.name === name && q.kind === 'number')) delete made.size;
  if (made.systems) {
    made.systems = made.systems.map((s) => {
      if (!s.ends_at_zero?.[name]) return s;
      const { [name]: _gone, ...ends } = s.ends_at_zero;
      return Object.keys(ends).length > 0 ? { ...s, ends_at_zero: ends } : trimmed({ ...s, ends_at_zero: undefined });
    });
  }
  return withPart(draft, 'scoring', made);
}

/** A name in the settings of a scoring: as a value, in a list, or as what a table goes by. */
function renamedIn(value: unknown, old: string, name: string): unknown {
  if (value === old) return name;
  if (Array.isArray(value)) return value.map((one) => renamedIn(one, old, name));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]): [string, unknown] => [
    key === old ? name : key,
    // The register's name of a function and the words of people are no names of questions.
    ['kind', 'name', 'title', 'meaning', 'level', 'from'].includes(key) ? part : renamedIn(part, old, name),
  ]);
  return Object.fromEntries(entries);
}
