/** A network and its points: learns, tells how well, and paints what each neuron computes. */

import { Random } from "../common/network/random.js";
import { DATA, EDGE, makeData, shuffle } from "./data.js";
import { extractor } from "./features.js";
import { Network } from "./network.js";
import { REGULARISATIONS } from "./regularisation.js";

/** Pictures have this many places in a row, and rows. */
export const SIDE = 50;

/** One seed must not give the points and the weights the same numbers. */
const WEIGHTS_SEED = 0x9e3779b9;

export class Training {
  /** @param {ReturnType<import("./settings.js").defaults>} settings */
  constructor(settings) {
    this.settings = settings;
    const { features, layers, activation, data, seed } = settings;
    const { training, test } = makeData(settings);
    this.random = new Random(seed ^ WEIGHTS_SEED);
    this.regression = Boolean(DATA[data].regression);
    const loss = this.regression ? "numbers" : "classes";
    this.network = new Network(features.length, layers, activation, loss, this.random);
    this.extract = extractor(features);
    this.training = training.map((point) => this.sample(point));
    this.test = test.map((point) => this.sample(point));
    this.epoch = 0;
  }

  sample({ x, y, label }) {
    const inputs = new Float64Array(this.settings.features.length);
    this.extract(x, y, inputs);
    return { inputs, label };
  }

  /** Settings that count from the next batch on. */
  change(settings) {
    this.settings = settings;
  }

  /** Sees every training point once, in an order of its own. */
  learn() {
    const { network, settings: { rate, batch, regularisation, strength } } = this;
    const how = REGULARISATIONS[regularisation];
    shuffle(this.training, this.random);
    for (let start = 0; start < this.training.length; start += batch) {
      const samples = this.training.slice(start, start + batch);
      for (const { inputs, label } of samples) {
        network.inputs.set(inputs);
        network.learn(label);
      }
      network.update(rate, samples.length, how, strength);
    }
    this.epoch += 1;
  }

  /**
   * The loss of both kinds of points, and the share of each that is told right (of classes).
   *
   * @returns {{training: Score, test: Score}}
   * @typedef {{loss: number, right: number | null}} Score
   */
  scores() {
    return { training: this.score(this.training), test: this.score(this.test) };
  }

  score(samples) {
    const { network } = this;
    let loss = 0;
    let right = 0;
    for (const { inputs, label } of samples) {
      network.inputs.set(inputs);
      const output = network.forward();
      loss += network.cost(label);
      if (output * label > 0) right += 1;
    }
    return { loss: loss / samples.length, right: this.regression ? null : right / samples.length };
  }

  /** Weights and biases of each layer, copied. */
  weights() {
    return this.network.layers.map(({ weights, biases }) => ({ weights: weights.slice(), biases: biases.slice() }));
  }

  /** @param {{layer: number, unit: number, input: number | null, value: number}} change  no input: the bias */
  setWeight({ layer, unit, input, value }) {
    const { weights, biases, inputs } = this.network.layers[layer];
    if (input === null) biases[unit] = value;
    else weights[unit * inputs + input] = value;
  }

  /**
   * What each neuron computes over the plane, from the top left, row by row: a byte a place,
   * 1 for -1 and less, 128 for nought, 255 for 1 and more. Neurons come layer by layer.
   */
  pictures() {
    const { network } = this;
    const { layers } = network;
    const neurons = layers.reduce((sum, { units }) => sum + units, 0);
    const bytes = new Uint8Array(neurons * SIDE * SIDE);
    for (let row = 0, place = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++, place++) {
        this.extract(coordinate(column), -coordinate(row), network.inputs);
        network.forward();
        let at = place;
        for (const { values } of layers) {
          for (let u = 0; u < values.length; u++, at += SIDE * SIDE) bytes[at] = shade(values[u]);
        }
      }
    }
    return bytes;
  }

  /** Whether the numbers are still numbers. */
  get sane() {
    return this.network.layers.every(({ weights, biases }) =>
      weights.every(Number.isFinite) && biases.every(Number.isFinite));
  }
}

/** The middle of a place in a picture. */
export function coordinate(index) {
  return EDGE * ((2 * index + 1) / SIDE - 1);
}

/** @param {number} value -1 … 1 */
export function shade(value) {
  return 128 + Math.round(127 * Math.max(-1, Math.min(1, value)));
}
