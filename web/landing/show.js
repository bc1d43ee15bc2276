/** Puts what the server knows into the page. */

import { STATES, lastCheck, progress, versions } from "./words.js";

const MARKS = { PASS: "good", WARN: "warn", FAIL: "bad", ERROR: "bad" };
const WORDS = { NOT_APPLICABLE: "N/A" };

const byId = (id) => document.getElementById(id);

/**
 * @param {{name: string, title: string, minutes: number|null, state: string, here: boolean}[]} lessons
 * @param {(lesson: object) => void} onFreshCopy
 */
export function showLessons(lessons, onFreshCopy) {
  const list = byId("list");
  list.replaceChildren(...lessons.map((lesson) => item(lesson, onFreshCopy)));
  list.removeAttribute("aria-busy");
  byId("progress").textContent = progress(lessons);
}

function item(lesson, onFreshCopy) {
  const element = byId("lesson").content.cloneNode(true).firstElementChild;
  const part = (name) => element.querySelector(name);
  const file = encodeURIComponent(`${lesson.name}.ipynb`);
  element.dataset.lesson = lesson.name;
  element.dataset.state = lesson.state;
  part(".number").textContent = lesson.name.split("-")[0];
  part(".title").textContent = lesson.title;
  part(".minutes").textContent = lesson.minutes ? `${lesson.minutes} min` : "";
  part(".state").textContent = STATES[lesson.state];
  open(part(".lab"), `lab/tree/${file}`, `Open ${lesson.title} in JupyterLab`, lesson.here);
  open(part(".notebook"), `notebooks/${file}`, `Open ${lesson.title} in Notebook`, lesson.here);
  part(".fresh").textContent = lesson.here ? "Fresh copy" : "Bring it back";
  part(".fresh").setAttribute("aria-label", lesson.here ? `Fresh copy of ${lesson.title}` : `Bring it back: ${lesson.title}`);
  part(".fresh").onclick = () => onFreshCopy(lesson);
  return element;
}

function open(link, address, label, isHere) {
  link.href = address;
  link.hidden = !isHere;
  link.setAttribute("aria-label", label);
}

/** @param {object} known as the server tells it */
export function showMachine({ title, logo, version, pages, standins, packages, ssh, check }) {
  if (title) document.title = byId("title").textContent = title;
  byId("logo").hidden = !logo;
  if (logo) byId("logo").src = `workshop/${logo}`;
  byId("own").hidden = !pages.length;
  byId("own").querySelector("ul").replaceChildren(...pages.map(card));
  byId("check").textContent = lastCheck(check, Date.now() / 1000);
  byId("page").hidden = !check?.page;
  byId("report").hidden = !check;
  if (check) byId("report").querySelector("tbody").replaceChildren(...check.checks.map(row));
  byId("standins").hidden = !standins;
  byId("standins").textContent = "Some data or weights could not be had when this machine was made; " +
    "stand-ins serve in their place. Lessons that use them say so, and their results differ.";
  byId("versions").textContent = versions(version, packages);
  byId("scp").hidden = !ssh;
  if (ssh) byId("scp").querySelector("code").textContent = `scp -P ${ssh.port} -r ${ssh.user}@localhost:notebooks .`;
}

function card({ name, title }) {
  const [item, link, shown] = ["li", "a", "strong"].map((tag) => document.createElement(tag));
  link.href = `${encodeURIComponent(name)}/`;
  link.className = "card";
  shown.textContent = title;
  link.append(shown);
  item.append(link);
  return item;
}

function row({ id, title, status, message, remedy }) {
  const cells = ["th", "td", "td"].map((name) => document.createElement(name));
  const [check, result, found] = cells;
  check.scope = "row";
  check.textContent = id;
  check.title = title;
  result.textContent = WORDS[status] ?? status;
  result.className = MARKS[status] ?? "";
  found.textContent = remedy ? `${message}. ${remedy}` : message;
  const line = document.createElement("tr");
  line.append(...cells);
  return line;
}
