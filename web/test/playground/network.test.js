/** Gradients beside finite differences, and every weight beside ConvNetJS. */

import assert from "node:assert/strict";
import test from "node:test";

import convnetjs from "convnetjs";

import { ACTIVATIONS } from "../../common/network/activations.js";
import { Random } from "../../common/network/random.js";
import { LOSSES } from "../../playground/losses.js";
import { Network } from "../../playground/network.js";
import { REGULARISATIONS } from "../../playground/regularisation.js";

const { none } = REGULARISATIONS;
const NUDGE = 1e-5;

function samples(count, inputs, random) {
  return Array.from({ length: count }, () => ({
    inputs: Float64Array.from({ length: inputs }, () => random.gauss()),
    label: random.uniform() < 0.5 ? -1 : 1,
  }));
}

function cost(network, batch) {
  return batch.reduce((sum, { inputs, label }) => {
    network.inputs.set(inputs);
    network.forward();
    return sum + network.cost(label);
  }, 0);
}

function learn(network, batch) {
  for (const { inputs, label } of batch) {
    network.inputs.set(inputs);
    network.learn(label);
  }
}

/** The slope of the cost along one number of the network. */
function slope(network, batch, numbers, index) {
  const before = numbers[index];
  const [above, below] = [NUDGE, -NUDGE].map((nudge) => {
    numbers[index] = before + nudge;
    return cost(network, batch);
  });
  numbers[index] = before;
  return (above - below) / (2 * NUDGE);
}

for (const activation of Object.keys(ACTIVATIONS)) {
  for (const loss of Object.keys(LOSSES)) {
    test(`${activation}, ${loss}: gradients are those of finite differences`, () => {
      const random = new Random(3);
      const network = new Network(3, [4, 3, 2], activation, loss, random);
      const batch = samples(6, 3, random);
      learn(network, batch);
      let count = 0;
      for (const { weights, biases, weightGradients, biasGradients } of network.layers) {
        for (const [numbers, gradients] of [[weights, weightGradients], [biases, biasGradients]]) {
          numbers.forEach((_, index) => {
            const expected = slope(network, batch, numbers, index);
            assert.ok(Math.abs(gradients[index] - expected) < 1e-6 * Math.max(1, Math.abs(expected)),
              `${gradients[index]} is not ${expected}`);
            count += 1;
          });
        }
      }
      assert.equal(count, 3 * 4 + 4 + 4 * 3 + 3 + 3 * 2 + 2 + 2 + 1);
    });
  }
}

/** ConvNetJS's network with the weights of ours. */
function twin(network, activation, hidden) {
  const net = new convnetjs.Net();
  const layer = (neurons) => ({ type: "fc", num_neurons: neurons, ...(activation === "linear" ? {} : { activation }) });
  net.makeLayers([{ type: "input", out_sx: 1, out_sy: 1, out_depth: network.inputs.length },
    ...hidden.map(layer), { type: "regression", num_neurons: 1 }]);
  const dense = net.layers.filter(({ layer_type: type }) => type === "fc");
  dense.forEach(({ filters, biases }, index) => {
    const { weights, inputs, biases: ours } = network.layers[index];
    filters.forEach((row, unit) => row.w.set(weights.subarray(unit * inputs, (unit + 1) * inputs)));
    biases.w.set(ours);
  });
  return { net, dense };
}

for (const activation of Object.keys(ACTIVATIONS)) {
  test(`${activation}: every weight is ConvNetJS's`, () => {
    const random = new Random(4);
    const network = new Network(2, [5, 4], activation, "numbers", random);
    const { net, dense } = twin(network, activation, [5, 4]);
    const trainer = new convnetjs.SGDTrainer(net, { learning_rate: 0.03, momentum: 0, batch_size: 7, l2_decay: 0 });
    for (let step = 0; step < 100; step++) {
      const batch = samples(7, 2, random);
      for (const { inputs, label } of batch) trainer.train(new convnetjs.Vol([...inputs]), [label]);
      learn(network, batch);
      network.update(0.03, 7, none, 0);
    }
    dense.forEach(({ filters, biases }, index) => {
      const expected = [...filters.flatMap(({ w }) => [...w]), ...biases.w];
      const actual = [...network.layers[index].weights, ...network.layers[index].biases];
      actual.forEach((value, at) => assert.ok(Math.abs(value - expected[at]) < 1e-11, `${value} is not ${expected[at]}`));
    });
  });
}

test("a network that is sure and wrong still learns", () => {
  const network = new Network(1, [], "tanh", "classes", new Random(1));
  network.layers[0].weights[0] = 50;
  network.inputs[0] = 1;
  network.learn(-1);
  assert.ok(network.layers[0].weightGradients[0] > 1.9);
  assert.ok(Math.abs(network.cost(-1) - 100.2) < 0.3, `${network.cost(-1)}`);
});

test("a batch changes the weights once, by the mean of its gradients, and leaves none", () => {
  const one = new Network(2, [3], "tanh", "classes", new Random(1));
  const other = new Network(2, [3], "tanh", "classes", new Random(1));
  const [sample] = samples(1, 2, new Random(2));
  learn(one, [sample]);
  one.update(0.1, 1, none, 0);
  learn(other, [sample, sample, sample]);
  other.update(0.1, 3, none, 0);
  one.layers.forEach(({ weights }, l) => weights.forEach((weight, at) =>
    assert.ok(Math.abs(weight - other.layers[l].weights[at]) < 1e-14)));
  const before = [...one.layers[0].weights];
  one.update(0.1, 1, none, 0);
  assert.deepEqual([...one.layers[0].weights], before);
});

test("regularisation shrinks weights and no biases, and never beyond nought", () => {
  for (const name of ["l1", "l2"]) {
    const network = new Network(2, [3], "relu", "classes", new Random(1));
    const before = network.layers.map(({ weights, biases }) => [[...weights], [...biases]]);
    network.update(10, 1, REGULARISATIONS[name], 10);
    network.layers.forEach(({ weights, biases }, l) => {
      weights.forEach((weight, at) => {
        const was = before[l][0][at];
        assert.ok(Math.abs(weight) < Math.abs(was) && weight * was >= 0, `${name}: ${was} became ${weight}`);
      });
      assert.deepEqual([...biases], before[l][1]);
    });
  }
});

test("shrinking is the step that costs least", () => {
  for (const { shrink, cost: costs } of Object.values(REGULARISATIONS)) {
    for (const weight of [-2, -0.3, 0, 0.1, 1.5]) {
      const amount = 0.4;
      const price = (value) => (value - weight) ** 2 / 2 + amount * costs(value);
      const best = shrink(weight, amount);
      for (const other of [best - 0.01, best + 0.01]) assert.ok(price(best) <= price(other) + 1e-12);
    }
  }
});
