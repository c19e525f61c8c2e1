/** A database of the browser's, of unsent changes as a rule. What each holds is sealed; whose it is and of which case is not. */

export interface Row {
  /** The change's identifier. */
  id: string;
  /** Identifier of the key that it is sealed with. */
  owner: string;
  case: string;
  /** Which page sends it; see presence.ts. */
  page: string;
  iv: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}

const NAME = 'reading-room-unsent';
const STORE = 'changes';

export class Database {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(name = NAME): Promise<Database> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: 'id' }).createIndex('owner', 'owner');
    };
    return new Database(await answered(request));
  }

  /** All of it or nothing; resolves when it is on disk. */
  async write(put: readonly Row[], remove: readonly string[]): Promise<void> {
    const transaction = this.database.transaction(STORE, 'readwrite', { durability: 'strict' });
    const done = finished(transaction);
    const store = transaction.objectStore(STORE);
    for (const id of remove) store.delete(id);
    for (const row of put) store.put(row);
    // Asked for by name: a page that goes away now does not take it along.
    transaction.commit();
    await done;
  }

  of(owner: string): Promise<Row[]> {
    const store = this.database.transaction(STORE).objectStore(STORE);
    return answered<Row[]>(store.index('owner').getAll(owner));
  }
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
