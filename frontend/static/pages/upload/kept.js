// Files that still have to be sent, kept in the browser's own database, so that a reload goes on where it stopped.

const DATABASE = "reading-room-uploads";
const BATCH = 25;
const LARGEST_KEPT = 4e9;
const SHARE_OF_QUOTA = 0.4;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

async function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("intakes", { keyPath: "id" });
    request.result.createObjectStore("files", { keyPath: ["intake", "name"] });
  };
  const database = await asked(request);
  // Whoever signs out takes it away, and need not wait until every page that has it open is closed.
  database.onversionchange = () => database.close();
  return database;
}

/** Take the whole database away. Never fails: a browser without one has nothing to forget. */
export async function forgetEverything() {
  try {
    await asked(indexedDB.deleteDatabase(DATABASE));
  } catch {
    // nothing was kept
  }
}

/** Whether this many bytes should be kept: a copy of a whole archive would fill the disk. */
export async function roomFor(bytes) {
  try {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    return bytes <= Math.min(LARGEST_KEPT, (quota - usage) * SHARE_OF_QUOTA);
  } catch {
    return false;
  }
}

export class Kept {
  constructor(database) {
    this.database = database;
  }

  /** The database, or null where the browser has none (private windows of some browsers). */
  static async open() {
    try {
      return new Kept(await open());
    } catch {
      return null;
    }
  }

  /** Intakes of this person that were not finished, newest first: [{ id, person, files: [{ name, size }] }]. */
  async intakes(person) {
    const rows = await asked(this.database.transaction("intakes").objectStore("intakes").getAll());
    return rows.filter((row) => row.person === person).sort((a, b) => b.at - a.at);
  }

  async saveIntake(intake) {
    const transaction = this.database.transaction("intakes", "readwrite");
    transaction.objectStore("intakes").put(intake);
    await finished(transaction);
  }

  /** Keep files, some at a time; `isWanted(name)` is asked again before each batch: what was sent needs no keeping. */
  async saveFiles(intake, items, isWanted) {
    for (let start = 0; start < items.length; start += BATCH) {
      const batch = items.slice(start, start + BATCH).filter(({ name }) => isWanted(name));
      if (!batch.length) continue;
      const transaction = this.database.transaction("files", "readwrite");
      for (const { name, file } of batch) transaction.objectStore("files").put({ intake, name, file });
      await finished(transaction);
    }
  }

  async fileNames(intake) {
    const range = IDBKeyRange.bound([intake], [intake, []]);
    const keys = await asked(this.database.transaction("files").objectStore("files").getAllKeys(range));
    return new Set(keys.map(([, name]) => name));
  }

  async file(intake, name) {
    const row = await asked(this.database.transaction("files").objectStore("files").get([intake, name]));
    return row?.file ?? null;
  }

  async forgetFile(intake, name) {
    const transaction = this.database.transaction("files", "readwrite");
    transaction.objectStore("files").delete([intake, name]);
    await finished(transaction);
  }

  async forgetIntake(intake) {
    const transaction = this.database.transaction(["intakes", "files"], "readwrite");
    transaction.objectStore("intakes").delete(intake);
    transaction.objectStore("files").delete(IDBKeyRange.bound([intake], [intake, []]));
    await finished(transaction);
  }
}
