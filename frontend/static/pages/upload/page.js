// The page that brings files in: drop zone, dialogs, progress, errors, and going on after a reload.

import { IntakeApi, Refused } from "./api.js";
import { Kept, roomFor } from "./kept.js";
import { Sender } from "./sender.js";
import { filesOfDialog, filesOfDrop } from "./walk.js";
import { UploadView } from "./view.js";

const SEAL_AGAIN_AFTER = 3000;
const root = document.querySelector("[data-upload]");
const person = root.dataset.person;
const api = new IntakeApi(root.dataset.api, root.querySelector("input[name=csrfmiddlewaretoken]").value);
const view = new UploadView(root);
const ready = Kept.open();
const TOPS_SHOWN = 3;

/** The intake that is open: its sender, its files by name in this page, and the names known before a reload. */
let current = null;

/** Drops and choices that are still being looked through, in a queue, and how many. */
let drops = Promise.resolve();
let waitingDrops = 0;

async function openIntake(items) {
  const { id } = await api.start(sourceOf(items), items.length);
  return begin(id);
}

/** What was dropped, for the list of intakes: "ct_chest", or "a.zip, b.zip, c.zip and 4 more". */
function sourceOf(items) {
  const tops = [...new Set(items.map(({ name }) => name.split("/")[0]))];
  const shown = tops.slice(0, TOPS_SHOWN).join(", ").slice(0, 150).trim() || "upload";
  return tops.length > TOPS_SHOWN ? `${shown} and ${tops.length - TOPS_SHOWN} more` : shown;
}

async function begin(id) {
  const kept = await ready;
  const here = new Map();
  const sender = new Sender(api, id, async (name) => here.get(name) ?? (await kept?.file(id, name)) ?? null);
  const intake = { id, sender, here, known: new Set(), lost: new Set(), expected: 0, batchesToKeep: 0, isTooLarge: !kept, sealing: null };
  sender.addEventListener("change", () => show(intake));
  sender.addEventListener("sent", ({ detail }) => kept?.forgetFile(id, detail).catch(() => {}));
  sender.addEventListener("idle", () => sealWhenComplete(intake));
  return intake;
}

/** Take drops and choices one after another: two at once must not open two intakes, nor one be lost to a seal. */
function bringIn(finding) {
  waitingDrops += 1;
  finding.catch(() => {}); // said below, when its turn comes
  drops = drops.then(async () => {
    try {
      await addToIntake(await finding);
    } catch (error) {
      view.say(error instanceof Refused ? error.message : "What you dropped can't be read. Was it moved, or the disk removed?");
    }
    waitingDrops -= 1;
  });
}

async function addToIntake(items) {
  view.say("");
  if (!items.length) {
    view.say("There was no file in what you dropped.");
    return;
  }
  await current?.sealing;
  current ??= await openIntake(items);
  const fresh = take(current, items);
  keep(current, fresh);
  if (!fresh.length && current.sender.isIdle) sealWhenComplete(current);
  current.sender.start();
}

/** Add what is new. After a reload the names that have arrived are skipped; else a second file of the same name,
 * which a file dialog gives without its folder, must not count as the first. */
function take(intake, items) {
  const { sender, here, known, lost } = intake;
  const fresh = [];
  for (const { name, file } of items) {
    let unique = name;
    if (known.has(name)) {
      if (sender.sent.has(name) && sender.sizes.get(name) === file.size) continue;
      if (!lost.has(name) && !sender.failed.has(name) && !sender.sent.has(name)) continue;
    } else if (here.has(name)) {
      const before = here.get(name);
      const isSame = before.size === file.size && before.lastModified === file.lastModified;
      if (isSame && name.includes("/")) continue;
      for (let number = 2; here.has(unique); number += 1) unique = `${name} (${number})`;
    }
    lost.delete(unique);
    here.set(unique, file);
    sender.add(unique, file.size);
    fresh.push({ name: unique, file });
  }
  return fresh;
}

/** Copy what still has to be sent into the browser's database, so that a reload can go on by itself. */
async function keep(intake, items) {
  const kept = await ready;
  const { sender, id } = intake;
  intake.batchesToKeep += 1;
  try {
    await kept.saveIntake({
      id,
      person,
      at: Date.now(),
      files: [...sender.sizes].map(([name, size]) => ({ name, size })),
    });
    if (await roomFor(sender.totals.bytes)) await kept.saveFiles(id, items, (name) => !sender.sent.has(name));
    else intake.isTooLarge = true;
  } catch {
    // No database, or the disk is full: the same folder has to be dropped again after a reload, and the page says so.
    intake.isTooLarge = true;
  }
  intake.batchesToKeep -= 1;
  show(intake);
}

function show(intake) {
  view.show(intake.sender, { missing: missing(intake), isKept: isKept(intake) });
}

function isKept(intake) {
  return !intake.isTooLarge && intake.batchesToKeep === 0;
}

/** How many files the first drop held that neither arrived nor wait here. */
function missing({ sender, lost, expected }) {
  return Math.max(lost.size, expected - sender.sizes.size);
}

async function sealWhenComplete(intake) {
  if (intake.sender.failed.size || missing(intake) || !intake.sender.isIdle) {
    show(intake);
    return;
  }
  await seal(intake);
}

function seal(intake) {
  intake.sealing ??= finish(intake).finally(() => {
    intake.sealing = null;
  });
  return intake.sealing;
}

async function finish(intake) {
  for (;;) {
    try {
      await api.seal(intake.id);
      break;
    } catch (error) {
      if (!error.isPassing) {
        view.say(error.message);
        return;
      }
      view.say("Everything has arrived, but the server does not answer. Trying again.");
      await new Promise((resolve) => setTimeout(resolve, SEAL_AGAIN_AFTER));
    }
  }
  await (await ready)?.forgetIntake(intake.id).catch(() => {});
  current = null;
  if (waitingDrops === 0) window.location.assign(`${root.dataset.intakes}${intake.id}/`);
  else view.say("One upload has arrived and is being sorted in; the next goes on here.");
}

/** Go on with an intake that was not finished when the page was left. */
async function goOn(id, kept) {
  const status = await api.status(id);
  if (status.sealed_at) {
    await kept?.forgetIntake(id);
    return false;
  }
  const row = (await kept?.intakes(person))?.find((intake) => intake.id === id);
  const stored = (await kept?.fileNames(id)) ?? new Set();
  current = await begin(id);
  for (const { name, byte_size } of status.received) {
    current.sender.noteArrived(name, byte_size);
    current.known.add(name);
  }
  if (!row) current.expected = status.expected_files ?? 0;
  for (const { name, size } of row?.files ?? []) {
    current.known.add(name);
    if (current.sender.sent.has(name)) continue;
    if (stored.has(name)) current.sender.add(name, size);
    else {
      current.sender.sizes.set(name, size);
      current.lost.add(name);
    }
  }
  view.say(
    missing(current)
      ? ""
      : `Going on with an upload that was interrupted: ${status.received.length} files had arrived already.`,
  );
  if (current.sender.waiting.length) current.sender.start();
  else if (row) await sealWhenComplete(current);
  show(current);
  return true;
}

async function start() {
  const kept = await ready;
  const asked = root.dataset.continue;
  const candidates = asked ? [asked] : ((await kept?.intakes(person)) ?? []).map(({ id }) => id);
  for (const id of candidates) {
    try {
      if (await goOn(id, kept)) return;
    } catch (error) {
      if (error instanceof Refused && error.status === 404) await kept?.forgetIntake(id);
      else view.say(`An interrupted upload could not be continued: ${error.message}`);
    }
  }
}

root.addEventListener("dragover", (event) => {
  event.preventDefault();
  view.isOver = true;
});
root.addEventListener("dragleave", (event) => {
  if (!root.contains(event.relatedTarget)) view.isOver = false;
});
root.addEventListener("drop", (event) => {
  event.preventDefault();
  view.isOver = false;
  view.say("Looking through the folders …");
  bringIn(filesOfDrop(event.dataTransfer));
});
for (const input of root.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    bringIn(Promise.resolve(filesOfDialog(input.files)));
    input.value = "";
  });
}
// A drop beside the zone must not make the browser open the file and leave the page.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());

root.querySelector("[data-try-now]").addEventListener("click", () => current?.sender.tryNow());
root.querySelector("[data-go-on]").addEventListener("click", () => current?.sender.start());
root.querySelector("[data-retry-failed]").addEventListener("click", () => current?.sender.retryFailed());
root.querySelector("[data-seal]").addEventListener("click", () => current && seal(current));
window.addEventListener("beforeunload", (event) => {
  if (current && !isKept(current) && !current.sender.isIdle) event.preventDefault();
});

await start();
root.dataset.ready = "";
