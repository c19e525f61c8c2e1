// The look at burned-in text: boxes to click or drag, frames to go through, one key a decision.

import { boxOfDrag, Marking } from "./marking.js";

const room = document.querySelector("[data-review]");
const svg = room.querySelector("[data-boxes]");
const picture = room.querySelector("[data-picture]");
const slider = room.querySelector("[data-frame]");
const undoButton = room.querySelector("[data-undo]");
const words = room.querySelector("[data-marked-words]");
const decide = room.querySelector("[data-decide]");
const size = { columns: Number(room.dataset.columns), rows: Number(room.dataset.rows) };
const suspected = JSON.parse(room.dataset.suspected);
const hint = words.textContent;
const marking = new Marking();
const isLikely = (box) => box.score >= Number(room.dataset.likely);

function rect(box, kind) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  drawn.setAttribute("x", box.column);
  drawn.setAttribute("y", box.row);
  drawn.setAttribute("width", box.columns);
  drawn.setAttribute("height", box.rows);
  drawn.setAttribute("class", kind);
  return drawn;
}

function button(box, kind, label) {
  const drawn = rect(box, kind);
  drawn.setAttribute("tabindex", "0");
  drawn.setAttribute("role", "button");
  drawn.setAttribute("aria-pressed", String(marking.isMarked(box)));
  drawn.setAttribute("aria-label", label);
  drawn.box = box;
  return drawn;
}

function show() {
  const boxes = suspected
    .filter((box) => !marking.isMarked(box))
    .map((box, index) => {
      const kind = isLikely(box) ? "suspected" : "suspected unlikely";
      return button(box, kind, `Suspected text ${index + 1}, row ${box.row}`);
    });
  const marked = marking.regions.map((box) => button(box, "marked", `Marked for blanking, row ${box.row}`));
  svg.replaceChildren(...boxes, ...marked);
  const count = marking.regions.length;
  for (const field of room.querySelectorAll("[data-regions]")) field.value = JSON.stringify(marking.regions);
  for (const needing of room.querySelectorAll('[data-needs-regions], button[value="blanked"]'))
    needing.disabled = count === 0;
  undoButton.disabled = !marking.canUndo;
  words.textContent = count === 0 ? hint : `${count} region${count === 1 ? "" : "s"} marked for blanking in every frame.`;
}

function change(step) {
  step();
  show();
}

// Dragging and clicking.

let drag = null;

function pointOf(event) {
  const inside = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return { column: inside.x, row: inside.y };
}

svg.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  svg.setPointerCapture(event.pointerId);
  drag = { start: pointOf(event), target: event.target, shape: null };
});

svg.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const box = boxOfDrag(drag.start, pointOf(event), size);
  drag.shape?.remove();
  drag.shape = box && rect(box, "drawn");
  if (drag.shape) svg.append(drag.shape);
});

svg.addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { start, target, shape } = drag;
  drag = null;
  shape?.remove();
  const box = boxOfDrag(start, pointOf(event), size);
  if (box) change(() => marking.add([box]));
  else if (target.box) change(() => marking.toggle(target.box));
});

svg.addEventListener("pointercancel", () => {
  drag?.shape?.remove();
  drag = null;
});

// Frames.

function showFrame(number) {
  const wanted = Math.min(Math.max(1, number), Number(room.dataset.frames));
  if (slider) {
    slider.value = String(wanted);
    room.querySelector("[data-frame-number]").textContent = String(wanted);
  }
  picture.src = `${room.dataset.frameRoot}${wanted}`;
  picture.alt = `Frame ${wanted} as it is stored`;
}

picture.addEventListener("load", () => {
  room.querySelector("[data-broken]").hidden = true;
});
picture.addEventListener("error", () => {
  room.querySelector("[data-broken]").hidden = false;
});
slider?.addEventListener("input", () => showFrame(Number(slider.value)));

// Keys.

undoButton.addEventListener("click", () => change(() => marking.undo()));
const likely = suspected.filter(isLikely);
const markLikely = () => change(() => marking.add(likely));
room.querySelector("[data-mark-likely]")?.addEventListener("click", markLikely);

function submit(key) {
  const chosen = decide.querySelector(`[data-key="${key}"]`);
  if (!chosen.disabled) decide.requestSubmit(chosen);
}

function go(address) {
  if (address) window.location.assign(address);
}

const actions = {
  Enter: () => submit("Enter"),
  n: () => submit("n"),
  w: () => submit("w"),
  u: () => change(() => marking.undo()),
  a: markLikely,
  ArrowLeft: () => slider && showFrame(Number(slider.value) - 1),
  ArrowRight: () => slider && showFrame(Number(slider.value) + 1),
  ArrowUp: () => go(room.dataset.previous),
  ArrowDown: () => go(room.dataset.following),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.box && (event.key === " " || event.key === "Enter")) {
    event.preventDefault();
    change(() => marking.toggle(event.target.box));
    return;
  }
  // A focused button or link keeps its own Enter; the slider its own arrows.
  if (event.target.closest("select, textarea") || (event.target.matches("input") && event.target !== slider)) return;
  if (event.key === "Enter" && (event.repeat || event.target.closest("a, button"))) return;
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || (event.repeat && !event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  action();
});

// One decision a picture: a second key press must not fall on the next one.
decide.addEventListener("submit", () => {
  setTimeout(() => {
    for (const one of room.querySelectorAll("button")) one.disabled = true;
  });
});

show();
