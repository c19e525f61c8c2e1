// The ticks of the catalogue survive turning pages and changing the filter, in this tab only.

const form = document.querySelector("form[data-choose]");
if (form) choosing(form);

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
      ? `All ${everything.dataset.total} studies that the filter finds`
      : `${chosen.size} ${chosen.size === 1 ? "study" : "studies"} chosen`;
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

  form.addEventListener("submit", () => {
    const here = new Set(boxes.map((box) => box.value));
    for (const value of chosen) {
      if (here.has(value)) continue;
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "study", value });
      form.append(input);
    }
    sessionStorage.removeItem(KEY);
  });

  window.addEventListener("pageshow", show);
  show();
}
