/** The landing page: shows what the server knows, and takes fresh copies. */

import { freshCopy, state } from "./server.js";
import { showLessons, showMachine } from "./show.js";
import { showUpdates } from "./update.js";

const trouble = document.getElementById("trouble");
const news = document.getElementById("news");
const ask = document.getElementById("ask");

async function refresh() {
  try {
    const known = await state();
    showLessons(known.lessons, confirmFreshCopy);
    showMachine(known);
    trouble.hidden = true;
  } catch (error) {
    trouble.textContent = error.message;
    trouble.hidden = false;
  }
}

/** Ask first; then say what happened, and give the focus back to where it was. */
function confirmFreshCopy(lesson) {
  ask.querySelector("h2").textContent = `A fresh copy of “${lesson.title}”?`;
  ask.returnValue = "no";
  ask.onclose = async () => {
    if (ask.returnValue === "yes") {
      news.textContent = await freshCopy(lesson.name).catch((error) => error.message);
      await refresh();
    }
    document.querySelector(`[data-lesson="${lesson.name}"] .fresh`)?.focus();
  };
  ask.showModal();
}

/** Whoever comes back from a lesson sees how far it is. */
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refresh();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) refresh();
});
await refresh();
await showUpdates();
