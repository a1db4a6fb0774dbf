// The timeline of the board: guides as rows, departures as bars. Times are locked; a bar that is dropped on another row
// opens the departure with that guide, and nothing is saved by the drop.

const container = document.getElementById("timeline");
const { Timeline, DataSet, Hammer, moment } = await import(container.dataset.library);
const { dragging } = await import(container.dataset.dragging);
const assigns = container.dataset.assigns !== undefined;
const HOUR = 3600000;
const FIRST_HOUR = 5;
const LAST_HOUR = 21;
const wide = matchMedia("(min-width: 56rem)");

const read = () => unpacked(JSON.parse(document.getElementById("timeline-data").textContent));
let data = read();
const groups = new DataSet();
const items = new DataSet();
let current = null; // the id of the bar that Tab comes to, of those that are drawn

// The page has its values by columns and no id twice (console/board/packing.py): places in the lists stand for ids, and
// minutes of the date for times.
function rowsOf(columns) {
  const names = Object.keys(columns);
  const row = (place) => names.map((name) => [name, columns[name][place]]).filter(([, value]) => value !== null);
  return (columns[names[0]] ?? []).map((_, place) => Object.fromEntries(row(place)));
}

// The id whose 16 bytes these 22 characters are.
function idOf(short) {
  const bytes = atob(short.replaceAll("-", "+").replaceAll("_", "/"));
  const hex = [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function unpacked(timeline) {
  for (const list of ["groups", "items", "shades"]) timeline[list] = rowsOf(timeline[list]);
  for (const lane of timeline.groups) if (lane.kind === "guide") lane.id = idOf(lane.id);
  const lanes = timeline.groups.map((lane) => lane.id);
  const kinds = new Map(timeline.groups.map((lane) => [lane.id, lane.kind]));
  const instant = (minutes) => timeline.begins + Math.round(minutes * 60000);
  for (const part of [...timeline.items, ...timeline.shades]) {
    part.start = instant(part.start);
    part.end = instant(part.end);
  }
  for (const lane of timeline.groups) lane.children = lane.children?.map((place) => lanes[place]);
  for (const bar of timeline.items) {
    const [guests, capacity] = bar.guests.split("/");
    bar.departure = idOf(bar.departure);
    bar.group = lanes[bar.group];
    bar.id = kinds.get(bar.group) === "guide" ? `${bar.departure}:${bar.group}` : bar.departure;
    bar.href ??= timeline.address.replace(timeline.noId, bar.departure);
    bar.guestWords = timeline.guestWords.replace("%(guests)s", guests).replace("%(capacity)s", capacity);
  }
  for (const shade of timeline.shades) {
    const bar = timeline.items[shade.bar];
    shade.group = bar ? bar.group : lanes[shade.group];
    shade.id = bar ? `rest-${bar.id}` : `${shade.kind}-${shade.group}-${shade.start}-${shade.end}`;
  }
  return timeline;
}

// ---- what is drawn ----

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function icon(name, word, tone) {
  const made = document.createDocumentFragment();
  const symbol = element("span", `material-symbols-outlined nt-icon nt-tone-${tone}`, name);
  symbol.setAttribute("aria-hidden", "true");
  made.append(symbol);
  if (word) made.append(element("span", "visually-hidden", `${word}. `));
  return made;
}

function groupOf(lane, order, former) {
  const empty = data.items.some((bar) => bar.group === lane.id) ? "" : " nb-lane-empty";
  return {
    id: lane.id,
    order,
    className: `nb-lane-${lane.kind} nb-lane-standing-${lane.standing ?? "none"}${empty}`,
    treeLevel: lane.level,
    lane,
    ...(lane.children ? { nestedGroups: lane.children, showNested: former?.showNested ?? lane.open } : {}),
  };
}

function drawLane(group) {
  const made = element("div", "nb-lane");
  if (group.lane.kind === "guide") made.dataset.guide = group.id;
  made.append(element("span", "nb-lane-name", group.lane.name), element("span", "nb-lane-note", group.lane.note));
  made.title = `${group.lane.name} ${group.lane.note}`.trim();
  return made;
}

function itemOf(bar) {
  const locked = bar.locked || !assigns;
  return {
    id: bar.id,
    group: bar.group,
    start: bar.start,
    end: bar.end,
    type: "range",
    className: `nt-tone-${bar.tone}`,
    title: tooltip(bar),
    editable: locked ? false : { updateGroup: true, updateTime: false, remove: false },
    bar,
  };
}

function tooltip(bar) {
  const made = element("div", "");
  made.append(element("strong", "", bar.name), element("div", "", `${bar.times}, ${bar.region}`));
  made.append(element("div", "", `${bar.team}, ${bar.guestWords}`), element("div", "", bar.status));
  for (const mark of bar.marks) {
    made.append(element("div", `nt-tone-${mark.tone}`, mark.detail ? `${mark.word}: ${mark.detail}` : mark.word));
  }
  return made;
}

function drawBar(item) {
  if (!item.bar) return "";
  const { bar } = item;
  const link = element("a", "nb-bar");
  link.href = bar.href;
  link.dataset.bar = item.id;
  link.dataset.departure = bar.departure;
  link.tabIndex = item.id === current ? 0 : -1;
  link.draggable = false;
  if (bar.icon) link.append(icon(bar.icon, bar.status, bar.phaseTone));
  link.append(element("span", "nb-bar-name", bar.name), element("span", "visually-hidden", `, ${bar.times}, `));
  link.append(element("span", "nb-bar-guests", bar.guests));
  for (const mark of bar.marks) link.append(icon(mark.icon, mark.word, mark.tone));
  return link;
}

const shadeOf = (shade) => ({
  id: shade.id,
  group: shade.group,
  start: shade.start,
  end: shade.end,
  type: "background",
  className: `nb-${shade.kind}`,
  shade,
});

// ---- the timeline itself ----

function fill() {
  const lanes = data.groups.map((lane, order) => groupOf(lane, order, groups.get(lane.id)));
  const drawn = [...data.items.map(itemOf), ...data.shades.map(shadeOf)];
  replace(groups, lanes, () => "lane");
  replace(items, drawn, (item) => (item.bar ? "bar" : "shade"));
}

// Only what differs is drawn anew.
const told = new Map();

function replace(set, rows, source) {
  const kept = new Set(rows.map((row) => row.id));
  set.remove(set.getIds().filter((id) => !kept.has(id)));
  const differing = rows.filter((row) => {
    const now = JSON.stringify(row[source(row)]);
    const before = told.get(row.id);
    told.set(row.id, now);
    return now !== before || !set.get(row.id);
  });
  set.update(differing);
}

function hoursShown() {
  return { scale: "hour", step: wide.matches ? 1 : 2 };
}

function windowShown() {
  const last = wide.matches ? LAST_HOUR : FIRST_HOUR + 8;
  return { start: data.begins + FIRST_HOUR * HOUR, end: data.begins + last * HOUR };
}

fill();
// The names of days and months are those of the page's language, the day before the month.
const language = document.documentElement.lang.replace(/^en$/, "en-GB");
const dayName = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const monthName = new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" });
const MONTHS = new Set(["weekday", "day"]);

// Bars that are in the window when they are added are measured one by one: they are added to another one, and those that
// are in sight are drawn together once the window is set.
const timeline = new Timeline(container, new DataSet(), groups, {
  moment: (date) => moment.utc(date),
  zoomMin: 2 * HOUR,
  zoomKey: "ctrlKey",
  horizontalScroll: false,
  orientation: { axis: "top", item: "top" },
  showCurrentTime: false,
  showMajorLabels: true,
  timeAxis: hoursShown(),
  stack: true,
  margin: { axis: 4, item: { horizontal: 0, vertical: 3 } },
  groupOrder: "order",
  groupTemplate: (group) => (group ? drawLane(group) : ""),
  template: drawBar,
  tooltip: { followMouse: false, overflowMethod: "flip", delay: 400 },
  selectable: false,
  editable: { updateGroup: true, updateTime: false, add: false, remove: false, overrideItems: false },
  itemsAlwaysDraggable: { item: true, range: false },
  format: {
    minorLabels: { minute: "HH:mm", hour: "HH" },
    majorLabels: (date, scale) => (MONTHS.has(scale) ? monthName : dayName).format(new Date(date.valueOf())),
  },
  onMoving: drag,
  onMove: drop,
});
timeline.setWindow(data.begins - 1000 * HOUR, data.begins - 984 * HOUR, { animation: false });
timeline.setItems(items);
timeline.setOptions({ ...windowShown(), min: data.begins - 12 * HOUR, max: data.ends + 12 * HOUR });
// A tablet that is turned shows as many hours as it has room for.
wide.addEventListener("change", () => timeline.setOptions({ ...windowShown(), timeAxis: hoursShown() }));
timeline.emit("rangechanged", {}); // it shows itself with the first drawing after this
showNow();
timeline.redraw();

// Without rows that it scrolls itself, the library hears of drags to the left and right alone.
const hearAllDrags = () => {
  for (const hammer of [timeline.hammer, timeline.itemSet.hammer]) hammer.get("pan").set({ direction: Hammer.DIRECTION_ALL });
};
timeline.on("changed", hearAllDrags);
hearAllDrags();

// All rows are drawn and the browser scrolls them, which is smooth with any number of them; the hours stay on top.
const hours = container.querySelector(".vis-panel.vis-top");
container.addEventListener("scroll", () => {
  hours.style.transform = `translateY(${container.scrollTop}px)`;
});

function showNow() {
  for (const [index, moment_] of data.now.entries()) {
    const id = `now-${index}`;
    try {
      timeline.setCustomTime(moment_.at, id);
    } catch {
      timeline.addCustomTime(moment_.at, id);
    }
    timeline.setCustomTimeMarker(moment_.label, id, false);
  }
}

document.addEventListener("board:fresh", () => {
  data = read();
  const held = document.activeElement?.dataset?.bar;
  fill();
  showNow();
  if (held) focusBar(held);
});

document.addEventListener("board:now", () => {
  const [first] = data.now;
  if (first) timeline.moveTo(Math.min(Math.max(first.at, data.begins), data.ends), { animation: false });
});

document.addEventListener("board:show", (event) => {
  const bar = data.items.find((item) => item.departure === event.detail);
  if (!bar) return;
  current = bar.id;
  timeline.moveTo((bar.start + bar.end) / 2, { animation: false });
  mark(event.detail);
});

// The bars of one departure stand out: it may be on several rows.
function mark(departure) {
  for (const link of container.querySelectorAll("[data-bar]")) {
    link.closest(".vis-item").classList.toggle("nb-other", departure !== null && link.dataset.departure !== departure);
  }
}
container.addEventListener("focusin", () => mark(null));
document.addEventListener("focusin", (event) => {
  if (!event.target.matches?.("[data-problem]")) mark(null);
});

// ---- dragging ----

const over = dragging(container);
let wasDragged = false;

// What the board itself shows against the row: the hard rules are read when a drag begins.
function clashes(item) {
  const overlaps = (other) => other.group === item.group && other.start < item.bar.end && item.bar.start < other.end;
  const why = [];
  if (data.items.some((other) => overlaps(other) && other.departure !== item.bar.departure)) why.push(container.dataset.busy);
  const shade = data.shades.find((other) => overlaps(other) && !other.id.includes(item.bar.departure));
  if (shade) why.push(shade.kind === "absence" ? container.dataset.away : container.dataset.resting);
  return why.join(", ");
}

function drag(item, answer) {
  wasDragged = true;
  item.start = item.bar.start;
  item.end = item.bar.end;
  over.begin(item.bar);
  const lane = groups.get(item.group)?.lane;
  if (lane) over.show(lane, item.group === item.bar.group ? "" : clashes(item));
  answer(item);
}

function drop(item, answer) {
  over.end();
  answer(null);
  const lane = groups.get(item.group)?.lane;
  if (lane?.kind === "guide" && item.group !== item.bar.group) {
    const address = new URL(item.bar.href, location.href);
    address.searchParams.set("guide", item.group);
    open(address, item.bar.departure);
  }
}

// Whoever has a panel beside the board takes the event and prevents what follows without one.
function open(address, departure) {
  const asked = new CustomEvent("board:open", { detail: { address: address.href, departure }, cancelable: true });
  if (document.dispatchEvent(asked)) location.assign(address);
}

container.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("[data-bar]");
    if (!link) return;
    if (wasDragged) event.preventDefault();
    wasDragged = false;
  },
  true,
);
container.addEventListener("pointerdown", () => {
  wasDragged = false;
});

// ---- keys: Tab comes to one bar, arrows go on from it ----

const linkOf = (id) => container.querySelector(`[data-bar="${CSS.escape(id ?? "")}"]`);

// Bars of other hours are not drawn: where the one that Tab comes to is gone, it comes to the first that is there.
function keepTabStop() {
  const link = linkOf(current) ?? container.querySelector("[data-bar]");
  if (link) stopAt(link);
}

function stopAt(link) {
  for (const stop of container.querySelectorAll('[data-bar][tabindex="0"]')) stop.tabIndex = -1;
  current = link.dataset.bar;
  link.tabIndex = 0;
}
timeline.on("changed", keepTabStop);

async function focusBar(id) {
  const bar = data.items.find((item) => item.id === id);
  if (!bar) return;
  current = id;
  if (!linkOf(id)) {
    timeline.moveTo((bar.start + bar.end) / 2, { animation: false });
    await new Promise((done) => setTimeout(done, 60));
  }
  const link = linkOf(id);
  if (!link) return;
  stopAt(link);
  link.focus();
}

const laneOrder = () => new Map(data.groups.map((lane, order) => [lane.id, order]));

function isShown(lane) {
  const parent = groups.get({ filter: (group) => group.nestedGroups?.includes(lane) })[0];
  return !parent || (parent.showNested !== false && isShown(parent.id));
}

function neighbour(bar, key) {
  const bars = data.items.filter((item) => isShown(item.group));
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const row = bars.filter((item) => item.group === bar.group).sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
    return row[row.findIndex((item) => item.id === bar.id) + (key === "ArrowRight" ? 1 : -1)];
  }
  const order = laneOrder();
  const down = key === "ArrowDown";
  const here = order.get(bar.group);
  const rows = [...new Set(bars.map((item) => order.get(item.group)))].sort((a, b) => a - b);
  const next = down ? rows.find((row) => row > here) : rows.findLast((row) => row < here);
  const there = bars.filter((item) => order.get(item.group) === next);
  return there.sort((a, b) => Math.abs(a.start - bar.start) - Math.abs(b.start - bar.start))[0];
}

container.addEventListener("keydown", (event) => {
  const id = event.target.closest?.("[data-bar]")?.dataset.bar;
  if (!id || !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  const next = neighbour(data.items.find((item) => item.id === id), event.key);
  if (next) focusBar(next.id);
});
