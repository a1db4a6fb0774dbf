// The board refreshes itself while it is looked at, and is worked by keyboard.

const board = document.getElementById("board");
const live = document.getElementById("board-live");
const said = document.getElementById("board-said");
const keys = document.getElementById("keys");
const filters = document.getElementById("board-filters");
const REFRESH_MS = 15000;

document.documentElement.dataset.boardScript = "";

// The filters hold at once; the button is for who has no script.
filters.addEventListener("change", (event) => {
  if (event.target.checkValidity()) filters.requestSubmit();
});

if (new URLSearchParams(location.search).has("print")) addEventListener("load", () => print());
document.getElementById("board-print").addEventListener("click", (event) => {
  if (event.currentTarget.getAttribute("href") !== "#board") return;
  event.preventDefault();
  print();
});

// ---- refreshing ----

const version = () => live.querySelector("[data-version]")?.dataset.version ?? "";

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(`${live.dataset.fresh}&version=${encodeURIComponent(version())}`, {
    headers: { "X-Requested-With": "fetch" },
  });
  const isSignedOut = answer.redirected;
  if (!answer.ok || isSignedOut) {
    document.dispatchEvent(new CustomEvent("page:not-refreshed", { detail: { isSignedOut } }));
    return;
  }
  document.dispatchEvent(new CustomEvent("page:refreshed"));
  if (answer.status === 200) show(await answer.text());
}

function show(html) {
  const held = heldPlace();
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  // The timeline stays as it is, where it was scrolled to and folded; it takes over the new data itself.
  const drawn = document.getElementById("timeline");
  const place = fresh.content.getElementById("timeline");
  if (drawn && place) place.replaceWith(drawn);
  else if (place) {
    location.reload(); // the first departures of a date that had none
    return;
  }
  live.replaceChildren(fresh.content);
  held();
  document.dispatchEvent(new CustomEvent("board:fresh"));
  said.textContent = document.querySelector("#needs-title")?.textContent ?? "";
}

// What is open, scrolled to and focused is again afterwards.
function heldPlace() {
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...live.querySelectorAll("details[open]")].map((details) => details.id);
  const scrolled = live.querySelector(".nb-needs-list")?.scrollTop ?? 0;
  return () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    const list = live.querySelector(".nb-needs-list");
    if (list) list.scrollTop = scrolled;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };
}

// Offline for a moment: the next time.
const often = () => refresh().catch(() => document.dispatchEvent(new CustomEvent("page:not-refreshed", { detail: {} })));
setInterval(often, REFRESH_MS);
document.addEventListener("visibilitychange", often);
// Whoever wrote something on this page says so.
document.addEventListener("board:changed", often);

// ---- jumping to now ----

function jumpToNow() {
  if (document.getElementById("timeline")) {
    document.dispatchEvent(new CustomEvent("board:now"));
    return;
  }
  const rows = [...live.querySelectorAll("[data-starts]")];
  const next = rows.find((row) => Date.parse(row.dataset.starts) >= Date.now()) ?? rows.at(-1);
  next?.scrollIntoView({ block: "center" });
  next?.querySelector("a")?.focus({ preventScroll: true });
}

document.getElementById("jump-now").addEventListener("click", jumpToNow);
document.getElementById("keys-button").addEventListener("click", () => keys.showModal());

// ---- keys ----

function nextProblem(step) {
  const problems = [...live.querySelectorAll("[data-problem]")];
  if (!problems.length) return;
  const at = problems.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : problems.length - 1) : (at + step + problems.length) % problems.length;
  problems[next].focus();
  document.dispatchEvent(new CustomEvent("board:show", { detail: problems[next].dataset.departure }));
}

const follow = (selector) => document.querySelector(selector)?.click();

const actions = {
  "?": () => keys.showModal(),
  j: () => nextProblem(1),
  k: () => nextProblem(-1),
  n: jumpToNow,
  o: () => follow("#optimize"),
  P: () => follow("#publish"),
  t: () => follow("#day-today"),
  v: () => follow(".nb-views a:not([aria-current])"),
  ArrowLeft: () => follow("#day-before"),
  ArrowRight: () => follow("#day-after"),
};

const isTyping = (element) => element.closest("input, select, textarea, [contenteditable=true], dialog") !== null;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(event.target instanceof Element) || isTyping(event.target)) return;
  if (event.key.startsWith("Arrow") && event.target !== document.body && !board.contains(event.target)) return;
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
