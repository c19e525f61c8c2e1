// What a question finds is counted while it is written; nothing is saved by that.

const WAIT_MS = 500;
const form = document.querySelector("form[data-question]");
const counts = document.querySelector("[data-counts]");
let timer = 0;
let latest = null;

async function count() {
  latest?.abort();
  latest = new AbortController();
  const asked = new FormData(form);
  asked.set("then", "count");
  asked.set("part", "counts");
  counts.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action || location.href, {
      method: "POST",
      body: asked,
      credentials: "same-origin",
      signal: latest.signal,
    });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    counts.innerHTML = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") return;
    const words = document.createElement("p");
    words.className = "notice error";
    words.textContent = `This can't be counted now. ${error.message}`;
    counts.replaceChildren(words);
  }
  counts.removeAttribute("aria-busy");
}

form?.addEventListener("input", () => {
  document.querySelector("[data-note]").textContent = "Counted, not saved.";
  document.querySelector("[data-freeze]").disabled = true;
  document.querySelector("[data-save-first]").hidden = false;
  clearTimeout(timer);
  timer = setTimeout(count, WAIT_MS);
});
