import assert from "node:assert/strict";
import test from "node:test";

import { REGULARISATIONS } from "../../playground/regularisation.js";
import { defaults } from "../../playground/settings.js";
import { SIDE, Training, coordinate, shade } from "../../playground/training.js";

function trained(changes, epochs) {
  const training = new Training({ ...defaults(), ...changes });
  for (let epoch = 0; epoch < epochs; epoch++) training.learn();
  return training;
}

const right = (changes, epochs) => trained(changes, epochs).scores().test.right;

test("a deep network separates the spiral, a line does not", () => {
  assert.ok(right({ data: "spiral", layers: [8, 8], activation: "relu" }, 1000) > 0.97);
  assert.ok(right({ data: "spiral", layers: [] }, 300) < 0.7);
});

test("a line separates the circle only with squares", () => {
  assert.ok(right({ data: "circle", layers: [] }, 100) < 0.7);
  for (const seed of [1, 2, 3, 4, 5]) {
    assert.equal(right({ data: "circle", layers: [], features: ["x1squared", "x2squared"], seed }, 100), 1);
  }
});

test("three neurons enclose the circle, two do not", () => {
  const best = (layers) => Math.max(...[1, 2, 3].map((seed) => right({ data: "circle", layers, seed }, 300)));
  assert.ok(best([3]) > 0.97);
  assert.ok(best([2]) < 0.95);
});

test("numbers are learned too", () => {
  assert.ok(trained({ data: "plane", layers: [] }, 50).scores().test.loss < 1e-3);
  const { training, test: others } = trained({ data: "hills", layers: [8, 8] }, 300).scores();
  assert.ok(others.loss < 0.05);
  assert.equal(training.right, null);
});

test("the same settings give the same numbers, and the seed others", () => {
  assert.deepEqual(trained({}, 20).weights(), trained({}, 20).weights());
  assert.notDeepEqual(trained({}, 20).weights(), trained({ seed: 2 }, 20).weights());
});

test("L1 leaves few weights, L2 small ones", () => {
  const weights = (regularisation) =>
    trained({ data: "gauss", layers: [8], regularisation, strength: 0.03 }, 200).weights().flatMap((layer) => [...layer.weights]);
  const [none, l1, l2] = Object.keys(REGULARISATIONS).map(weights);
  assert.ok(l1.filter((weight) => weight === 0).length > l1.length / 2);
  const largest = (all) => Math.max(...all.map(Math.abs));
  assert.ok(largest(l2) < 0.7 * largest(none));
  assert.equal(none.filter((weight) => weight === 0).length, 0);
});

test("a picture shows each neuron from the top left, row by row", () => {
  const training = new Training({ ...defaults(), layers: [2], activation: "linear" });
  const set = (layer, unit, input, value) => training.setWeight({ layer, unit, input, value });
  [[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, null, 0], [0, 1, 0, 0], [0, 1, 1, 1], [0, 1, null, 0.5],
    [1, 0, 0, 0], [1, 0, 1, 0], [1, 0, null, -9]].forEach((change) => set(...change));
  const pictures = training.pictures();
  assert.equal(pictures.length, 3 * SIDE * SIDE);
  const at = (neuron, row, column) => pictures[(neuron * SIDE + row) * SIDE + column];
  const middle = SIDE / 2;
  assert.deepEqual([at(0, 3, 0), at(0, 3, SIDE - 1)], [1, 255]);
  assert.equal(at(0, 9, middle), shade(coordinate(middle)));
  assert.deepEqual([at(1, 0, 3), at(1, SIDE - 1, 3)], [255, 1]);
  assert.equal(at(1, middle, 0), shade(0.5 - coordinate(middle)));
  assert.equal(at(2, 7, 7), 1);
});

test("numbers beyond all bounds are noticed", () => {
  const wild = { data: "hills", layers: [8, 8, 8], activation: "linear", rate: 10 };
  assert.equal(trained(wild, 0).sane, true);
  assert.equal(trained(wild, 30).sane, false);
});
