/** The part of the page that takes updates in. */

import { act, takeIn, updates } from "./server.js";
import { updateFiles, updateState } from "./words.js";

const byId = (id) => document.getElementById(id);

/** Show how updates stand; nothing where there is no machine to update. */
export async function showUpdates() {
  const known = await updates().catch(() => null);
  byId("update").hidden = !known;
  if (!known) return;
  byId("update-state").textContent = updateState(known);
  byId("update-files").replaceChildren(...updateFiles(known).map(line));
  byId("update-form").hidden = !known.key;
  byId("restart").hidden = !known.next;
  byId("rollback").hidden = !(known.next || known.damaged || known.version !== known.release);
  byId("rollback").textContent = known.next ? "Withdraw it" : "Go back";
}

function line(text) {
  const element = document.createElement("li");
  element.textContent = text;
  return element;
}

/** Do something that takes a moment, once, and say how it ended. */
async function attempt(what, task) {
  const buttons = byId("update").querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  byId("update-news").textContent = what;
  byId("update-news").textContent = await task().catch((error) => error.message);
  for (const button of buttons) button.disabled = false;
  await showUpdates();
}

byId("update-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const update = byId("update-file").files[0] ?? byId("update-address").value.trim();
  if (!update) byId("update-news").textContent = "Choose the file, or enter its web address.";
  else attempt("Checking and taking in the update …", () => takeIn(update));
});
byId("rollback").onclick = () => attempt("Going back …", () => act("rollback"));
byId("restart").onclick = () => attempt("The machine restarts; reload this page in a minute.", async () => {
  await act("restart");
  return "The machine restarts; reload this page in a minute.";
});
