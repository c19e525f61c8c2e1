/** What is not saved yet is kept in this browser, until it is saved or thrown away. A schema holds nothing of patients. */
import { type Draft, isDrawable } from './draft';

export interface Kept {
  draft: Draft;
  /** Of the server's draft that it was made from. */
  revision: number;
}

export class Keeper {
  private readonly name: string;

  constructor(
    person: string,
    key: string,
    private readonly storage: Storage | null = storageOf(),
  ) {
    this.name = `reading-room.schema-draft.${person}.${key}`;
  }

  keep(kept: Kept): void {
    try {
      this.storage?.setItem(this.name, JSON.stringify(kept));
    } catch {
      // A full or forbidden store: the page still says that it is not saved.
    }
  }

  kept(): Kept | null {
    try {
      const value = JSON.parse(this.storage?.getItem(this.name) ?? 'null') as Kept | null;
      return value && typeof value.revision === 'number' && isDrawable(value.draft) ? value : null;
    } catch {
      return null;
    }
  }

  forget(): void {
    try {
      this.storage?.removeItem(this.name);
    } catch {
      // There was nothing to forget.
    }
  }
}

function storageOf(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
