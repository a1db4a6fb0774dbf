// The search box: "/" and Ctrl-K reach it, what is typed is looked up, arrow keys go through what was found.
{
  const WAIT = 200;

  function start() {
    const form = document.querySelector(".nq-box");
    if (!form) return;
    const input = form.querySelector("input");
    const list = form.querySelector(".nq-list");
    let timer = 0;
    let asked = 0;

    const close = () => { list.hidden = true; };

    async function suggest() {
      const mine = ++asked;
      const query = input.value.trim();
      if (query.length < 2) return close();
      const answer = await fetch(`${form.dataset.suggestions}?q=${encodeURIComponent(query)}`);
      if (mine !== asked || !answer.ok || answer.redirected) return;
      list.innerHTML = await answer.text();
      list.hidden = !form.contains(document.activeElement);
    }

    function move(step) {
      const stops = [input, ...list.querySelectorAll("a")];
      const place = stops.indexOf(document.activeElement);
      stops[(place + step + stops.length) % stops.length].focus();
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(suggest, WAIT);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        close();
        input.focus();
      } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        move(event.key === "ArrowDown" ? 1 : -1);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    });
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) close();
    });

    document.addEventListener("keydown", (event) => {
      const writes = event.target.closest?.("input, textarea, select, [contenteditable]");
      const isSlash = event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey;
      const isCtrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!isSlash && !isCtrlK) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
      input.select();
    }, true);
  }

  document.addEventListener("DOMContentLoaded", start);
}
