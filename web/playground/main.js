/** The page: settings, a network that learns in a worker, and what it looks like. */

import { drawCurves, describeCurves } from "./chart.js";
import { onScheme, palette } from "./colours.js";
import { Controls } from "./controls.js";
import { makeData } from "./data.js";
import { FEATURES, neuronName } from "./features.js";
import { Graph } from "./graph.js";
import { History } from "./history.js";
import { Inspector } from "./inspector.js";
import { describePlane, drawPicture, drawPoints, percent } from "./plane.js";
import { MOST_LAYERS, MOST_NEURONS, differ, read, write } from "./settings.js";
import { tries } from "./tries.js";

const CHART_PAUSE = 200; // milliseconds between two drawings of the curves
const NEW_LAYER = 4;

const find = (id) => document.getElementById(id);
const history = new History();
let settings = null;
let frame = null;
let run = 0;
let running = false;
let looked = null; // the neuron that the large picture shows; none: the output
let colours = palettes();
let chartIsDue = false;

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const order = (order, details = {}) => worker.postMessage({ order, ...details });
const controls = new Controls(find("settings"), change, trouble);
const inspector = new Inspector(find("inspector"),
  (changed) => order("weight", { change: changed }), (place) => graph.button(place)?.focus());
const graph = new Graph(find("network"), {
  toggled: toggleFeature, resized: resizeLayer, looked: look, opened: open,
});

function trouble(message) {
  find("trouble").textContent = message;
}

function news(message) {
  find("news").textContent = message;
}

// Settings

function change(changed) {
  trouble("");
  apply({ ...settings, ...changed });
  window.history.replaceState(null, "", write(settings));
}

function apply(wanted, anew = differ(settings, wanted)) {
  settings = wanted;
  controls.show(settings);
  if (anew) begin();
  else order("change", { settings });
  showPoints();
  repaint();
}

/** Begins with what the address says; what it cannot mean is told. */
function readAddress() {
  const { settings: wanted, errors } = read(location.hash);
  apply(wanted, true);
  trouble(errors.join(" "));
}

function toggleFeature(name) {
  const { features } = settings;
  const wanted = Object.keys(FEATURES).filter((each) => features.includes(each) !== (each === name));
  if (wanted.length) change({ features: wanted });
  else trouble("A network needs at least one feature: choose another one before you remove this.");
}

function resizeLayer(layer, by) {
  const count = settings.layers[layer] + by;
  if (count < 1 || count > MOST_NEURONS) return;
  change({ layers: settings.layers.map((each, index) => (index === layer ? count : each)) });
  news(`Layer ${layer + 1} has ${count} ${count === 1 ? "neuron" : "neurons"}`);
}

function changeLayers(layers) {
  change({ layers });
  news(layersText());
}

function layersText() {
  const { length } = settings.layers;
  return length ? `${length} hidden ${length === 1 ? "layer" : "layers"}` : "no hidden layer";
}

// Training

function begin() {
  run += 1;
  frame = null;
  history.clear();
  looked = null;
  graph.build(settings, colours.plain);
  find("layers").textContent = layersText();
  find("fewer").disabled = settings.layers.length === 0;
  find("more").disabled = settings.layers.length === MOST_LAYERS;
  inspector.open({ layer: settings.layers.length, unit: 0 }, settings);
  order("begin", { run, settings });
}

function toggle() {
  running = !running;
  order(running ? "run" : "pause");
  showRunning();
  if (!running) news(summary());
}

function showRunning() {
  find("run").textContent = running ? "Pause" : "Start";
  find("step").disabled = running;
}

function reset() {
  trouble("");
  begin();
  news("The network begins anew");
}

const HEEDING = {
  frame(told) {
    requestAnimationFrame(() => {
      order("seen");
      if (told.run === run) show(told);
    });
  },
  diverged(told) {
    if (told.run !== run) return;
    running = false;
    showRunning();
    trouble("The numbers of this network grew beyond all bounds. Choose a lower learning rate, then Reset.");
  },
};

worker.onmessage = ({ data }) => HEEDING[data.tell](data);
worker.onerror = () => trouble("The network does not start. Is the machine or container still running?");

// What it looks like

function show(told) {
  const stepped = !running && frame && told.epoch === frame.epoch + 1;
  frame = told;
  const { training, test } = frame.scores;
  history.add({ epoch: frame.epoch, training: training.loss, test: test.loss });
  find("epoch").textContent = frame.epoch.toLocaleString("en");
  for (const [kind, { loss, right }] of Object.entries(frame.scores)) {
    find(`${kind}-loss`).textContent = shown(loss);
    find(`${kind}-right`).textContent = right === null ? "-" : percent(right);
  }
  graph.show(frame);
  inspector.show(frame.weights);
  showPlane();
  requestChart();
  if (stepped) news(summary());
}

function summary() {
  if (!frame) return "Nothing is learned yet";
  const { training, test } = frame.scores;
  return `Epoch ${frame.epoch}: loss ${shown(training.loss)} in training, ${shown(test.loss)} in the test`;
}

/** Also where somebody's own weights make it huge. */
function shown(loss) {
  return loss < 1000 ? loss.toFixed(3) : loss.toPrecision(3);
}

/** What the output says of the plane, or the neuron that is looked at. */
function showPlane() {
  const place = looked ?? { layer: settings.layers.length, unit: 0 };
  const name = neuronName(place.layer, place.unit, settings.layers);
  find("output-title").textContent = name;
  find("plane").setAttribute("aria-label", describePlane(settings, name.toLowerCase(), frame?.scores));
  if (frame) drawPicture(find("plane"), frame.pictures, graph.pictureOf(place), colours[settings.decision ? "decision" : "plain"]);
}

function showPoints() {
  drawPoints(find("points"), makeData(settings), settings.test);
}

function palettes() {
  return { plain: palette(), decision: palette(true) };
}

function repaint() {
  graph.repaint(colours.plain);
  showPlane();
}

function look(place) {
  looked = place;
  if (place && !inspector.busy) inspector.open(place, settings, frame?.weights);
  showPlane();
}

function open(place, input) {
  inspector.open(place, settings, frame?.weights);
  inspector.focus(input);
}

function requestChart() {
  if (chartIsDue) return;
  chartIsDue = true;
  setTimeout(() => {
    chartIsDue = false;
    drawCurves(find("curve"), history);
    find("curve").setAttribute("aria-label", describeCurves(history));
  }, CHART_PAUSE);
}

find("tries").append(...tries());
find("run").addEventListener("click", toggle);
find("step").addEventListener("click", () => order("step"));
find("reset").addEventListener("click", reset);
find("new-seed").addEventListener("click", () => change({ seed: Math.floor(1e6 * Math.random()) }));
find("fewer").addEventListener("click", () => changeLayers(settings.layers.slice(0, -1)));
find("more").addEventListener("click", () => changeLayers([...settings.layers, NEW_LAYER]));
window.addEventListener("hashchange", readAddress);
new ResizeObserver(requestChart).observe(find("curve"));
onScheme(() => {
  colours = palettes();
  controls.paint();
  repaint();
});
readAddress();
