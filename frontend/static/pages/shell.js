// On every page: live parts, questions before what can't be undone, and forgetting kept files at sign-out.

import { forgetEverything } from "./upload/kept.js";
import { keepFresh } from "./live.js";

keepFresh();

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// Files that wait in this browser to be sent belong to whoever dropped them: the next person must not find them.
const signOut = document.querySelector("form[data-sign-out]");
signOut?.addEventListener("submit", async (event) => {
  event.preventDefault();
  await Promise.race([forgetEverything(), new Promise((resolve) => setTimeout(resolve, 1000))]);
  signOut.submit();
});

// A picture that can't be had says so instead of showing a broken image.
document.addEventListener(
  "error",
  (event) => {
    if (!event.target.matches?.("img.picture")) return;
    const words = document.createElement("span");
    words.className = `${event.target.className} picture-none`;
    words.textContent = "no picture";
    event.target.replaceWith(words);
  },
  true,
);
