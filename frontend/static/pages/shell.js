// On every page: live parts, questions before what can't be undone, and signing out.

import { keepFresh } from "./live.js";
import { guardSignOut } from "./sign_out.js";

keepFresh();

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  // data-all="name": every tick of that name in the form follows.
  const all = event.target.dataset.all;
  if (all) for (const tick of event.target.form.querySelectorAll(`[name="${all}"]`)) tick.checked = event.target.checked;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A menu of the top bar closes when one looks elsewhere; one opens at a time (their common name sees to that).
const openMenu = () => document.querySelector(".bar-menu[open]");
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const menu = openMenu();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
}
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && openMenu();
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

const signOut = document.querySelector("form[data-sign-out]");
if (signOut) guardSignOut(signOut);

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
