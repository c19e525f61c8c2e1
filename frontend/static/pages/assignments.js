// Says before the button is pressed how many readings it will make, and shows the seed only where it is used.

const form = document.querySelector("form[data-assign]");

function counted(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

if (form?.querySelector("[data-preview]")) {
  const all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("input[name=cases]")];
  const preview = form.querySelector("[data-preview]");
  const button = form.querySelector("button.primary");
  const order = form.querySelector("select[name=order]");
  const seed = form.querySelector("[data-seed]");

  const show = () => {
    const cases = boxes.filter((box) => box.checked).length;
    const readers = form.querySelectorAll("input[name=readers]:checked").length;
    preview.textContent =
      cases && readers
        ? `${counted(cases, "case")} for ${counted(readers, "reader")}: ${counted(cases * readers, "reading")}`
        : "Choose cases and readers.";
    button.disabled = !(cases && readers);
    all.checked = cases > 0 && cases === boxes.length;
    all.indeterminate = cases > 0 && cases < boxes.length;
    seed.hidden = order.value !== "shuffled";
  };

  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    show();
  });
  window.addEventListener("pageshow", show);
  show();
}
