/** All that can be set, and how it is written into the address of the page. */

import { ACTIVATIONS } from "../common/network/activations.js";
import { DATA } from "./data.js";
import { FEATURES } from "./features.js";
import { REGULARISATIONS } from "./regularisation.js";

export const MOST_LAYERS = 6;
export const MOST_NEURONS = 8;
export const RATES = [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
export const STRENGTHS = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
export const SPEEDS = {
  slow: { name: "Slow", epochs: 5 },
  normal: { name: "Normal", epochs: 30 },
  fast: { name: "As fast as it can", epochs: Infinity },
};

/** What somebody pasted may be long. */
function short(text) {
  return text.length > 20 ? `${text.slice(0, 20)}…` : text;
}

/** Each kind of value: `read` gives undefined for what it does not know, `wants` is for people. */
function oneOf(values) {
  return {
    read: (text) => values.find((value) => String(value) === text),
    write: String,
    wants: `one of ${values.join(", ")}`,
  };
}

function whole(least, most) {
  return {
    read(text) {
      const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
      return number >= least && number <= most ? number : undefined;
    },
    write: String,
    wants: `a whole number from ${least} to ${most}`,
  };
}

const YES_OR_NO = {
  read: (text) => new Map([["yes", true], ["no", false]]).get(text),
  write: (value) => (value ? "yes" : "no"),
  wants: "yes or no",
};

const CHOSEN_FEATURES = {
  read(text) {
    const names = text.split(",");
    const known = Object.keys(FEATURES).filter((name) => names.includes(name));
    return known.length && known.length === names.length ? known : undefined;
  },
  write: (value) => value.join(),
  wants: `at least one of ${Object.keys(FEATURES).join(", ")}, each once, with commas between`,
};

const LAYERS = {
  read(text) {
    if (text === "none") return [];
    const counts = text.split(",").map(whole(1, MOST_NEURONS).read);
    return counts.length <= MOST_LAYERS && !counts.includes(undefined) ? counts : undefined;
  },
  write: (value) => value.join() || "none",
  wants: `none, or neurons of up to ${MOST_LAYERS} layers, 1 to ${MOST_NEURONS} each, as in 4,2`,
};

/** `live`: a network that learns goes on with the new value; else it begins anew. `view`: it is not concerned. */
export const FIELDS = {
  data: { ...oneOf(Object.keys(DATA)), begins: "circle" },
  noise: { ...whole(0, 50), begins: 0 },
  share: { ...whole(10, 90), begins: 50 },
  seed: { ...whole(0, 999999), begins: 1 },
  features: { ...CHOSEN_FEATURES, begins: ["x1", "x2"] },
  layers: { ...LAYERS, begins: [4, 2] },
  activation: { ...oneOf(Object.keys(ACTIVATIONS)), begins: "tanh" },
  regularisation: { ...oneOf(Object.keys(REGULARISATIONS)), begins: "none", live: true },
  strength: { ...oneOf(STRENGTHS), begins: 0.003, live: true },
  rate: { ...oneOf(RATES), begins: 0.03, live: true },
  batch: { ...whole(1, 30), begins: 10, live: true },
  speed: { ...oneOf(Object.keys(SPEEDS)), begins: "normal", view: true },
  test: { ...YES_OR_NO, begins: false, view: true },
  decision: { ...YES_OR_NO, begins: false, view: true },
};

/** What the page begins with. */
export function defaults() {
  return Object.fromEntries(Object.entries(FIELDS).map(([name, { begins }]) => [name, structuredClone(begins)]));
}

/**
 * @param {string} hash of the address, with or without its #
 * @returns {{settings: object, errors: string[]}} what cannot be read gets a sentence, and the default
 */
export function read(hash) {
  const settings = defaults();
  const errors = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : null;
    const value = field?.read(text);
    if (!field) {
      errors.push(`There is no setting "${short(name)}".`);
    } else if (value === undefined) {
      errors.push(refusal(name, text));
    } else {
      settings[name] = value;
    }
  }
  return { settings, errors };
}

/** What to tell somebody who set something to what it cannot be. */
export function refusal(name, text) {
  return `"${short(text)}" cannot be the setting ${name}: it is ${FIELDS[name].wants}.`;
}

/** All of them, so that a link means the same when the page one day begins otherwise. */
export function write(settings) {
  return `#${Object.entries(FIELDS).map(([name, field]) => `${name}=${field.write(settings[name])}`).join("&")}`;
}

/** Whether a network that learned with one must begin anew for the other. */
export function differ(one, other) {
  return Object.entries(FIELDS).some(([name, { live, view, write }]) =>
    !live && !view && write(one[name]) !== write(other[name]));
}
