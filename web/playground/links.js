/** The lines of a network's picture: one for each weight. */

import { linkHorizontal } from "d3-shape";

import { neuronName, sourceName } from "./features.js";
import { make } from "./svg.js";

const WIDEST = 9;
const between = linkHorizontal();

export class Links {
  /**
   * @param {HTMLElement} root with the neurons
   * @param {(place: {layer: number, unit: number}, input: number) => void} opened
   */
  constructor(root, opened) {
    Object.assign(this, { root, opened, links: [], hovered: null });
    this.svg = make("svg", { class: "links", "aria-hidden": "true" });
    this.hint = document.getElementById("hint");
    this.svg.addEventListener("pointermove", (event) => this.hover(event));
    this.svg.addEventListener("pointerleave", () => this.leave());
    this.svg.addEventListener("click", ({ target }) => {
      const link = this.find(target);
      if (link) this.opened(link, link.input);
    });
  }

  /**
   * @param {HTMLElement[][]} columns features and neurons, from left to right
   * @param {{features: string[], layers: number[]}} settings
   */
  build(columns, { features, layers }) {
    this.leave();
    this.links = columns.slice(1).flatMap((neurons, layer) => neurons.flatMap((_, unit) =>
      columns[layer].map((_, input) => ({
        layer, unit, input, weight: 0,
        name: `${sourceName(layer, input, features)} → ${neuronName(layer, unit, layers)}`,
        line: make("path", { class: "link" }),
        grip: make("path", { class: "grip" }), // a thin line is hard to hit
      }))));
    this.svg.replaceChildren(...this.links.map(({ line }) => line), ...this.links.map(({ grip }) => grip));
    this.root.prepend(this.svg);
    this.place(columns);
  }

  /** Where the neurons are now. */
  place(columns) {
    const { scrollWidth, scrollHeight } = this.root;
    this.svg.setAttribute("viewBox", `0 0 ${scrollWidth} ${scrollHeight}`);
    this.svg.setAttribute("width", scrollWidth);
    this.svg.setAttribute("height", scrollHeight);
    for (const { layer, unit, input, line, grip } of this.links) {
      const [from, to] = [columns[layer][input], columns[layer + 1][unit]];
      const path = between({
        source: [from.offsetLeft + from.offsetWidth, from.offsetTop + from.offsetHeight / 2],
        target: [to.offsetLeft, to.offsetTop + to.offsetHeight / 2],
      });
      line.setAttribute("d", path);
      grip.setAttribute("d", path);
    }
  }

  /** @param {{weights: Float64Array}[]} layers */
  show(layers) {
    for (const link of this.links) {
      const { weights, biases } = layers[link.layer];
      link.weight = weights[link.unit * (weights.length / biases.length) + link.input];
      link.line.setAttribute("stroke-width", (WIDEST * Math.tanh(Math.abs(link.weight) / 2) + 0.4).toFixed(1));
      link.line.classList.toggle("negative", link.weight < 0);
    }
    if (this.hovered) this.tell();
  }

  /** The links that end in a neuron stand out. */
  mark(place) {
    this.svg.classList.toggle("marked", place !== null);
    for (const { layer, unit, line } of this.links) {
      line.classList.toggle("mark", layer === place?.layer && unit === place?.unit);
    }
  }

  find(target) {
    return this.links.find(({ grip }) => grip === target) ?? null;
  }

  hover({ target, clientX, clientY }) {
    const link = this.find(target);
    if (!link) return this.leave();
    this.hovered = link;
    this.hint.style.left = `${clientX + 14}px`;
    this.hint.style.top = `${clientY + 14}px`;
    this.tell();
  }

  tell() {
    const { name, weight } = this.hovered;
    this.hint.hidden = false;
    this.hint.textContent = `${name}: ${weight.toFixed(2)}. Click to change.`;
  }

  leave() {
    this.hovered = null;
    this.hint.hidden = true;
  }
}
