// The catalogue: ticks that survive turning pages and changing the filter (in this tab only), and the keyboard.

const filters = document.querySelector("form[data-filters]");
const form = document.querySelector("form[data-choose]");
if (filters) filtering(filters);
if (form) {
  choosing(form);
  walking(form);
}

// What is not asked doesn't stand in the address.
function filtering(form) {
  const search = form.querySelector("[data-search]");

  form.addEventListener("submit", () => {
    const defaults = { order: "newest", size: "25" };
    for (const field of form.elements) {
      if (field.name && (field.value === "" || field.value === defaults[field.name])) field.disabled = true;
    }
  });
  // Back shows the page as it was left: with its fields switched off.
  window.addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || isTyping(event)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
}

function isTyping(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea");
}

// Up and down go from study to study, Enter opens (the focus is on a link), Space ticks.
function walking(form) {
  const links = [...form.querySelectorAll("a[data-open]")];

  document.addEventListener("keydown", (event) => {
    if (isTyping(event)) return;
    const row = document.activeElement.closest?.("tr");
    const here = links.findIndex((link) => row?.contains(link));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
      links[next].focus();
      links[next].closest("tr").scrollIntoView({ block: "nearest" });
    } else if (event.key === " " && here >= 0 && document.activeElement === links[here]) {
      event.preventDefault();
      row.querySelector("input[name=study]").click();
    }
  });
}

function choosing(form) {
  const KEY = "reading-room:chosen-studies";
  const chosen = new Set(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  const boxes = [...form.querySelectorAll("input[name=study]")];
  const all = form.querySelector("[data-all-on-page]");
  const everything = form.querySelector("input[name=all_found]");
  const count = form.querySelector("[data-count]");
  const clear = form.querySelector("[data-clear]");

  function show() {
    for (const box of boxes) box.checked = chosen.has(box.value);
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    const asksAll = everything?.checked;
    count.textContent = asksAll
      ? `All ${Number(everything.dataset.total).toLocaleString("en")} studies that the filter finds`
      : `${chosen.size.toLocaleString("en")} ${chosen.size === 1 ? "study" : "studies"} chosen`;
    clear.hidden = chosen.size === 0;
    for (const button of form.querySelectorAll("button[name=then]")) button.disabled = chosen.size === 0 && !asksAll;
    sessionStorage.setItem(KEY, JSON.stringify([...chosen]));
  }

  function tick(box) {
    if (box.checked) chosen.add(box.value);
    else chosen.delete(box.value);
  }

  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) (box.checked = all.checked), tick(box);
    else if (event.target.name === "study") tick(event.target);
    show();
  });

  // A row of the table is a large target for a small box; links and words that are being marked stay themselves.
  form.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-tick]");
    if (!cell || event.target.closest("input, a")) return;
    const box = cell.querySelector("input");
    box.checked = !box.checked;
    tick(box);
    show();
  });

  clear.addEventListener("click", () => {
    chosen.clear();
    show();
  });

  form.addEventListener("submit", (event) => {
    const here = new Set(boxes.map((box) => box.value));
    for (const value of chosen) {
      if (here.has(value)) continue;
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "study", value });
      form.append(input);
    }
    // After a tag or a collection the same studies may be wanted again; an export or an assignment takes them along.
    if (event.submitter?.dataset.leaves !== undefined) sessionStorage.removeItem(KEY);
  });

  window.addEventListener("pageshow", show);
  show();
}
