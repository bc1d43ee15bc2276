/** A network that learns a picture: from a place, x and y, the colour there. */

import { LANES, OUTPUTS } from "./network.js";

/** An iteration is 100 steps of five samples each, as in ConvNetJS's own demo. */
export const STEPS = 100;

/**
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray} pixels red, green, blue, alpha; row by row
 */

export class Painter {
  /**
   * @param {{inputs: Float64Array, forward: Function, train: Function}} network
   * @param {Picture} picture
   * @param {{below: (end: number) => number}} random
   */
  constructor(network, picture, random) {
    this.network = network;
    this.picture = picture;
    this.random = random;
    this.targets = new Float64Array(OUTPUTS * LANES);
  }

  /**
   * Learn 500 pixels, drawn at random.
   *
   * @param {number} rate learning rate
   * @returns {number} mean loss of a pixel
   */
  iterate(rate) {
    let loss = 0;
    for (let step = 0; step < STEPS; step++) {
      for (let lane = 0; lane < LANES; lane++) this.draw(lane);
      loss += this.network.train(this.targets, rate);
    }
    return loss / (STEPS * LANES);
  }

  draw(lane) {
    const { picture: { width, height, pixels }, network: { inputs }, targets } = this;
    const x = this.random.below(width);
    const y = this.random.below(height);
    const at = 4 * (width * y + x);
    inputs[lane] = place(x, width);
    inputs[LANES + lane] = place(y, height);
    targets[lane] = pixels[at] / 255;
    targets[LANES + lane] = pixels[at + 1] / 255;
    targets[2 * LANES + lane] = pixels[at + 2] / 255;
  }

  /**
   * Paint a row of a canvas, which may be larger than the picture: a network knows no pixels.
   *
   * @param {Picture} canvas
   * @param {number} y
   */
  paintRow({ width, height, pixels }, y) {
    const { inputs } = this.network;
    inputs.fill(place(y, height), LANES, 2 * LANES);
    for (let x = 0; x < width; x += LANES) {
      for (let lane = 0; lane < LANES; lane++) inputs[lane] = place(x + lane, width);
      const outputs = this.network.forward();
      const end = Math.min(LANES, width - x);
      for (let lane = 0, at = 4 * (width * y + x); lane < end; lane++, at += 4) {
        pixels[at] = Math.floor(255 * outputs[lane]);
        pixels[at + 1] = Math.floor(255 * outputs[LANES + lane]);
        pixels[at + 2] = Math.floor(255 * outputs[2 * LANES + lane]);
        pixels[at + 3] = 255;
      }
    }
  }
}

/** From -1/2 at the picture's left or upper edge up to 1/2. */
function place(at, size) {
  return at / size - 0.5;
}
