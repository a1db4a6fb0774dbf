// What refreshes itself says when it does not any more, and since when; and what could not be loaded says so.
{
  const place = () => document.getElementById("not-refreshed");
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  let last = new Date();

  const say = (what) => {
    const note = place();
    if (!note) return;
    note.querySelector("span:last-of-type").textContent = note.dataset[what].replace("{time}", clock.format(last));
    note.hidden = false;
  };

  const refreshed = () => {
    last = new Date();
    if (place()) place().hidden = true;
  };

  const isLogin = (address) => address && new URL(address).pathname.endsWith("/login/");
  const refreshesItself = (element) => /\bevery\b/.test(element.getAttribute?.("hx-trigger") ?? "");

  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr, successful } = event.detail;
    if (isLogin(xhr.responseURL)) say("signedOut");
    else if (successful) refreshed();
    else say(refreshesItself(elt) ? "stale" : "failed");
  });

  // Scripts that ask without htmx say what came of it.
  document.addEventListener("page:refreshed", refreshed);
  document.addEventListener("page:not-refreshed", (event) => say(event.detail.isSignedOut ? "signedOut" : "stale"));
}
