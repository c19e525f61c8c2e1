/** Two keys one after the other: what the next key means, once. */

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'CapsLock']);

/** Take the next key when it is wanted; Escape calls it off, and any other key or a press of the mouse ends it. */
export function takeNextKey(wanted: (key: string) => boolean, done: (key: string) => void): void {
  const stop = (): void => {
    window.removeEventListener('keydown', press, { capture: true });
    window.removeEventListener('pointerdown', stop, { capture: true });
  };
  const press = (event: KeyboardEvent): void => {
    if (MODIFIERS.has(event.key)) return;
    stop();
    const takes = wanted(event.key);
    if (!takes && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (takes) done(event.key);
  };
  window.addEventListener('keydown', press, { capture: true });
  window.addEventListener('pointerdown', stop, { capture: true });
}
