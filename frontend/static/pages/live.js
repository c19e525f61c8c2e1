// Keeps a part of a page fresh by asking the server for it again and changing in place only what differs:
// rows don't jump, the keyboard focus and what is marked with the mouse stay where they are.

const LONGEST_WAIT = 30000;

/** Begin to refresh every element with data-live="address" data-every="milliseconds". */
export function keepFresh(root = document) {
  for (const element of root.querySelectorAll("[data-live]")) refreshFromNowOn(element);
}

function refreshFromNowOn(element) {
  const every = Number(element.dataset.every || 1500);
  let wait = every;

  const turn = async () => {
    if (element.querySelector("[data-settled]")) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(element.dataset.live, { credentials: "same-origin", cache: "no-store" });
        if (answer.redirected || answer.status === 401 || answer.status === 403) {
          say(element, "You were signed out: reload the page to sign in again.");
          return;
        }
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        put(element, await answer.text());
        // The rest of the page says something else by now: the part asks for all of it.
        if (element.querySelector("[data-reload]")) return location.reload();
        say(element, "");
        wait = every;
      } catch {
        wait = Math.min(wait * 2, LONGEST_WAIT);
        say(element, "The server does not answer: what you see may be old. Trying again.");
      }
    }
    setTimeout(turn, wait);
  };
  setTimeout(turn, every);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) wait = every;
  });
}

function put(element, html) {
  const fresh = document.createElement("div");
  // The answer is our own template's; innerHTML runs no scripts and the content security policy forbids inline ones.
  fresh.innerHTML = html;
  adapt(element, fresh, true);
}

/** Say something beside a live part, or take it back. */
function say(element, words) {
  let note = element.previousElementSibling;
  if (!note?.matches("[data-live-note]")) {
    if (!words) return;
    note = document.createElement("p");
    note.dataset.liveNote = "";
    note.className = "notice warning";
    note.setAttribute("role", "status");
    element.before(note);
  }
  note.textContent = words;
  note.hidden = !words;
}

/** Make `old` look like `fresh`, keeping every node that can stay. Children with data-key are matched by it. */
export function adapt(old, fresh, childrenOnly = false) {
  if (!childrenOnly) adaptAttributes(old, fresh);
  if (old.dataset?.keep !== undefined) return;
  const keyed = new Map();
  for (const child of old.children) if (child.dataset.key) keyed.set(child.dataset.key, child);

  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = wanted.dataset?.key;
    let match = key ? keyed.get(key) : isLike(place, wanted) ? place : null;
    if (!match) {
      old.insertBefore(wanted, place);
      continue;
    }
    keyed.delete(key);
    if (match === place) place = place.nextSibling;
    else old.insertBefore(match, place);
    if (match.nodeType === Node.TEXT_NODE) {
      if (match.data !== wanted.data) match.data = wanted.data;
    } else if (match.nodeType === Node.ELEMENT_NODE) {
      adapt(match, wanted);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function isLike(node, wanted) {
  if (!node || node.nodeType !== wanted.nodeType) return false;
  if (node.nodeType !== Node.ELEMENT_NODE) return true;
  return node.tagName === wanted.tagName && !node.dataset.key;
}

function adaptAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    // Whether a person opened a disclosure is theirs, not the server's.
    if (!fresh.hasAttribute(name) && !(old.tagName === "DETAILS" && name === "open")) old.removeAttribute(name);
  }
  if (old.tagName === "PROGRESS") old.value = fresh.value;
}
