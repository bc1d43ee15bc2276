/** The form: every control is named as its setting. */

import { ACTIVATIONS } from "../common/network/activations.js";
import { DATA, makeData } from "./data.js";
import { drawThumbnail } from "./plane.js";
import { REGULARISATIONS } from "./regularisation.js";
import { FIELDS, RATES, SPEEDS, STRENGTHS, defaults, refusal } from "./settings.js";

const THUMBNAIL_POINTS = 160;
const UNITS = { noise: " %", share: " %" };

export class Controls {
  /**
   * @param {HTMLFormElement} form
   * @param {(change: object) => void} changed is told the settings that changed
   * @param {(message: string) => void} refused
   */
  constructor(form, changed, refused) {
    this.form = form;
    this.fillChoices();
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const control of form.elements) {
      if (!control.name) continue;
      const event = control.type === "range" ? "input" : "change";
      control.addEventListener(event, () => this.heed(control, changed, refused));
    }
  }

  fillChoices() {
    const { elements } = this.form;
    options(elements.activation, Object.keys(ACTIVATIONS).map((name) => [name, name]));
    options(elements.rate, RATES.map((rate) => [rate, rate]));
    options(elements.strength, STRENGTHS.map((strength) => [strength, strength]));
    options(elements.regularisation, named(REGULARISATIONS));
    options(elements.speed, named(SPEEDS));
    this.thumbnails = named(DATA).map(([data, name]) => {
      const radio = Object.assign(document.createElement("input"), { type: "radio", name: "data", value: data });
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true");
      const label = document.createElement("label");
      label.append(radio, canvas, name);
      this.form.querySelector("#choices").append(label);
      return { canvas, points: makeData({ ...defaults(), data }).training.slice(0, THUMBNAIL_POINTS) };
    });
    this.paint();
  }

  /** In the colours of the day. */
  paint() {
    for (const { canvas, points } of this.thumbnails) drawThumbnail(canvas, points);
  }

  heed(control, changed, refused) {
    const text = control.type === "checkbox" ? (control.checked ? "yes" : "no") : control.value;
    const value = FIELDS[control.name].read(text);
    control.setAttribute("aria-invalid", String(value === undefined));
    if (value === undefined) refused(refusal(control.name, text));
    else changed({ [control.name]: value });
  }

  show(settings) {
    for (const [name, value] of Object.entries(settings)) {
      const control = this.form.elements[name];
      if (!control) continue;
      if (control.type === "checkbox") control.checked = value;
      else control.value = value;
      this.label(control, `${value}${UNITS[name] ?? ""}`);
    }
    this.form.elements.seed.removeAttribute("aria-invalid");
    this.form.elements.strength.disabled = settings.regularisation === "none";
  }

  /** A slider's number, for eyes and for ears. */
  label(control, text) {
    if (control.type !== "range") return;
    control.closest("label").querySelector(".value").textContent = text;
    control.setAttribute("aria-valuetext", text);
  }
}

function named(things) {
  return Object.entries(things).map(([value, { name }]) => [value, name]);
}

function options(select, pairs) {
  select.replaceChildren(...pairs.map(([value, text]) => new Option(text, value)));
}
