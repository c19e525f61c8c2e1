// N or Enter opens the next case; Enter on a focused link or button keeps its own meaning.

const next = document.querySelector("[data-next-case]");

document.addEventListener("keydown", (event) => {
  if (!next || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, select, textarea")) return;
  const isEnter = event.key === "Enter" && !event.target.closest("a, button, summary");
  if (event.key.toLowerCase() === "n" || isEnter) {
    event.preventDefault();
    window.location.assign(next.href);
  }
});
