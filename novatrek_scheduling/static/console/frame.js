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

// The page is hidden until the theme's script has begun, and browsers give no focus to what is hidden: where a page says
// where to begin, it is given here. Nobody is taken away from where they are by then.
function focusFirst() {
  const isAnywhere = document.activeElement && document.activeElement !== document.body;
  const first = keptPlace() ?? document.querySelector("#content [autofocus]");
  if (!isAnywhere) first?.focus();
}

// Filters hold as soon as they are chosen, with a page that is loaded anew: whoever goes through them by keyboard goes on
// from the same one.
const PLACE = "console:filter";
document.addEventListener("submit", (event) => {
  const place = document.activeElement;
  if (event.target.method === "get" && event.target.contains(place) && place.matches("select, input[type=date]")) {
    sessionStorage.setItem(PLACE, `${location.pathname} ${place.id}`);
  }
});

function keptPlace() {
  const [path, id] = (sessionStorage.getItem(PLACE) ?? "").split(" ");
  sessionStorage.removeItem(PLACE);
  return path === location.pathname ? document.getElementById(id) : null;
}

document.addEventListener("alpine:initialized", () => setTimeout(focusFirst));
window.addEventListener("load", () => {
  document.querySelector("#nav-sidebar-apps a.active")?.scrollIntoView({ block: "nearest" });
  reachScrolling();
  // After the scripts that make those lists when the page is loaded.
  setTimeout(nameExplanations);
});
window.addEventListener("resize", reachScrolling);
document.addEventListener("htmx:afterSettle", reachScrolling);

// Who was signed out meanwhile is answered by the page for signing in, which is no part of this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL).pathname.endsWith("/login/")) event.detail.shouldSwap = false;
});
