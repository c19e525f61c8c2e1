import { describe, expect, it } from 'vitest';
import type { Manifest } from '../model/manifest';
import type { SchemaJson } from '../model/questions';
import type { Annotation, Answer } from '../model/reading';
import { Acts } from './acts';
import { addRange, answerTo, answerUnder, rangesOf, setAnswers, setOverride } from './answers';
import { drawAnswer } from './drawn_answers';
import { Places } from './places';
import { rangesOn, rangeWords } from './ranges';
import { Records } from './records';
import { changeSpan, spanOfRecord, spanWithEnd } from './spans';
import { breastsShown, CASE, ofBreast, ofFinding, targetOf } from './targets';
import { Ui } from './ui';
import { Workspace } from './workspace';

const schema = (key: string, applies_to: string, more: object = {}): SchemaJson =>
  ({
    key,
    version: 1,
    title: key,
    definition: {
      applies_to,
      form: {
        questions: [
          { name: 'sign', title: 'Bleed', kind: 'choice', options: [{ value: 'present', title: 'Present' }] },
          { name: 'outline', title: 'Outline', kind: 'draw', mark_kind: 'box' },
        ],
      },
    },
    ...more,
  }) as unknown as SchemaJson;

const frames = [0, 1, 2, 3].map((i) => ({ key: `f${i}` }));
const SCHEMAS = {
  ofCase: schema('case', 'case'),
  ofFinding: schema('finding', 'finding'),
  ofBreast: schema('breast', 'breast'),
  ofSlices: schema('slices', 'slices'),
};

function setUp(schemas: readonly SchemaJson[] = Object.values(SCHEMAS)) {
  const manifest = {
    case: { id: 'case', modality: 'CT' },
    reading: { may_annotate: true, locked: false },
    stacks: [{ key: 'stack', prior: 0, laterality: 'L', frames, kind: 'volume' }],
    schemas,
    finding_kinds: [{ value: 'lesion', label: 'Lesion' }],
  } as unknown as Manifest;
  const records = new Records();
  const queue = { take: () => undefined, touch: () => undefined, subscribe: () => undefined, waits: () => false };
  const acts = new Acts(manifest, new Workspace(records, queue as never, () => 0), new Ui(), 'me', new Map());
  return { acts, records, places: new Places(manifest), undo: () => acts.workspace.undo() };
}

const said = (sign: string) => ({ answers: { sign }, question: 'sign', typed: false });

describe('answers', () => {
  it('are kept apart by what they are about', () => {
    const { acts } = setUp();
    setAnswers(acts, SCHEMAS.ofCase, CASE, said('present'));
    setAnswers(acts, SCHEMAS.ofFinding, ofFinding('one'), said('present'));
    setAnswers(acts, SCHEMAS.ofBreast, ofBreast('L'), said('present'));
    expect(answerTo(acts, SCHEMAS.ofCase, CASE)?.finding).toBeNull();
    expect(answerTo(acts, SCHEMAS.ofFinding, ofFinding('two'))).toBeUndefined();
    expect(answerTo(acts, SCHEMAS.ofBreast, ofBreast('L'))?.breast).toBe('L');
    expect(answerTo(acts, SCHEMAS.ofBreast, ofBreast('R'))).toBeUndefined();
    expect(breastsShown(acts.manifest)).toEqual(['L']);
  });

  it('are one step with what went with a question, and so is a level chosen by hand', () => {
    const { acts, undo } = setUp();
    setAnswers(acts, SCHEMAS.ofCase, CASE, said('present'));
    setOverride(acts, SCHEMAS.ofCase, CASE, { level: 'TR5', reason: 'grew' });
    const answer = (): Answer | undefined => answerTo(acts, SCHEMAS.ofCase, CASE);
    expect(answer()?.override).toEqual({ level: 'TR5', reason: 'grew' });
    undo();
    expect(answer()?.override).toBeNull();
    expect(answer()?.answers).toEqual({ sign: 'present' });
    undo();
    expect(answer()).toBeUndefined();
  });

  it('go over to a newer version as far as it asks the same', () => {
    const older = schema('case', 'case', { current: false });
    const newer = schema('case', 'case', { version: 2, current: true });
    const { acts, undo } = setUp([older, newer]);
    const answers = { sign: 'absent', gone: 'x' };
    setAnswers(acts, older, CASE, { answers, question: 'sign', typed: false });
    answerUnder(acts, older, newer, CASE);
    expect(answerTo(acts, older, CASE)).toBeUndefined();
    expect(answerTo(acts, newer, CASE)?.answers).toEqual({});
    undo();
    expect(answerTo(acts, older, CASE)?.answers).toEqual(answers);
  });
});

describe('ranges of slices', () => {
  it('hold from one slice to another, are the same when made twice, and their ends move', () => {
    const { acts, places, records } = setUp();
    const id = addRange(acts, SCHEMAS.ofSlices, ['f1', 'f2']) as string;
    expect(addRange(acts, SCHEMAS.ofSlices, ['f1', 'f2'])).toBe(id);
    expect(rangesOf(acts, SCHEMAS.ofSlices)).toHaveLength(1);
    const target = targetOf(records.get('answer', id) as Answer);
    setAnswers(acts, SCHEMAS.ofSlices, target, said('present'));
    expect(rangesOf(acts, SCHEMAS.ofSlices)).toHaveLength(1);
    const after = spanWithEnd(acts, places, { mark: id, end: 'last', to: 9 });
    expect(after).toMatchObject({ first: 1, last: 3 });
    if (after) changeSpan(acts, places, id, after);
    expect(spanOfRecord(acts, places, id)).toMatchObject({ first: 1, last: 3 });
    const [range] = rangesOn('f3', acts, places);
    expect(range && rangeWords(range)).toBe('Bleed');
    expect(rangesOn('f0', acts, places)).toEqual([]);
  });
});

describe('questions that a mark answers', () => {
  it('take what is drawn next, of the kind that is asked, and lose it when it is deleted', () => {
    const { acts, undo } = setUp();
    const question = SCHEMAS.ofCase.definition.form.questions[1];
    if (!question) throw new Error('The schema asks for an outline.');
    acts.ui.set({ tool: 'select' });
    drawAnswer(acts, SCHEMAS.ofCase, CASE, question);
    expect(acts.ui.now.tool).toBe('box');
    const other = acts.addMark('f0', 'point', [[1, 1]]);
    expect(answerTo(acts, SCHEMAS.ofCase, CASE)).toBeUndefined();
    const mark = acts.addMark('f0', 'box', [
      [1, 1],
      [5, 5],
    ]) as string;
    expect(other).not.toBe(mark);
    expect(acts.workspace.records.get('annotation', mark)?.finding).toBeNull();
    expect(acts.ui.now).toMatchObject({ drawFor: null, tool: 'select' });
    const outline = () => answerTo(acts, SCHEMAS.ofCase, CASE)?.answers.outline;
    expect(outline()).toEqual([mark]);
    acts.deleteMark(mark);
    expect(outline()).toBeUndefined();
    undo();
    expect(outline()).toEqual([mark]);
    undo();
    const drawn = acts.workspace.records.get('annotation', mark) as Annotation;
    expect([drawn.deleted, outline()]).toEqual([true, undefined]);
  });
});
