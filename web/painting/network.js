/**
 * A small fully connected network, trained by stochastic gradient descent with momentum.
 *
 * It computes what ConvNetJS computes, in the same order, so that every number is the same to the
 * last bit (for relu; test/painting/network.test.js); it is faster because
 * - nothing is allocated after the start: all numbers lie in a few Float64Arrays;
 * - a batch of five samples goes through each layer at once: a weight is loaded once for five
 *   samples, and five sums that do not wait for each other keep the processor's adders busy;
 * - the weights change in the same pass that carries the errors back: gradients are never stored.
 *
 * Five lanes, because five is the batch size of ConvNetJS's own demo. The values of unit u for the
 * five samples are at 5 * u … 5 * u + 4 of an array.
 */

import { ACTIVATIONS } from "../common/network/activations.js";

export const LANES = 5;
export const MOMENTUM = 0.9;
export const INPUTS = 2;
export const OUTPUTS = 3;

/** One layer: its weights (row by row, a row for each unit), biases, and how both last changed. */
class Dense {
  /**
   * @param {number} inputs
   * @param {number} units
   * @param {string} activation
   */
  constructor(inputs, units, activation) {
    this.inputs = inputs;
    this.units = units;
    this.activation = ACTIVATIONS[activation];
    this.weights = new Float64Array(units * inputs);
    this.biases = new Float64Array(units);
    this.weightSteps = new Float64Array(units * inputs);
    this.biasSteps = new Float64Array(units);
    this.values = new Float64Array(units * LANES);
    this.errors = new Float64Array(units * LANES);
  }

  /** As ConvNetJS begins: Gaussian weights; with relu, biases a little above zero. */
  fill(random) {
    const scale = Math.sqrt(1 / this.inputs);
    for (let i = 0; i < this.weights.length; i++) this.weights[i] = scale * random.gauss();
    this.biases.fill(this.activation.bias);
  }

  /** Values of this layer from those of the layer below. */
  forward(below) {
    const { inputs, units, weights, biases, values } = this;
    let w = 0;
    for (let u = 0, v = 0; u < units; u++, v += LANES) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0;
      for (let i = 0, b = 0; i < inputs; i++, b += LANES, w++) {
        const weight = weights[w];
        s0 += below[b] * weight;
        s1 += below[b + 1] * weight;
        s2 += below[b + 2] * weight;
        s3 += below[b + 3] * weight;
        s4 += below[b + 4] * weight;
      }
      const bias = biases[u];
      values[v] = s0 + bias;
      values[v + 1] = s1 + bias;
      values[v + 2] = s2 + bias;
      values[v + 3] = s3 + bias;
      values[v + 4] = s4 + bias;
    }
    this.activation.forward(values);
  }

  /**
   * Carry this layer's errors back to the layer below, and change the weights.
   *
   * Input by input, so that the sums for an input stay in registers; each weight is met once.
   *
   * @param {Float64Array} below values of the layer below
   * @param {Float64Array} belowErrors is written
   * @param {number} rate learning rate
   */
  backward(below, belowErrors, rate) {
    const { inputs, units, weights, weightSteps, values, errors } = this;
    this.activation.backward(values, errors);
    for (let i = 0, b = 0; i < inputs; i++, b += LANES) {
      const x0 = below[b], x1 = below[b + 1], x2 = below[b + 2];
      const x3 = below[b + 3], x4 = below[b + 4];
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0;
      for (let u = 0, w = i, e = 0; u < units; u++, w += inputs, e += LANES) {
        const weight = weights[w];
        const e0 = errors[e], e1 = errors[e + 1], e2 = errors[e + 2];
        const e3 = errors[e + 3], e4 = errors[e + 4];
        s0 += weight * e0;
        s1 += weight * e1;
        s2 += weight * e2;
        s3 += weight * e3;
        s4 += weight * e4;
        const gradient = (x0 * e0 + x1 * e1 + x2 * e2 + x3 * e3 + x4 * e4) / LANES;
        const step = MOMENTUM * weightSteps[w] - rate * gradient;
        weightSteps[w] = step;
        weights[w] = weight + step;
      }
      belowErrors[b] = s0;
      belowErrors[b + 1] = s1;
      belowErrors[b + 2] = s2;
      belowErrors[b + 3] = s3;
      belowErrors[b + 4] = s4;
    }
    this.changeBiases(rate);
  }

  changeBiases(rate) {
    const { units, biases, biasSteps, errors } = this;
    for (let u = 0, e = 0; u < units; u++, e += LANES) {
      const sum = errors[e] + errors[e + 1] + errors[e + 2] + errors[e + 3] + errors[e + 4];
      const step = MOMENTUM * biasSteps[u] - rate * (sum / LANES);
      biasSteps[u] = step;
      biases[u] += step;
    }
  }
}

/** Layers one above the other, the last one linear with three units: red, green, blue. */
export class Network {
  /**
   * @param {{neurons: number, activation: string}[]} hidden
   * @param {{gauss: () => number}} random
   */
  constructor(hidden, random) {
    const shape = [...hidden, { neurons: OUTPUTS, activation: "linear" }];
    /** Write samples here: x and y of the five samples, lane by lane. */
    this.inputs = new Float64Array(INPUTS * LANES);
    this.inputErrors = new Float64Array(INPUTS * LANES);
    this.layers = shape.map(({ neurons, activation }, index) =>
      new Dense(index ? shape[index - 1].neurons : INPUTS, neurons, activation));
    for (const layer of this.layers) layer.fill(random);
  }

  /** Values of the last layer for what is in `inputs`. */
  forward() {
    let below = this.inputs;
    for (const layer of this.layers) {
      layer.forward(below);
      below = layer.values;
    }
    return below;
  }

  /**
   * One step of gradient descent on what is in `inputs`.
   *
   * @param {Float64Array} targets wanted values, lane by lane
   * @param {number} rate learning rate
   * @returns {number} the loss, half of the squared errors, summed over the five samples
   */
  train(targets, rate) {
    const outputs = this.forward();
    const { layers } = this;
    const { errors } = layers[layers.length - 1];
    let loss = 0;
    for (let i = 0; i < errors.length; i++) {
      const error = outputs[i] - targets[i];
      errors[i] = error;
      loss += error * error;
    }
    for (let l = layers.length - 1; l > 0; l--) {
      layers[l].backward(layers[l - 1].values, layers[l - 1].errors, rate);
    }
    layers[0].backward(this.inputs, this.inputErrors, rate);
    return loss / 2;
  }
}
