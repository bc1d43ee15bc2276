/** ConvNetJS behind the methods of `Network`: ours is tested against it, and the page offers it. */

import convnetjs from "convnetjs";

import { INPUTS, LANES, MOMENTUM, OUTPUTS } from "./network.js";

export class Reference {
  /** @param {{neurons: number, activation: string}[]} hidden */
  constructor(hidden) {
    this.net = new convnetjs.Net();
    this.net.makeLayers([
      { type: "input", out_sx: 1, out_sy: 1, out_depth: INPUTS },
      ...hidden.map(describe),
      { type: "regression", num_neurons: OUTPUTS },
    ]);
    this.trainer = new convnetjs.SGDTrainer(this.net, {
      momentum: MOMENTUM, batch_size: LANES, l2_decay: 0,
    });
    this.sample = new convnetjs.Vol(1, 1, INPUTS);
    this.inputs = new Float64Array(INPUTS * LANES);
    this.outputs = new Float64Array(OUTPUTS * LANES);
  }

  forward() {
    for (let lane = 0; lane < LANES; lane++) {
      const { w } = this.net.forward(this.take(lane));
      for (let o = 0; o < OUTPUTS; o++) this.outputs[LANES * o + lane] = w[o];
    }
    return this.outputs;
  }

  train(targets, rate) {
    this.trainer.learning_rate = rate;
    let loss = 0;
    for (let lane = 0; lane < LANES; lane++) {
      const wanted = [targets[lane], targets[LANES + lane], targets[2 * LANES + lane]];
      loss += this.trainer.train(this.take(lane), wanted).cost_loss;
    }
    // The release on npm tells twice the squared error; its gradient is that of half of it.
    return loss / 4;
  }

  take(lane) {
    for (let i = 0; i < INPUTS; i++) this.sample.w[i] = this.inputs[LANES * i + lane];
    return this.sample;
  }
}

function describe({ neurons, activation }) {
  const layer = { type: "fc", num_neurons: neurons };
  return activation === "linear" ? layer : { ...layer, activation };
}
