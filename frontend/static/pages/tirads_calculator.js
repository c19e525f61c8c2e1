// Asks the server after every answer, so that one rule computes for the page, for programs and for readers.

const form = document.querySelector("form[data-calculator]");
const results = form.querySelector("[data-results]");
const help = form.querySelector("[data-option-help]");
const empty = "Choose a feature in each category.";
let asked = 0;

form.querySelector("[data-calculate]").hidden = true;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(calculate));
form.addEventListener("input", (event) => {
  keepNoneAlone(event.target);
  calculate();
});
help.hidden = false;
for (const kind of ["focusin", "pointerover"]) {
  form.addEventListener(kind, (event) => {
    const option = event.target.closest("[data-help]");
    if (option) help.textContent = option.dataset.help;
  });
}
if ([...new FormData(form).values()].some(Boolean)) calculate();

// "None" goes when another is chosen, and others go when "none" is.
function keepNoneAlone(changed) {
  if (changed.type !== "checkbox" || !changed.checked) return;
  const alone = "excludesOthers" in changed.dataset;
  for (const box of form.querySelectorAll(`input[name="${changed.name}"]`)) {
    if (box !== changed && (alone || "excludesOthers" in box.dataset)) box.checked = false;
  }
}

function entered() {
  const features = {};
  for (const field of form.querySelectorAll("input:checked")) {
    if (field.type === "checkbox") (features[field.name] ??= []).push(field.value);
    else features[field.name] = field.value;
  }
  const size = form.querySelector("input[type=number]").value;
  return { features, size_mm: size === "" ? null : Number(size) };
}

async function calculate() {
  const turn = ++asked;
  const body = entered();
  if (Object.keys(body.features).length === 0) return show(line("soft", empty));
  try {
    const answer = await fetch(form.dataset.calculator, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const told = await answer.json();
    // An earlier question that is answered later must not replace a newer answer.
    if (turn !== asked) return;
    if (!answer.ok) return show(line("notice error", told.detail));
    show(sideBySide(Object.values(told.systems)), lines(told.explanation), ...missing(told.missing));
  } catch {
    if (turn === asked) show(line("notice error", "The server can't be reached. Check the connection and change an answer to try again."));
  }
}

function show(...parts) {
  results.replaceChildren(...parts);
}

function sideBySide(systems) {
  const made = document.createElement("div");
  made.className = "side-by-side";
  made.append(...systems.map(section));
  return made;
}

function section(system) {
  const made = document.createElement("section");
  const title = document.createElement("h2");
  title.textContent = system.title;
  const points = system.points === 1 ? "1 point" : `${system.points} points`;
  made.append(title, line("level", system.level ? `${system.level} · ${points}` : "–"), line("", system.recommendation));
  return made;
}

function lines(texts) {
  const made = document.createElement("ul");
  for (const text of texts) {
    const item = document.createElement("li");
    item.textContent = text;
    made.append(item);
  }
  return made;
}

function missing(titles) {
  return titles.length ? [line("soft", `Still to answer: ${titles.join(", ")}`)] : [];
}

function line(kind, text) {
  const made = document.createElement("p");
  made.className = kind;
  made.textContent = text;
  return made;
}
