// The review of conflicts by keyboard: j and k move, 1 to 9 choose, Enter applies, from a note with Ctrl. Each key presses a
// button of the page.

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const interactive = (target) => target.closest("a, button, summary, input, textarea, select");
const press = (element, event) => {
  if (!element) return;
  event.preventDefault();
  element.click();
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.defaultPrevented) return;
  const { target, key } = event;
  const apply = document.getElementById("review-apply");
  if (event.ctrlKey || event.metaKey) {
    // A note has lines of its own: Enter alone begins the next one.
    if (key === "Enter" && target.matches("#review-form textarea")) press(apply, event);
    return;
  }
  if (key === "Enter") {
    // In a field of one line, Enter would press the first button of the form, which chooses an option.
    const isField = target.matches("#review-form input");
    if (isField || !interactive(target)) press(apply, event);
    return;
  }
  if (typing(target)) return;
  if (key === "j") press(document.getElementById("review-next"), event);
  if (key === "k") press(document.getElementById("review-previous"), event);
  if (/^[1-9]$/.test(key)) press(document.querySelector(`[data-key="${key}"]`), event);
});

// The filters hold at once; the button is for who has no script.
const filters = document.getElementById("review-filters");
filters?.addEventListener("change", (event) => {
  if (event.target.checkValidity()) filters.requestSubmit();
});

document.querySelector(".nr-entry[aria-current]")?.scrollIntoView({ block: "nearest" });
document.getElementById("after")?.scrollIntoView({ block: "nearest" });

// Resolving many takes a while: say so, and let nobody press twice.
document.getElementById("review-plan")?.addEventListener("submit", (event) => {
  const busy = document.getElementById("review-busy");
  if (busy.textContent) event.preventDefault();
  busy.textContent = busy.dataset.text;
});
addEventListener("pageshow", () => {
  const busy = document.getElementById("review-busy");
  if (busy) busy.textContent = "";
});
