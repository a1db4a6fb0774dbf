// The theme's script sets defaults of a library of charts, which only pages with a chart load.
window.Chart ??= { defaults: { font: {} } };
// And it asks a library of scroll bars, in whose place are the browser's own.
window.SimpleBar ??= { instances: new Map() };

// The explanations beside Django's lists of two columns are spans with a name, which only some elements may have.
function nameExplanations() {
  for (const icon of document.querySelectorAll(".help-tooltip[aria-label]")) icon.setAttribute("role", "img");
}

// What scrolls sideways is reached by Tab, so that the arrow keys can scroll it.
function reachScrolling() {
  for (const region of document.querySelectorAll("main :is(.c-scroll, .overflow-x-auto)")) {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  }
}

window.addEventListener("load", () => {
  document.querySelector("#nav-sidebar-apps a.active")?.scrollIntoView({ block: "nearest" });
  reachScrolling();
  // After the scripts that make those lists when the page is loaded.
  setTimeout(nameExplanations);
});
window.addEventListener("resize", reachScrolling);
document.addEventListener("htmx:afterSettle", reachScrolling);
