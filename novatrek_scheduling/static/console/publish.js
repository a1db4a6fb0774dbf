// The publish page: the buttons that tick several departures at once, and how many are ticked.

const form = document.querySelector("[data-publish]");
const boxes = form ? [...form.querySelectorAll('input[name="departure_ids"]:not(:disabled)')] : [];
const count = form?.querySelector("[data-count]");

const wanted = {
  all: () => true,
  none: () => false,
  clear: (box) => box.hasAttribute("data-clear"),
};

function showCount() {
  if (count) count.textContent = String(boxes.filter((box) => box.checked).length);
}

form?.querySelectorAll("[data-select]").forEach((button) =>
  button.addEventListener("click", () => {
    boxes.forEach((box) => {
      box.checked = wanted[button.dataset.select](box);
    });
    showCount();
  }),
);
form?.addEventListener("change", showCount);
form?.querySelector("[data-selecting]")?.removeAttribute("hidden");
showCount();

// The list is long: the key that led here leads on to its end. Nothing is published by it alone.
document.addEventListener("keydown", (event) => {
  if (event.key !== "P" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input:not([type=checkbox]), select, textarea")) return;
  event.preventDefault();
  document.getElementById("publish")?.focus();
});
