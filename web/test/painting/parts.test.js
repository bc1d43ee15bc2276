import assert from "node:assert/strict";
import test from "node:test";

import { describeCurves } from "../../painting/chart.js";
import { History } from "../../painting/history.js";
import { SIDE, fit } from "../../painting/pictures.js";
import { Random } from "../../common/network/random.js";
import { logarithmic } from "../../painting/scale.js";

test("random numbers are spread as they should be", () => {
  const random = new Random(1);
  const count = 20_000;
  const uniform = Array.from({ length: count }, () => random.uniform());
  const gauss = Array.from({ length: count }, () => random.gauss());
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / count;
  assert.ok(Math.min(...uniform) >= 0 && Math.max(...uniform) < 1);
  assert.ok(Math.abs(mean(uniform) - 0.5) < 0.01);
  assert.ok(Math.abs(mean(gauss)) < 0.03);
  assert.ok(Math.abs(mean(gauss.map((value) => value ** 2)) - 1) < 0.05);
  assert.notEqual(new Random(2).uniform(), new Random(3).uniform());
});

test("below draws every number, and not the end", () => {
  const random = new Random(1);
  const drawn = new Set(Array.from({ length: 500 }, () => random.below(7)));
  assert.deepEqual([...drawn].sort(), [0, 1, 2, 3, 4, 5, 6]);
});

for (const [width, height, expected] of [
  [6000, 4000, [SIDE, 133]], [100, 100, [SIDE, SIDE]], [40, 80, [100, SIDE]], [1, 9000, [1, SIDE]],
]) {
  test(`a picture of ${width} by ${height} is learned in ${expected}`, () => {
    const size = fit(width, height);
    assert.deepEqual([size.width, size.height], expected);
  });
}

test("a history stays small, is evenly spread on a logarithmic axis, and knows the last", () => {
  const history = new History();
  for (let i = 1; i <= 100_000; i++) history.add({ iteration: i, seconds: i / 10, loss: 1 / i });
  const { points } = history;
  assert.ok(points.length <= 400 && points.length >= 200, `${points.length}`);
  assert.deepEqual(points.slice(0, 10).map(({ iteration }) => iteration), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(points.at(-1).iteration, 100_000);
  const ratios = points.slice(40, -1).map(({ iteration }, index) => iteration / points[39 + index].iteration);
  assert.ok(Math.max(...ratios) < 1.06);
});

test("a history takes no iteration twice, and no loss that is no number", () => {
  const history = new History();
  history.add({ iteration: 0, loss: NaN });
  assert.equal(history.points.length, 0);
  history.add({ iteration: 1, loss: 1 });
  history.add({ iteration: 1, loss: 1 });
  assert.equal(history.points.length, 1);
});

test("an axis ends at ticks around all values", () => {
  const axis = logarithmic([0.13, 0.031], [1, 2, 5]);
  assert.deepEqual(axis.ticks, [0.02, 0.05, 0.1, 0.2]);
  assert.equal(axis.share(0.02), 0);
  assert.equal(axis.share(0.2), 1);
  assert.ok(Math.abs(axis.share(Math.sqrt(0.02 * 0.2)) - 0.5) < 1e-9);
});

for (const [values, factors, ticks] of [
  [[1], [1], [1, 10]], [[0.1], [1, 2, 5], [0.1, 0.2]], [[1, 12_098], [1], [1, 10, 100, 1000, 10_000, 100_000]],
  [[0.0003], [1], [0.0001, 0.001]], [[6], [1, 2, 5], [5, 10]],
]) {
  test(`an axis of ${values} has the ticks ${ticks}`, () => {
    assert.deepEqual(logarithmic(values, factors).ticks, ticks);
  });
}

test("curves are told in words", () => {
  const history = new History();
  assert.equal(describeCurves([{ letter: "A", history }]), "Nothing is learned yet");
  history.add({ iteration: 1, loss: 0.2 });
  history.add({ iteration: 50, loss: 0.01234 });
  assert.equal(describeCurves([{ letter: "A", history }]),
    "Loss of network A: from 0.200 to 0.0123 in 50 iterations");
});
