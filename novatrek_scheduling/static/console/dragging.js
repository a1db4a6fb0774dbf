// What stands against the row that a bar is dragged over: what the board shows at once, and the hard rules, which are read
// once for each drag. Each row says its own in words meanwhile.

export function dragging(container) {
  const { asking, unknown } = container.dataset;
  const hint = document.createElement("div");
  hint.className = "nb-drag";
  let bar = null; // what is dragged
  let rules = null; // by guide, once they are read
  let shown = null; // the row that it is over, and what the board shows against it
  const held = new Map(); // the words of the rows by guide, as they were

  addEventListener("pointermove", (event) => {
    hint.style.left = `${Math.min(event.clientX + 14, innerWidth - hint.offsetWidth - 8)}px`;
    hint.style.top = `${event.clientY + 14}px`;
  });
  addEventListener("pointercancel", end);

  function begin(dragged) {
    if (bar?.departure === dragged.departure) return;
    end();
    bar = dragged;
    container.classList.add("nb-dragging");
    read(dragged).catch((error) => receive(dragged, { guides: {}, error: error.message }));
  }

  async function read(dragged) {
    const answer = await fetch(new URL("rules/", new URL(dragged.href, location.href)), { headers: { "X-Requested-With": "fetch" } });
    receive(dragged, answer.ok && !answer.redirected ? await answer.json() : { guides: {} });
  }

  function receive(dragged, found) {
    if (bar?.departure !== dragged.departure) return; // it was dropped before
    rules = found;
    for (const lane of container.querySelectorAll("[data-guide]")) {
      const landing = found.guides[lane.dataset.guide];
      const note = lane.querySelector(".nb-lane-note");
      if (!landing || !note) continue;
      held.set(lane, note.textContent);
      note.textContent = landing.words;
      lane.classList.add(landing.may_go ? "nb-lane-can" : "nb-lane-cannot");
    }
    draw();
  }

  function show(lane, clash) {
    shown = { lane, clash };
    draw();
  }

  function draw() {
    if (!shown) return;
    const { lane, clash } = shown;
    const landing = rules?.guides[lane.id];
    let words = clash;
    if (lane.kind === "guide" && lane.id !== bar.group) words = landing?.words ?? (rules ? rules.error || clash || unknown : [clash, asking].filter(Boolean).join(", "));
    const isForbidden = landing ? !landing.may_go : clash !== "";
    hint.classList.toggle("nb-drag-forbidden", isForbidden);
    hint.replaceChildren(symbol(isForbidden ? "block" : landing ? "check" : ""), [lane.name, words].filter(Boolean).join(": "));
    if (!hint.isConnected) document.body.append(hint);
  }

  function symbol(name) {
    const made = document.createElement("span");
    made.className = name ? "material-symbols-outlined nt-icon" : "";
    made.setAttribute("aria-hidden", "true");
    made.textContent = name;
    return made;
  }

  function end() {
    hint.remove();
    container.classList.remove("nb-dragging");
    for (const [lane, words] of held) {
      lane.querySelector(".nb-lane-note").textContent = words;
      lane.classList.remove("nb-lane-can", "nb-lane-cannot");
    }
    held.clear();
    bar = rules = shown = null;
  }

  return { begin, show, end };
}
