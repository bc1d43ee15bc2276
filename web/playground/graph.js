/** The network as a picture: features, neurons, and the links between them. */

import { FEATURES, neuronName } from "./features.js";
import { Links } from "./links.js";
import { drawPicture } from "./plane.js";
import { MOST_NEURONS } from "./settings.js";
import { SIDE, coordinate, shade } from "./training.js";

/**
 * @typedef {{layer: number, unit: number}} Place  of a neuron
 *
 * @typedef {object} Told
 * @property {(name: string) => void} toggled  a feature
 * @property {(layer: number, by: number) => void} resized  a layer
 * @property {(place: Place | null) => void} looked  at a neuron, or no more at any
 * @property {(place: Place, input?: number) => void} opened  a neuron's weights, at one of them
 */

export class Graph {
  /**
   * @param {HTMLElement} root
   * @param {Told} told
   */
  constructor(root, told) {
    Object.assign(this, { root, told });
    this.links = new Links(root, told.opened);
    root.addEventListener("keydown", (event) => this.walk(event));
    new ResizeObserver(() => this.links.place(this.columns)).observe(root);
  }

  /** @param {{features: string[], layers: number[]}} settings */
  build(settings, palette) {
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const { features, layers } = settings;
    this.layers = layers;
    this.palette = palette;
    this.frame = null;
    this.features = Object.keys(FEATURES).map((name) => this.feature(name, features.includes(name)));
    this.neurons = [...layers, 1].map((count, layer) =>
      Array.from({ length: count }, (_, unit) => this.neuron({ layer, unit })));
    this.neurons[0][0].tabIndex = 0;
    const hidden = layers.map((count, layer) => column(this.counter(layer, count), this.neurons[layer]));
    this.root.replaceChildren(column(caption("Features"), this.features), ...hidden,
      column(caption("Output"), this.neurons.at(-1)));
    this.columns = [this.features.filter((each) => each.getAttribute("aria-pressed") === "true"), ...this.neurons];
    this.links.build(this.columns, settings);
    if (focused) (this.root.querySelector(`[data-key="${focused}"]:enabled`) ?? this.neurons[0][0]).focus();
  }

  feature(name, chosen) {
    const button = node(`feature-${name}`, FEATURES[name].name);
    button.classList.add("feature");
    button.append(FEATURES[name].name);
    button.setAttribute("aria-pressed", String(chosen));
    button.addEventListener("click", () => this.told.toggled(name));
    this.paintFeature(button, name);
    return button;
  }

  paintFeature(button, name) {
    const { of, most } = FEATURES[name];
    const bytes = Uint8Array.from({ length: SIDE * SIDE }, (_, at) =>
      shade(of(coordinate(at % SIDE), -coordinate(Math.floor(at / SIDE))) / most));
    drawPicture(button.querySelector("canvas"), bytes, 0, this.palette);
  }

  neuron(place) {
    const button = node(`neuron-${place.layer}-${place.unit}`, neuronName(place.layer, place.unit, this.layers));
    button.classList.add("neuron");
    button.tabIndex = -1;
    button.addEventListener("click", () => this.told.opened(place));
    button.addEventListener("pointerenter", () => this.look(place));
    button.addEventListener("pointerleave", () => this.look(null));
    button.addEventListener("focus", () => {
      this.neurons.flat().forEach((other) => {
        other.tabIndex = other === button ? 0 : -1;
      });
      this.look(place);
    });
    button.addEventListener("blur", () => this.look(null));
    return button;
  }

  look(place) {
    this.links.mark(place);
    this.told.looked(place);
  }

  /** How many neurons a layer has, and buttons to change it. */
  counter(layer, count) {
    const group = Object.assign(document.createElement("div"), { className: "counter" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", `Layer ${layer + 1}`);
    const button = (text, by, name, disabled) => {
      const element = Object.assign(document.createElement("button"), { type: "button", textContent: text, disabled });
      element.dataset.key = `${by}-${layer}`;
      element.setAttribute("aria-label", `${name} layer ${layer + 1}`);
      element.addEventListener("click", () => this.told.resized(layer, by));
      return element;
    };
    group.append(button("−", -1, "Remove a neuron from", count === 1), String(count),
      button("+", 1, "Add a neuron to", count === MOST_NEURONS));
    return group;
  }

  /** Arrow keys go from neuron to neuron. */
  walk(event) {
    const [across, up] = ARROWS[event.key] ?? [0, 0];
    const at = event.target.dataset.key?.match(/^neuron-(\d+)-(\d+)$/);
    if (!at || (!across && !up)) return;
    event.preventDefault();
    const column = this.neurons[Number(at[1]) + across];
    column?.[Math.min(column.length - 1, Number(at[2]) + up)]?.focus();
  }

  button({ layer, unit }) {
    return this.neurons[layer]?.[unit];
  }

  /** @param {{pictures: Uint8Array, weights: {weights: Float64Array, biases: Float64Array}[]}} frame */
  show(frame) {
    this.frame = frame;
    this.neurons.flat().forEach((button, index) =>
      drawPicture(button.querySelector("canvas"), frame.pictures, index, this.palette));
    this.links.show(frame.weights);
  }

  /** Which of a frame's pictures is a neuron's. */
  pictureOf({ layer, unit }) {
    return this.neurons.slice(0, layer).flat().length + unit;
  }

  /** In other colours. */
  repaint(palette) {
    this.palette = palette;
    this.features.forEach((button, index) => this.paintFeature(button, Object.keys(FEATURES)[index]));
    if (this.frame) this.show(this.frame);
  }
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function node(key, name) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.dataset.key = key;
  button.setAttribute("aria-label", name);
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  button.append(canvas);
  return button;
}

function caption(text) {
  return Object.assign(document.createElement("p"), { textContent: text, className: "caption" });
}

function column(head, buttons) {
  const element = Object.assign(document.createElement("div"), { className: "column" });
  element.append(head, ...buttons);
  return element;
}
