/** The hanging that a person used last for a modality, kept in this browser. */

const address = (person: string, modality: string): string => `reading-room.hanging.${person}.${modality}`;

export function lastHanging(person: string, modality: string): string | null {
  try {
    return window.localStorage.getItem(address(person, modality));
  } catch {
    return null;
  }
}

export function rememberHanging(person: string, modality: string, key: string): void {
  try {
    window.localStorage.setItem(address(person, modality), key);
  } catch {
    // A browser that keeps nothing opens every case with what fits best.
  }
}
