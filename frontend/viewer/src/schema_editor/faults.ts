/** Faults told where they are: at their field, at the question in the list, and in a count above. */
import { slotId } from './fields';
import type { Fault } from './server';

/** The question that a path leads to; null for what is about the schema as a whole. */
export function questionOf(path: string): number | null {
  const found = /^form\.questions\[(\d+)\]/.exec(path);
  return found ? Number(found[1]) : null;
}

/** The nearest place among those on the page: its own, else that of what holds it. */
export function nearest(path: string, places: ReadonlySet<string>): string | null {
  let at = path;
  while (!places.has(at)) {
    const shorter = at.replace(/(\.[^.[\]]+|\[\d+\])$/, '');
    if (shorter === at) return places.has('') ? '' : null;
    at = shorter;
  }
  return at;
}

/** Tell every fault at its place within an element; those without one are given back. */
export function showFaults(root: HTMLElement, faults: readonly Fault[]): readonly Fault[] {
  const slots = new Map<string, HTMLElement>();
  for (const slot of root.querySelectorAll<HTMLElement>('[data-fault]')) slots.set(slot.dataset.fault ?? '', slot);
  const places = new Set(slots.keys());
  const told = new Map<string, string[]>();
  const left: Fault[] = [];
  for (const fault of faults) {
    const place = nearest(fault.path, places);
    if (place === null) left.push(fault);
    else told.set(place, [...(told.get(place) ?? []), fault.detail]);
  }
  for (const [place, slot] of slots) {
    const words = (told.get(place) ?? []).map(sentence).join(' ');
    if (slot.textContent !== words) slot.textContent = words;
    slot.hidden = words === '';
  }
  for (const field of root.querySelectorAll<HTMLElement>('[aria-describedby]')) {
    const wrong = told.has(field.dataset.path ?? '\0');
    if (wrong) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  }
  return left;
}

/** The field that a fault is about, on the page. */
export function fieldOf(root: HTMLElement, path: string): HTMLElement | null {
  const fields = [...root.querySelectorAll<HTMLElement>('[data-path]')];
  const places = new Set(fields.map((field) => field.dataset.path ?? ''));
  places.delete('');
  const place = nearest(path, places);
  if (place !== null) return fields.find((field) => field.dataset.path === place) ?? null;
  return (
    root
      .querySelector<HTMLElement>(`#${slotId(path)}`)
      ?.closest('section')
      ?.querySelector('input, select') ?? null
  );
}

function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
