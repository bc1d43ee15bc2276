/** The page: a picture, up to four networks that learn it, and their curves. */

import { drawCurves, describeCurves } from "./chart.js";
import { Easel } from "./easel.js";
import { PRESETS } from "./layers.js";
import { PictureError, SHIPPED, loadFile, loadShipped, show } from "./pictures.js";

const LETTERS = ["A", "B", "C", "D"];
const CHART_PAUSE = 250; // milliseconds between two drawings of the curves

const find = (id) => document.getElementById(id);
const easels = [];
let running = false;
let picture = null;
let lastChoice = null;
let chartIsDue = false;

const told = {
  changed: () => requestChart(),
  removed: (easel) => remove(easel),
  failed: (easel, message) => trouble(message),
};

function trouble(message) {
  find("trouble").textContent = message;
}

function news(message) {
  find("news").textContent = message;
}

// Pictures

function addChoice(name, thumbnail, load) {
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "picture" });
  radio.addEventListener("change", () => choose(name, load));
  label.append(radio, thumbnail, name);
  find("choices").append(label);
  return radio;
}

/** Of several choices in a row the last one counts, whichever arrives last. */
async function choose(name, load) {
  trouble("");
  const mine = Symbol(name);
  lastChoice = mine;
  try {
    const chosen = await load();
    if (lastChoice === mine) setPicture(name, chosen);
  } catch {
    trouble(`The picture "${name}" does not arrive. Is the machine or container still running?`);
  }
}

function setPicture(name, chosen) {
  picture = chosen;
  show(find("original"), picture);
  for (const easel of easels) easel.learn(picture);
  news(`The picture is now: ${name}`);
}

/** An own picture joins the choices, in the place of an earlier one. */
async function take(file) {
  trouble("");
  try {
    const chosen = await loadFile(file);
    lastChoice = null;
    find("choices").querySelector("canvas")?.closest("label").remove();
    const thumbnail = document.createElement("canvas");
    thumbnail.setAttribute("aria-hidden", "true");
    show(thumbnail, chosen);
    addChoice("Your own", thumbnail, async () => chosen).checked = true;
    setPicture(file.name, chosen);
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    trouble(error.message);
  }
}

// Networks

function add(layers) {
  const letter = LETTERS.find((free) => easels.every((easel) => easel.letter !== free));
  const easel = new Easel(letter, layers, told);
  easels.push(easel);
  easels.sort((a, b) => a.letter.localeCompare(b.letter));
  find("easels").insertBefore(easel.element, easels[easels.indexOf(easel) + 1]?.element ?? null);
  easel.learn(picture);
  if (running) easel.start();
  countEasels();
  return easel;
}

function nextPreset() {
  return PRESETS[easels.length % PRESETS.length].text;
}

function remove(easel) {
  easels.splice(easels.indexOf(easel), 1);
  easel.close();
  countEasels();
  requestChart();
  find("add").focus();
  news(`Network ${easel.letter} is removed`);
}

function countEasels() {
  find("add").disabled = easels.length === LETTERS.length;
  for (const easel of easels) easel.remove.disabled = easels.length === 1;
}

// All networks

function toggle() {
  running = !running;
  find("run").textContent = running ? "Pause" : "Start";
  find("step").disabled = running;
  for (const easel of easels) running ? easel.start() : easel.pause();
}

function reset() {
  trouble("");
  for (const easel of easels) easel.restart();
}

// Curves

function requestChart() {
  if (chartIsDue) return;
  chartIsDue = true;
  setTimeout(() => {
    chartIsDue = false;
    chart();
  }, CHART_PAUSE);
}

function chart() {
  drawCurves(find("curve"), easels, find("along").value);
  find("curve").setAttribute("aria-label", describeCurves(easels));
}

function wire() {
  find("run").addEventListener("click", toggle);
  find("step").addEventListener("click", () => easels.forEach((easel) => easel.step()));
  find("reset").addEventListener("click", reset);
  find("add").addEventListener("click", () => add(nextPreset()).text.focus());
  find("along").addEventListener("change", chart);
  find("upload").addEventListener("change", async ({ target }) => {
    if (target.files.length) await take(target.files[0]);
    target.value = ""; // so that the same file can be chosen again
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
  new ResizeObserver(requestChart).observe(find("curve"));
}

async function open() {
  for (const shipped of SHIPPED) {
    const thumbnail = Object.assign(new Image(), { src: `pictures/${shipped.file}`, alt: "" });
    addChoice(shipped.name, thumbnail, () => loadShipped(shipped));
  }
  find("choices").querySelector("input").checked = true;
  await choose(SHIPPED[0].name, () => loadShipped(SHIPPED[0]));
  if (!picture) return;
  wire();
  add(PRESETS[0].text);
}

open();
