// The home page refreshes itself by htmx. Where it cannot, it says so instead of looking current.

const stale = document.getElementById("home-stale");

const isOurs = (event) => event.detail.elt?.id === "home-live";

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (isOurs(event)) stale.hidden = false;
  });
}

// What was unfolded stays so; the focus htmx keeps itself, by the ids of links.
let unfolded = [];

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOurs(event)) return;
  stale.hidden = event.detail.shouldSwap;
  unfolded = [...event.detail.elt.querySelectorAll("details[open]")].map((details) => details.id);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!isOurs(event)) return;
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
});
