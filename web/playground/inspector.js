/** The weights of one neuron, to read and to change. */

import { neuronName, sourceName } from "./features.js";

export class Inspector {
  /**
   * @param {HTMLElement} root
   * @param {(change: object) => void} changed is told what becomes of which weight
   * @param {(place: {layer: number, unit: number}) => void} left  by Escape
   */
  constructor(root, changed, left) {
    Object.assign(this, { root, changed });
    this.title = root.querySelector("#inspector-title");
    this.list = root.querySelector("#weights");
    root.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") left(this.place);
    });
  }

  /** A look at another neuron takes nothing away from somebody who is writing. */
  get busy() {
    return this.root.contains(document.activeElement);
  }

  /** @param {{layer: number, unit: number}} place */
  open(place, { features, layers }, weights) {
    const { layer, unit } = place;
    this.place = place;
    this.title.textContent = `${neuronName(layer, unit, layers)}: weights`;
    const inputs = layer === 0 ? features.length : layers[layer - 1];
    this.fields = [null, ...Array(inputs).keys()].map((input) => {
      const name = input === null ? "bias" : sourceName(layer, input, features);
      return this.field(name, { layer, unit, input });
    });
    this.list.replaceChildren(...this.fields.map(({ field }) => field.parentElement));
    if (weights) this.show(weights);
  }

  field(name, place) {
    const field = Object.assign(document.createElement("input"), { type: "number", step: "any" });
    const label = document.createElement("label");
    label.append(name, field);
    field.addEventListener("change", () => {
      const value = field.valueAsNumber;
      field.setAttribute("aria-invalid", String(!Number.isFinite(value)));
      if (Number.isFinite(value)) this.changed({ ...place, value });
    });
    return { field, ...place };
  }

  /** The number that somebody is writing stays as it is. */
  show(layers) {
    const { weights, biases } = layers[this.place.layer];
    for (const { field, unit, input } of this.fields) {
      if (field === document.activeElement) continue;
      const value = input === null ? biases[unit] : weights[(unit * weights.length) / biases.length + input];
      field.value = value.toFixed(3);
      field.removeAttribute("aria-invalid");
    }
  }

  /** @param {number} [input] none: the bias */
  focus(input) {
    const chosen = this.fields.find((each) => each.input === (input ?? null)).field;
    chosen.focus();
    chosen.select();
  }
}
