/**
 * A small fully connected network with one output, trained by stochastic gradient descent.
 *
 * It computes what ConvNetJS computes (test/playground/network.test.js). Unlike the painting's, it
 * keeps gradients until a batch of any size is over, and one sample goes through it at a time: with
 * at most 48 neurons that is fast enough.
 */

import { ACTIVATIONS } from "../common/network/activations.js";
import { LOSSES } from "./losses.js";

class Dense {
  constructor(inputs, units, activation) {
    this.inputs = inputs;
    this.units = units;
    this.activation = ACTIVATIONS[activation];
    /** Row by row, a row for each unit. */
    this.weights = new Float64Array(units * inputs);
    this.biases = new Float64Array(units);
    this.weightGradients = new Float64Array(units * inputs);
    this.biasGradients = new Float64Array(units);
    this.values = new Float64Array(units);
    this.errors = new Float64Array(units);
  }

  /** As ConvNetJS begins: Gaussian weights; with relu, biases a little above zero. */
  fill(random) {
    const scale = Math.sqrt(1 / this.inputs);
    for (let i = 0; i < this.weights.length; i++) this.weights[i] = scale * random.gauss();
    this.biases.fill(this.activation.bias);
  }

  forward(below) {
    const { inputs, units, weights, biases, values } = this;
    for (let u = 0, w = 0; u < units; u++) {
      let sum = biases[u];
      for (let i = 0; i < inputs; i++, w++) sum += weights[w] * below[i];
      values[u] = sum;
    }
    this.activation.forward(values);
  }

  /** Adds to the gradients; writes the errors of the layer below, if there is one. */
  backward(below, belowErrors) {
    const { inputs, units, weights, weightGradients, biasGradients, values, errors } = this;
    this.activation.backward(values, errors);
    belowErrors?.fill(0);
    for (let u = 0, w = 0; u < units; u++) {
      const error = errors[u];
      biasGradients[u] += error;
      for (let i = 0; i < inputs; i++, w++) {
        weightGradients[w] += error * below[i];
        if (belowErrors) belowErrors[i] += error * weights[w];
      }
    }
  }

  update(rate, count, shrink, amount) {
    const { weights, biases, weightGradients, biasGradients } = this;
    const step = rate / count;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = shrink(weights[i] - step * weightGradients[i], amount);
    }
    for (let i = 0; i < biases.length; i++) biases[i] -= step * biasGradients[i];
    weightGradients.fill(0);
    biasGradients.fill(0);
  }
}

export class Network {
  /**
   * @param {number} inputs
   * @param {number[]} hidden neurons of each hidden layer
   * @param {string} activation of the hidden layers
   * @param {keyof LOSSES} loss
   * @param {{gauss: () => number}} random
   */
  constructor(inputs, hidden, activation, loss, random) {
    const units = [...hidden, 1];
    this.loss = LOSSES[loss];
    /** Write a sample here. */
    this.inputs = new Float64Array(inputs);
    this.layers = units.map((count, index) => new Dense(index ? units[index - 1] : inputs, count,
      index < hidden.length ? activation : "linear"));
    for (const layer of this.layers) layer.fill(random);
  }

  /** The output for what is in `inputs`. */
  forward() {
    let below = this.inputs;
    for (const layer of this.layers) {
      layer.forward(below);
      below = layer.values;
    }
    this.sum = below[0];
    below[0] = this.loss.output(this.sum);
    return below[0];
  }

  /** What the last output costs. */
  cost(target) {
    return this.loss.cost(this.sum, target);
  }

  /**
   * Adds the gradient of one sample's loss to that of the batch.
   *
   * @param {number} target
   */
  learn(target) {
    const { layers } = this;
    const output = this.forward();
    layers.at(-1).errors[0] = output - target;
    for (let l = layers.length - 1; l >= 0; l--) {
      const below = l ? layers[l - 1] : null;
      layers[l].backward(below?.values ?? this.inputs, below?.errors ?? null);
    }
  }

  /**
   * A step against the mean gradient of the batch, which is over.
   *
   * @param {number} rate learning rate
   * @param {number} count samples in the batch
   * @param {{shrink: (weight: number, amount: number) => number}} regularisation
   * @param {number} strength of the regularisation
   */
  update(rate, count, regularisation, strength) {
    for (const layer of this.layers) layer.update(rate, count, regularisation.shrink, rate * strength);
  }
}
