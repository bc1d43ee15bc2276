
"use strict";
// Shows what /events tells. Text of others goes into the page as text only, never as HTML.

const SIGNS = { Problems: "✗", Incomplete: "…", Warnings: "!", Ready: "✓" };
const ORDER = Object.keys(SIGNS); // what has to be looked at comes first
const AGAIN = 3000; // ms until the next try when the browser has given up
const SILENCE = 40000; // ms without a word, when the board speaks every 15 s (server.py)
const find = (selector, within = document) => within.querySelector(selector);
const rows = new Map(); // key of a seat: its row, and the JSON that it shows
const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function when(text) {
  const time = new Date(text);
  const today = time.toDateString() === new Date().toDateString();
  const clock = time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return today ? clock : `${time.toLocaleDateString("en-GB")} ${clock}`;
}

function remarks(seat) {
  const said = [seat.summary];
  if (seat.part) said.push("Only a part was checked.");
  if (seat.machines > 1) said.push(`${seat.machines} machines have used this name.`);
  return said.join(" ");
}

function finding(check) {
  const item = find("#finding").content.cloneNode(true);
  find(".what", item).textContent = `${check.status} ${check.id}:`;
  find(".message", item).textContent = check.message;
  find(".remedy", item).textContent = check.remedy && `What to do: ${check.remedy}`;
  return item;
}

function fill(row, seat) {
  row.dataset.state = seat.state;
  const texts = { name: seat.name, level: seat.level, version: seat.version, profile: seat.profile };
  for (const [part, text] of Object.entries(texts)) find(`.${part}`, row).textContent = text;
  find(".state", row).textContent = `${SIGNS[seat.state]} ${seat.state}`;
  const time = find(".when", row);
  time.dateTime = seat.received;
  time.textContent = when(seat.received);
  const plain = find(".checks > .summary", row);
  const details = find("details", row);
  const folded = seat.trouble.length > 0;
  plain.hidden = folded;
  details.hidden = !folded;
  (folded ? find("summary", details) : plain).textContent = remarks(seat);
  find("ul", details).replaceChildren(...seat.trouble.map(finding));
  if (!folded) details.open = false;
}

function update(seats) {
  const changed = [];
  for (const seat of seats) {
    const json = JSON.stringify(seat);
    const known = rows.get(seat.key);
    if (known?.json === json) continue;
    const row = known?.row ?? find("#seat").content.cloneNode(true).firstElementChild;
    fill(row, seat);
    rows.set(seat.key, { row, json, seat });
    changed.push(seat);
  }
  const there = new Set(seats.map((seat) => seat.key));
  for (const [key, { row }] of rows) {
    if (there.has(key)) continue;
    row.remove();
    rows.delete(key);
  }
  sort();
  count(seats);
  return changed;
}

// Only rows that are out of place are moved, so that nothing flickers; the keyboard stays where it is.
function sort() {
  const sorted = [...rows.values()].sort(({ seat: a }, { seat: b }) =>
    ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || byName.compare(a.name, b.name));
  const body = find("#seats");
  const focused = document.activeElement;
  sorted.forEach(({ row }, place) => {
    if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
  });
  if (focused !== document.activeElement) focused.focus({ preventScroll: true });
}

function count(seats) {
  for (const item of document.querySelectorAll("#counts li")) {
    const number = seats.filter((seat) => seat.state === item.dataset.state).length;
    find("strong", item).textContent = number;
  }
  find("#nobody").hidden = seats.length > 0;
  find("#wide").hidden = seats.length === 0;
}

function announce(changed, seats) {
  const ready = seats.filter((seat) => seat.state === "Ready").length;
  const said = changed.length > 3
    ? `${changed.length} laptops have posted.`
    : changed.map((seat) => `${seat.name}: ${seat.state}.`).join(" ");
  if (changed.length) find("#news").textContent = `${said} ${ready} of ${seats.length} ready.`;
}

function listen() {
  const events = new EventSource("events");
  let watch;
  const alive = () => {
    find("#trouble").hidden = true;
    clearTimeout(watch);
    watch = setTimeout(again, SILENCE, 0); // a cut cable tells nobody
  };
  const again = (pause) => {
    find("#trouble").hidden = false;
    clearTimeout(watch);
    events.close();
    setTimeout(listen, pause);
  };
  events.addEventListener("beat", alive);
  events.onmessage = ({ data }) => {
    alive();
    const seats = JSON.parse(data);
    announce(update(seats), seats);
  };
  events.onerror = () => again(AGAIN);
  watch = setTimeout(again, SILENCE, 0);
}

listen();
