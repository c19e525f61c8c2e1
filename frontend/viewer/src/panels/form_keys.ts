/** Which key means which option of a question, and where a key leads in a form. Pure. */
import type { FormOption, FormQuestion } from '../model/questions';
import { layoutFor } from './form_rules';

/** What stands beside each option as its key: its own, its code's letters, or its number. */
export function hotKeys(options: readonly FormOption[]): string[] {
  const coded = layoutFor(options) === 'codes';
  return options.map((option, i) => {
    if (option.key) return option.key.toUpperCase();
    if (coded) return option.title.startsWith(`${option.value} `) ? String(option.value) : initial(option);
    return i < 9 ? String(i + 1) : initial(option);
  });
}

export interface Typed {
  index: number;
  /** No longer code begins like this: the answer is given, and the next question may be asked. */
  sure: boolean;
  /** What was typed so far, where more may come. */
  typed: string;
}

/**
 * The option that a key means, after what was typed just before: "4" then "b" is BI-RADS 4B.
 *
 * A key of its own or a code first, then the number of its place; null for none.
 */
export function optionForKey(options: readonly FormOption[], key: string, before: string): Typed | null {
  const keys = hotKeys(options).map((k) => k.toLowerCase());
  const pressed = key.toLowerCase();
  for (const typed of before ? [before + pressed, pressed] : [pressed]) {
    const index = keys.indexOf(typed);
    if (index < 0) continue;
    const longer = keys.some((k) => k !== typed && k.startsWith(typed));
    return { index, sure: !longer, typed: longer ? typed : '' };
  }
  const place = /^[1-9]$/.test(pressed) && layoutFor(options) !== 'codes' ? Number(pressed) - 1 : -1;
  return options[place] ? { index: place, sure: true, typed: '' } : null;
}

/** The next option whose title begins with a letter. */
export function optionByInitial(options: readonly FormOption[], key: string, current: number): Typed | null {
  const pressed = key.toLowerCase();
  const begins = (option: FormOption | undefined): boolean => option?.title.toLowerCase().startsWith(pressed) ?? false;
  for (let step = 1; step <= options.length; step++) {
    const index = (current + step + options.length) % options.length;
    if (begins(options[index])) return { index, sure: options.filter(begins).length === 1, typed: '' };
  }
  return null;
}

export type Lead = 'option-before' | 'option-after' | 'question-before' | 'question-after' | null;

/** Where an arrow leads: along the options as they stand, across to the other questions. */
export function leadOf(key: string, question: FormQuestion, options: readonly FormOption[]): Lead {
  const typed = question.kind === 'text' || question.kind === 'number';
  if (typed) return key === 'ArrowDown' ? 'question-after' : key === 'ArrowUp' ? 'question-before' : null;
  const [back, on] = layoutFor(options) === 'list' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
  if (key === back) return 'option-before';
  if (key === on) return 'option-after';
  if (key === 'ArrowUp' || key === 'ArrowLeft') return 'question-before';
  if (key === 'ArrowDown' || key === 'ArrowRight') return 'question-after';
  return null;
}

function initial(option: FormOption): string {
  return option.title.slice(0, 1).toUpperCase();
}
