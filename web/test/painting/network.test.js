/** Our network beside ConvNetJS: the same weights and samples must give the same numbers. */

import assert from "node:assert/strict";
import test from "node:test";

import { PRESETS, parse } from "../../painting/layers.js";
import { LANES, Network } from "../../painting/network.js";
import { Random } from "../../common/network/random.js";
import { Reference } from "../../painting/reference.js";

const BATCHES = 200;
const RATE = 0.01;

/** ConvNetJS's fully connected layers, the last one included. */
function denseLayers(reference) {
  return reference.net.layers.filter((layer) => layer.layer_type === "fc");
}

/** Two of the same: ours with the weights that ConvNetJS drew. */
function twins(text) {
  const layers = parse(text);
  const reference = new Reference(layers);
  const own = new Network(layers, new Random(1));
  denseLayers(reference).forEach((layer, index) => {
    layer.filters.forEach((row, unit) => own.layers[index].weights.set(row.w, unit * row.w.length));
    own.layers[index].biases.set(layer.biases.w);
  });
  return { own, reference };
}

function numbers(network) {
  return network.layers.map(({ weights, biases }) => [...weights, ...biases]);
}

function referenceNumbers(reference) {
  return denseLayers(reference).map((layer) =>
    [...layer.filters.flatMap((row) => [...row.w]), ...layer.biases.w]);
}

/** The same random batches for both; returns the losses. */
function train({ own, reference }, batches = BATCHES) {
  const random = new Random(2);
  const targets = new Float64Array(3 * LANES);
  const losses = [];
  for (let batch = 0; batch < batches; batch++) {
    for (let i = 0; i < own.inputs.length; i++) own.inputs[i] = random.uniform() - 0.5;
    for (let i = 0; i < targets.length; i++) targets[i] = random.uniform();
    reference.inputs.set(own.inputs);
    losses.push([own.train(targets, RATE), reference.train(targets, RATE)]);
  }
  return losses;
}

function assertNear(actual, expected, tolerance) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => {
    assert.ok(Math.abs(value - expected[index]) <= tolerance, `${value} is not ${expected[index]}`);
  });
}

for (const { name, text } of [...PRESETS, { name: "20×7", text: Array(7).fill("20").join("\n") }]) {
  test(`${name}: every weight is ConvNetJS's to the last bit`, () => {
    const pair = twins(text);
    const losses = train(pair);
    assert.deepEqual(numbers(pair.own), referenceNumbers(pair.reference));
    assertNear(losses.map(([own]) => own), losses.map(([, reference]) => reference), 1e-14);
    assert.deepEqual([...pair.own.forward()], [...pair.reference.forward()]);
  });
}

// ConvNetJS has a tanh of its own, which differs from Math.tanh in the last digits.
for (const text of ["10 tanh\n10 tanh", "10 sigmoid\n5 sigmoid", "7 linear", "5 relu\n4 tanh\n3 sigmoid", ""]) {
  test(`"${text.replace("\n", ", ")}": every weight is ConvNetJS's`, () => {
    const pair = twins(text);
    train(pair);
    assertNear(numbers(pair.own).flat(), referenceNumbers(pair.reference).flat(), 1e-12);
  });
}

test("begins with ConvNetJS's scale of weights, and its biases", () => {
  const [first, second] = new Network(parse("100\n100 tanh"), new Random(3)).layers;
  const deviation = ({ weights }) => Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / weights.length);
  assert.ok(Math.abs(deviation(second) - Math.sqrt(1 / 100)) < 0.003);
  assert.deepEqual([first.biases[0], second.biases[0]], [0.1, 0]);
  const [reference] = denseLayers(new Reference(parse("100")));
  assert.equal(reference.biases.w[0], first.biases[0]);
});
