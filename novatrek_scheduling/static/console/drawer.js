// A departure beside the board: the same content as its page, with its address, so that "back" closes it.

const drawer = document.getElementById("board-panel");
const content = document.getElementById("panel-content");
const page = document.getElementById("panel-page");
let opener = null; // what had the focus before

const isPlain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-departure]");
  if (!link || !isPlain(event) || event.defaultPrevented) return;
  event.preventDefault();
  show(link.href, true, link);
});

// A bar that was dropped on another row.
document.addEventListener("board:open", (event) => {
  event.preventDefault();
  show(event.detail.address, true);
});

async function show(address, isNew, source = document.activeElement) {
  opener ??= source?.id || source?.dataset?.bar || "";
  const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    location.assign(address);
    return;
  }
  content.innerHTML = await answer.text();
  page.href = address;
  if (isNew) history.pushState({ panel: address }, "", address);
  if (!drawer.open) drawer.show();
  window.htmx?.process(content);
  content.focus({ preventScroll: true });
  content.scrollTop = 0;
  document.dispatchEvent(new CustomEvent("panel:shown", { detail: { address, content } }));
}

function hide() {
  if (!drawer.open) return;
  drawer.close();
  content.replaceChildren();
  const back = document.getElementById(opener) ?? document.querySelector(`[data-bar="${CSS.escape(opener ?? "")}"]`);
  opener = null;
  back?.focus({ preventScroll: true });
}

// Closing is going back, where the address of the board is; forward opens it again.
function close() {
  if (history.state?.panel) history.back();
  else hide();
}

// The sections are places within the drawer: going to one is no step that "back" undoes.
content.addEventListener("click", (event) => {
  const section = event.target.closest?.("[data-section]");
  const place = section && content.querySelector(section.getAttribute("href"));
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView({ block: "start" });
  place.focus({ preventScroll: true });
});

document.getElementById("panel-close").addEventListener("click", close);
addEventListener("popstate", (event) => {
  if (event.state?.panel) show(event.state.panel, false);
  else hide();
});

document.addEventListener("keydown", (event) => {
  if (!drawer.open || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog:modal")) return;
  if (event.key === "Escape") {
    event.preventDefault();
    close();
    return;
  }
  if (event.target.closest?.("input, select, textarea, [contenteditable=true]")) return;
  const section = content.querySelector(`[data-section="${CSS.escape(event.key)}"]`);
  if (section) {
    event.preventDefault();
    section.click();
  }
});
