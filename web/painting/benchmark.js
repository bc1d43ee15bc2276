/** The painting page beside ConvNetJS's own demo, in turns: all see the same browser and load. */

import { PRESETS, parse, summary } from "./layers.js";
import { Original } from "./original.js";
import { SHIPPED, loadShipped, show } from "./pictures.js";

const ROUNDS = 5;
const MILLISECONDS = 1000;
const RATE = 0.01;
// The last one is what ConvNetJS's demo opens with.
const NETWORKS = [...PRESETS.map(({ text }) => text), Array(7).fill("20 relu").join("\n")];

const find = (id) => document.getElementById(id);
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** A worker of the page, which counts its iterations itself. */
class Ours {
  constructor(engine, layers, picture) {
    this.iteration = 0;
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.heed(data);
    this.order("begin", { run: 1, engine, layers, seed: 1, picture, rate: RATE });
  }

  order(order, details = {}, transfer = []) {
    this.worker.postMessage({ order, ...details }, transfer);
  }

  heed({ tell, iteration, running, canvas }) {
    if (tell === "progress") {
      this.iteration = iteration;
      if (!running) this.rests?.();
    } else {
      show(find("ours"), canvas);
      this.order("back", { pixels: canvas.pixels }, [canvas.pixels.buffer]);
    }
  }

  start() {
    this.order("run");
  }

  /** Waits for the last report. */
  async stop() {
    this.order("pause");
    await new Promise((rests) => { this.rests = rests; });
  }
}

/** Iterations a second. */
async function speed(runner) {
  const before = runner.iteration;
  const begin = performance.now();
  runner.start();
  await wait(MILLISECONDS);
  await runner.stop();
  return (1000 * (runner.iteration - before)) / (performance.now() - begin);
}

/** The three take turns, so that what slows one slows the others. */
async function compare(text, picture) {
  const layers = parse(text);
  const runners = {
    original: new Original(layers, picture, find("original"), find("report")),
    engine: new Ours("convnetjs", layers, picture),
    ours: new Ours("own", layers, picture),
  };
  const rounds = [];
  for (let round = -1; round < ROUNDS; round++) {
    const speeds = {};
    for (const [name, runner] of Object.entries(runners)) speeds[name] = await speed(runner);
    if (round >= 0) rounds.push(speeds); // in the one before, the browser compiles what it runs
  }
  runners.engine.worker.terminate();
  runners.ours.worker.terminate();
  return { layers: summary(layers), rounds };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function addRow({ layers, rounds }) {
  const ratios = rounds.map(({ original, ours }) => ours / original);
  const row = find("rows").insertRow();
  const head = Object.assign(document.createElement("th"), { scope: "row", textContent: layers });
  row.append(head);
  const cells = [
    ...["original", "engine", "ours"].map((name) =>
      median(rounds.map((round) => round[name])).toFixed(1)),
    median(ratios).toFixed(2),
    Math.min(...ratios).toFixed(2),
  ];
  for (const text of cells) row.insertCell().textContent = text;
}

async function measure() {
  find("start").disabled = true;
  find("rows").replaceChildren();
  const picture = await loadShipped(SHIPPED[0]);
  for (const text of NETWORKS) {
    find("state").textContent = `Measuring ${summary(parse(text))} …`;
    addRow(await compare(text, picture));
  }
  find("state").textContent = "Done.";
  find("start").disabled = false;
}

find("rounds").textContent = ROUNDS;
find("start").addEventListener("click", measure);
