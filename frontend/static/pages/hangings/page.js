// The form of one hanging: fields, the drawing of its panes, and the JSON, which is what is saved.

import { LINKS, link, linked, paneWords, resize, setPart } from "./content.js";

const SIDES = [["", "any side"], ["R", "right"], ["L", "left"], ["B", "both"]];
const KINDS = [["", "any kind"], ["volume", "volume"], ["cine", "film"], ["still", "still"]];
const PLANES = [["", "any plane"], ["axial", "axial"], ["coronal", "coronal"], ["sagittal", "sagittal"]];
const PRIORS = [["0", "the study that is read"], ["1", "the earlier study"], ["2", "two studies earlier"], ["3", "three studies earlier"]];
const SLABS = [["", "one slice"], ["maximum", "maximum of slices"], ["average", "average of slices"]];
const CUTS = [["", "as acquired"], ["axial", "cut axially"], ["coronal", "cut coronally"], ["sagittal", "cut sagittally"]];
const THREE = "three-window";

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const form = document.querySelector("form[data-hanging]");
const text = form.querySelector("textarea[name=content]");
const fixed = form.hasAttribute("data-shipped");
const windows = JSON.parse(form.dataset.windows);
const [head, preview, paneForm] = ["head", "preview", "pane"].map((name) => form.querySelector(`[data-${name}]`));
let content = JSON.parse(text.value);
let chosen = 0;

function changed() {
  text.value = JSON.stringify(content, null, 2);
  draw();
}

function labelled(words, control) {
  return element("label", { class: "field" }, words, control);
}

function choice(words, options, value, then) {
  const select = element("select", { disabled: fixed, onchange: () => then(select.value) });
  // What came by import may say more than the list offers.
  const known = options.some(([own]) => own === value) ? options : [...options, [value, value]];
  for (const [own, said] of known) select.append(element("option", { value: own, selected: own === value }, said));
  return labelled(words, select);
}

function field(words, value, then, attributes = {}) {
  const input = element("input", { value, disabled: fixed, onchange: () => then(input.value), ...attributes });
  return labelled(words, input);
}

function tick(words, on, then) {
  const box = element("input", { type: "checkbox", checked: on, disabled: fixed, onchange: () => then(box.checked) });
  return element("label", { class: "tick" }, box, ` ${words}`);
}

function list(value) {
  return value.split(",").map((one) => one.trim()).filter(Boolean);
}

function drawHead() {
  const set = (name, value) => {
    content[name] = value;
    changed();
  };
  const sizes = (most) => Array.from({ length: most }, (_, at) => [String(at + 1), String(at + 1)]);
  const count = (name, value) => {
    resize(content, name === "rows" ? Number(value) : content.rows, name === "columns" ? Number(value) : content.columns);
    chosen = Math.min(chosen, content.panes.length - 1);
    changed();
  };
  head.replaceChildren(
    element("h2", {}, "Where it fits"),
    field("Name", content.name, (value) => set("name", value), { maxlength: 80 }),
    field("Description", content.description ?? "", (value) => set("description", value), { maxlength: 500 }),
    field("Modality, empty for any", content.modality, (value) => set("modality", value.toUpperCase()), { maxlength: 16 }),
    field("Body parts, separated by commas, empty for any", content.body_parts.join(", "), (value) =>
      set("body_parts", list(value.toUpperCase())),
    ),
    field("Priority, the highest comes first", content.priority, (value) => set("priority", Number(value)), {
      type: "number",
      min: 0,
      max: 1000,
    }),
    choice("Rows", sizes(3), String(content.rows), (value) => count("rows", value)),
    choice("Columns", sizes(4), String(content.columns), (value) => count("columns", value)),
  );
}

function drawPreview() {
  preview.style.gridTemplateColumns = `repeat(${content.columns}, 1fr)`;
  preview.replaceChildren(
    ...content.panes.map((pane, at) => {
      const { what, how } = paneWords(pane);
      const moves = Object.keys(LINKS).filter((kind) => content.panes.some((_, other) => other !== at && linked(content, kind, at + 1, other + 1)));
      return element(
        "button",
        {
          type: "button",
          "aria-pressed": String(at === chosen),
          "data-number": at + 1,
          onclick: () => {
            chosen = at;
            draw();
            preview.children[at].focus();
          },
        },
        element("strong", {}, `${at + 1}`),
        element("span", {}, what),
        element("span", { class: "soft" }, how),
        element("span", { class: "soft small" }, moves.join(" · ")),
      );
    }),
  );
}

function drawPane() {
  const pane = content.panes[chosen];
  const wish = pane.image_set ?? {};
  const shown = pane.presentation ?? {};
  const number = chosen + 1;
  const of = (name, empty) => (wish[name]?.length === 1 ? wish[name][0] : (wish[name] ?? []).join(", ") || empty);
  const ask = (name, value) => {
    setPart(pane, "image_set", name, value);
    changed();
  };
  const show = (name, value) => {
    setPart(pane, "presentation", name, value);
    changed();
  };
  const sources = [["", "what is asked for below"]];
  for (let at = 1; at < number; at++) sources.push([String(at), `the stack of pane ${at}`]);
  const source = choice("Shows", sources, String(pane.same_stack_as ?? ""), (value) => {
    delete pane.image_set;
    delete pane.same_stack_as;
    if (value) pane.same_stack_as = Number(value);
    else pane.image_set = {};
    changed();
  });
  const asked = pane.same_stack_as
    ? []
    : [
        choice("Side", SIDES, of("laterality", ""), (value) => ask("laterality", list(value))),
        field("View, such as CC or transverse", of("view", ""), (value) => ask("view", list(value)), { maxlength: 80 }),
        choice("Kind", KINDS, of("kind", ""), (value) => ask("kind", list(value))),
        choice("Plane of the slices", PLANES, of("plane", ""), (value) => ask("plane", list(value))),
        choice("Study", PRIORS, String(wish.prior ?? 0), (value) => ask("prior", Number(value) || undefined)),
        field("Which of those that fit", wish.number ?? 1, (value) => ask("number", Number(value) > 1 ? Number(value) : undefined), { type: "number", min: 1, max: 99 }),
        tick("The hanging fits only where there is one", pane.required === true, (on) => {
          if (on) pane.required = true;
          else delete pane.required;
          changed();
        }),
      ];
  const named = [["", "its own window"], ...(windows[content.modality] ?? []).map((name) => [name, name])];
  if (content.modality === "CT") named.push([THREE, "three windows as colours"]);
  const slab = shown.slab;
  const cut = [
    choice("Window", named, shown.composition ?? shown.window ?? "", (value) => {
      setPart(pane, "presentation", "composition", value === THREE ? THREE : undefined);
      setPart(pane, "presentation", "window", value === THREE ? undefined : value);
      changed();
    }),
    choice("Slab", SLABS, slab?.mode ?? "", (mode) => show("slab", mode ? { mode, slices: slab?.slices ?? 5 } : undefined)),
    ...(slab ? [field("Slices of the slab", slab.slices, (value) => show("slab", { ...slab, slices: Number(value) }), { type: "number", min: 2, max: 99 })] : []),
    choice("Plane", CUTS, shown.plane ?? "", (value) => show("plane", value)),
  ];
  const links = Object.entries(LINKS).map(([kind, words]) =>
    element(
      "fieldset",
      {},
      element("legend", {}, `It ${words} with pane`),
      ...content.panes.map((_, at) => (at === chosen ? "" : tick(String(at + 1), linked(content, kind, number, at + 1), (on) => {
        link(content, kind, number, at + 1, on);
        changed();
      }))),
    ),
  );
  paneForm.replaceChildren(
    element("h3", {}, `Pane ${number}`),
    element("div", { class: "hanging-fields" }, source, ...asked),
    element("div", { class: "hanging-fields" }, ...cut),
    ...(content.panes.length > 1 ? [element("div", { class: "hanging-links" }, ...links)] : []),
  );
}

function draw() {
  // A field that is being left for another keeps its place in the order of Tab.
  const held = [head, paneForm].map((part) => [...part.querySelectorAll("input, select")].indexOf(document.activeElement));
  drawHead();
  drawPreview();
  drawPane();
  [head, paneForm].forEach((part, at) => held[at] >= 0 && part.querySelectorAll("input, select")[held[at]]?.focus());
}

text.addEventListener("change", () => {
  try {
    content = JSON.parse(text.value);
    chosen = 0;
    draw();
  } catch {
    // Saved as it is: the server says where it is no JSON.
  }
});
// The fault's path names the pane, counted from 0.
const fault = /^panes\[(\d+)\]/.exec(document.getElementById("fault")?.dataset.path ?? "");
if (fault && content.panes?.[Number(fault[1])]) chosen = Number(fault[1]);
try {
  draw();
  if (fault) preview.children[chosen]?.classList.add("faulty");
} catch {
  // What was typed as JSON may lack what the form draws; its text stays to be mended.
}
