/** Hidden layers as text, one a line: a number of neurons and what they do with their sum. */

import { ACTIVATIONS } from "../common/network/activations.js";

export const MOST_LAYERS = 20;
export const MOST_NEURONS = 100;

/** Those of the workshop of 2016. */
export const PRESETS = [
  { name: "4", text: lines(1, 4) },
  { name: "20", text: lines(1, 20) },
  { name: "10+10", text: lines(2, 10) },
  { name: "10×7", text: lines(7, 10) },
];

const KINDS = Object.keys(ACTIVATIONS);
const EXAMPLE =
  'Write a number of neurons, and one of relu, tanh, sigmoid, linear, as in "10 relu".';

function lines(layers, neurons) {
  return Array(layers).fill(`${neurons} relu`).join("\n");
}

/** A line that is no layer; the message is for the person who wrote it. */
export class LayerError extends Error {}

/**
 * @param {string} text
 * @returns {{neurons: number, activation: string}[]}
 * @throws {LayerError}
 */
export function parse(text) {
  const layers = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim()) layers.push(parseLine(line.trim(), `Line ${index + 1}`));
  });
  if (layers.length > MOST_LAYERS) {
    throw new LayerError(`These are ${layers.length} layers; at most ${MOST_LAYERS} will do.`);
  }
  return layers;
}

function parseLine(line, where) {
  const [count, activation = "relu", ...rest] = line.split(/\s+/);
  if (!/^\d+$/.test(count)) {
    throw new LayerError(`${where}: "${short(count)}" is not a whole number. ${EXAMPLE}`);
  }
  const neurons = Number(count);
  if (neurons < 1 || neurons > MOST_NEURONS) {
    const wanted = `1 to ${MOST_NEURONS} neurons, not ${short(count)}`;
    throw new LayerError(`${where}: a layer has ${wanted}.`);
  }
  const kind = activation.toLowerCase();
  if (!KINDS.includes(kind)) {
    throw new LayerError(`${where}: "${short(activation)}" is not known here. ${EXAMPLE}`);
  }
  if (rest.length) {
    const excess = short(rest.join(" "));
    throw new LayerError(`${where}: "${excess}" is too much; each layer has a line of its own.`);
  }
  return { neurons, activation: kind };
}

/** What somebody pasted may be long. */
function short(text) {
  return text.length > 20 ? `${text.slice(0, 20)}…` : text;
}

/** For names of files and for people: 10+10, 10×7, 20tanh. */
export function summary(layers) {
  const names = layers.map(({ neurons, activation }) =>
    activation === "relu" ? `${neurons}` : `${neurons} ${activation}`);
  if (!names.length) return "no hidden layer";
  const alike = names.every((name) => name === names[0]);
  return alike && names.length > 2 ? `${names[0]}×${names.length}` : names.join("+");
}
