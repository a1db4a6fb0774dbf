// The panel of a departure, in the board's drawer and on a page of its own: its forms are sent without leaving the page,
// what takes longer is loaded once it is open, and it is worked by keyboard.

const FETCH = { "X-Requested-With": "fetch" };
const CONTROLS = "a, button, input, select, textarea";
let awaitsGuides = false; // somebody has asked to choose a guide
const panel = () => document.getElementById("departure-panel");

async function load(place) {
  const address = place.dataset.load;
  delete place.dataset.load;
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: FETCH });
    // Without an answer the link stays, which asks for the whole page.
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
    if (awaitsGuides && place.id === "np-guides" && !document.activeElement?.matches(CONTROLS)) chooseGuide();
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function loadAll() {
  for (const place of panel()?.querySelectorAll("[data-load]") ?? []) load(place).catch(() => {});
}

function show(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const next = fresh.content.getElementById("departure-panel");
  if (!next) return;
  const saved = next.querySelector("[data-saved]") !== null;
  const guides = document.getElementById("np-guides");
  // The ranking holds until something is saved.
  if (guides && !guides.dataset.load && !saved && !next.querySelector("[role=alert]")) {
    next.querySelector("#np-guides[data-load]")?.replaceWith(guides);
  }
  panel().replaceWith(next);
  window.htmx?.process(next);
  loadAll();
  const wrong = next.querySelector("[aria-invalid=true]") ?? next.querySelector("#np-consequences");
  (wrong ?? next.querySelector("#np-team"))?.focus();
  if (saved) document.dispatchEvent(new CustomEvent("board:changed"));
}

async function follow(link) {
  const answer = await fetch(link.href, { headers: FETCH });
  if (answer.ok && !answer.redirected) show(await answer.text());
  else location.assign(link.href);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-panel-form]");
  if (!form || form.dataset.plain !== undefined) return;
  event.preventDefault();
  // Sent as a page where the script cannot: the answer then says why.
  const plainly = () => {
    form.dataset.plain = "";
    form.requestSubmit(event.submitter);
  };
  const answered = async () => {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form, event.submitter), headers: FETCH });
    if (answer.redirected || answer.status === 403 || answer.status >= 500) return plainly();
    return show(await answer.text());
  };
  answered().catch(plainly);
});

// Prices take a solve: they are asked for.
async function price(link) {
  const place = document.getElementById("np-guides");
  link.setAttribute("aria-disabled", "true");
  link.textContent = link.dataset.busy;
  const answer = await fetch(link.dataset.guides, { headers: FETCH });
  if (!answer.ok || answer.redirected) return location.assign(link.href);
  place.innerHTML = await answer.text();
  return place.querySelector("[data-choose]")?.focus();
}

document.addEventListener("click", (event) => {
  const prices = event.target.closest?.("a[data-guides]");
  if (!prices || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (prices.getAttribute("aria-disabled")) return;
  price(prices).catch(() => location.assign(prices.href));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-panel-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  follow(link).catch(() => location.assign(link.href));
});

// ---- keys ----

const isTyping = (element) => element.closest("input:not([type=checkbox], [type=radio]), select, textarea") !== null;

function section(number) {
  const link = panel().querySelector(`[data-section="${number}"]`);
  const target = link && document.querySelector(link.hash);
  target?.scrollIntoView({ block: "start" });
  target?.focus({ preventScroll: true });
}

// Undoing is for the whole date: the board has the buttons, too.
const button = (key) => (panel() ?? document).querySelector(`[data-key="${key}"]`);

// Where the ranking is still being loaded, it is gone to once it is there, unless one is at a control by then.
function chooseGuide() {
  const first = panel().querySelector("[data-choose]");
  awaitsGuides = !first && document.getElementById("np-guides")?.getAttribute("aria-busy") === "true";
  first?.focus();
}

function act(key) {
  if (/^[1-5]$/.test(key)) return section(key);
  if (key === "a") return chooseGuide();
  if (key === "Escape") return document.querySelector(".np-page [data-back]")?.click();
  return button(key)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.metaKey || event.altKey) return;
  if (!(event.target instanceof Element) || isTyping(event.target)) return;
  const undoes = event.ctrlKey && (event.key === "z" || event.key === "y");
  const acts = !event.ctrlKey && (panel() ? /^([1-5apzy]|Escape)$/ : /^[zy]$/).test(event.key);
  if (!undoes && !acts) return;
  // Escape closes the drawer of the board, which is a dialog, by itself.
  if (event.key === "Escape" && event.target.closest("dialog")) return;
  event.preventDefault();
  act(event.key);
});

// The board puts the panel into its drawer at any time.
new MutationObserver(loadAll).observe(document.body, { childList: true, subtree: true });
loadAll();
