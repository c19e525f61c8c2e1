/** The small buttons at the end of a row: up, down, out. */
import { button } from './fields';

export interface RowActs {
  move(to: number): void;
  remove(): void;
}

export function moveButtons(what: string, at: number, count: number, path: string, acts: RowActs): HTMLElement[] {
  return [
    button('↑', () => acts.move(at - 1), {
      class: 'small icon',
      name: `Move ${what} up`,
      title: 'Up (Alt+↑)',
      path: `${path}.up`,
      disabled: at === 0,
    }),
    button('↓', () => acts.move(at + 1), {
      class: 'small icon',
      name: `Move ${what} down`,
      title: 'Down (Alt+↓)',
      path: `${path}.down`,
      disabled: at === count - 1,
    }),
    button('✕', () => acts.remove(), {
      class: 'small icon',
      name: `Remove ${what}`,
      title: 'Remove (Ctrl+Z takes it back)',
      path: `${path}.remove`,
    }),
  ];
}
