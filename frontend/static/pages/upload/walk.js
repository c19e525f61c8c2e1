// From a drop or a file dialog to a flat list of { name, file }, folders walked to the bottom.

const SYSTEM_FILES = new Set([".ds_store", "thumbs.db", "desktop.ini"]);

/** Whether an operating system left this file, not a scanner. */
export function isSystemFile(name) {
  const parts = name.toLowerCase().split("/");
  return SYSTEM_FILES.has(parts.at(-1)) || parts.at(-1).startsWith("._") || parts.includes("__macosx");
}

/** What was dropped. The entries must be taken before the first await: the browser empties the transfer then. */
export async function filesOfDrop(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.());
  if (entries.every((entry) => !entry)) return filesOfDialog(transfer.files);
  const found = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  return found.filter(({ name }) => !isSystemFile(name));
}

/** What was picked in a file or folder dialog. */
export function filesOfDialog(list) {
  return [...list]
    .map((file) => ({ name: file.webkitRelativePath || file.name, file }))
    .filter(({ name }) => !isSystemFile(name));
}

async function walk(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ name: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives at most 100 entries a call in Chromium, and an empty list at its end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const inner of some) await walk(inner, found);
  }
}
