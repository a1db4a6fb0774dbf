// What refreshes itself says when it does not any more, and since when; and what could not be loaded says so.
{
  const place = () => document.getElementById("not-refreshed");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const BOARD = "board";
  // The parts that are not as they are by now, by where they come from. What others got says nothing about them.
  const stale = new Set();
  const failed = new Set();
  let isSignedOut = false;
  let last = new Date();

  const tell = () => {
    const note = place();
    if (!note) return;
    const what = isSignedOut ? "signedOut" : stale.size ? "stale" : failed.size ? "failed" : "";
    note.hidden = !what;
    if (what) note.querySelector("span:last-of-type").textContent = note.dataset[what].replace("{time}", clock.format(last));
  };

  const succeeded = (part) => {
    stale.delete(part);
    failed.delete(part);
    isSignedOut = false;
    if (!stale.size) last = new Date();
    tell();
  };

  const didNot = (part, parts, isRefused) => {
    parts.add(part);
    isSignedOut = isRefused;
    tell();
  };

  const isLogin = (address) => address && new URL(address).pathname.endsWith("/login/");
  const refreshesItself = (element) => /\bevery\b/.test(element.getAttribute?.("hx-trigger") ?? "");

  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr, successful, pathInfo } = event.detail;
    const isRefused = Boolean(isLogin(xhr.responseURL));
    if (successful && !isRefused) succeeded(pathInfo.requestPath);
    else didNot(pathInfo.requestPath, refreshesItself(elt) ? stale : failed, isRefused);
  });

  // Scripts that ask without htmx say what came of it.
  document.addEventListener("page:refreshed", () => succeeded(BOARD));
  document.addEventListener("page:not-refreshed", (event) => didNot(BOARD, stale, Boolean(event.detail.isSignedOut)));
}
