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
