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

/** How late the page heard of each key in this round, in milliseconds. */
let delays = [];

/** Iterations a second, and delays of keys. */
async function measured(runner) {
  delays = [];
  const before = runner.iteration;
  const begin = performance.now();
  runner.start();
  await wait(MILLISECONDS);
  await runner.stop();
  return { speed: (1000 * (runner.iteration - before)) / (performance.now() - begin), delays };
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
    const found = {};
    for (const [name, runner] of Object.entries(runners)) found[name] = await measured(runner);
    if (round >= 0) rounds.push(found); // in the one before, the browser compiles what it runs
  }
  runners.engine.worker.terminate();
  runners.ours.worker.terminate();
  return { layers: summary(layers), rounds };
}

/** The value below which a share of the values lies. */
function quantile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)];
}

const median = (values) => quantile(values, 0.5);

/** What 19 of 20 keys took at most; a dash where none was pressed. */
function late(rounds, name) {
  return quantile(rounds.flatMap((round) => round[name].delays), 0.95)?.toFixed(1) ?? "-";
}

function addRow({ layers, rounds }) {
  const ratios = rounds.map(({ original, ours }) => ours.speed / original.speed);
  const row = find("rows").insertRow();
  const head = Object.assign(document.createElement("th"), { scope: "row", textContent: layers });
  row.append(head);
  const cells = [
    ...["original", "engine", "ours"].map((name) =>
      median(rounds.map((round) => round[name].speed)).toFixed(1)),
    median(ratios).toFixed(2),
    Math.min(...ratios).toFixed(2),
    late(rounds, "original"),
    late(rounds, "ours"),
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
addEventListener("keydown", ({ timeStamp }) => delays.push(performance.now() - timeStamp));
