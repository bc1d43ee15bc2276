/** What a network may be told of a point; `most` is the largest value on the plane. */

import { EDGE } from "./data.js";

export const FEATURES = {
  x1: { name: "x₁", most: EDGE, of: (x) => x },
  x2: { name: "x₂", most: EDGE, of: (x, y) => y },
  x1squared: { name: "x₁²", most: EDGE ** 2, of: (x) => x * x },
  x2squared: { name: "x₂²", most: EDGE ** 2, of: (x, y) => y * y },
  x1x2: { name: "x₁x₂", most: EDGE ** 2, of: (x, y) => x * y },
  sinx1: { name: "sin x₁", most: 1, of: (x) => Math.sin(x) },
  sinx2: { name: "sin x₂", most: 1, of: (x, y) => Math.sin(y) },
};

/** Names of inputs, weights' and neurons' sources, for people. */
export function sourceName(layer, input, features) {
  return layer === 0 ? FEATURES[features[input]].name : `neuron ${input + 1} of layer ${layer}`;
}

/** A neuron's name, for people. */
export function neuronName(layer, unit, layers) {
  return layer === layers.length ? "Output" : `Neuron ${unit + 1} of layer ${layer + 1}`;
}

/**
 * @param {string[]} chosen
 * @returns {(x: number, y: number, into: Float64Array) => void} writes a point's features
 */
export function extractor(chosen) {
  const functions = chosen.map((name) => FEATURES[name].of);
  return (x, y, into) => functions.forEach((of, index) => {
    into[index] = of(x, y);
  });
}
