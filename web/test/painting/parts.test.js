import assert from "node:assert/strict";
import test from "node:test";

import { describeCurves } from "../../painting/chart.js";
import { History } from "../../painting/history.js";
import { SIDE, fit } from "../../painting/pictures.js";
import { Random } from "../../painting/random.js";
import { decades, nice } from "../../painting/scale.js";

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

test("a history stays small and keeps its beginning and its shape", () => {
  const history = new History();
  for (let i = 1; i <= 100_000; i++) history.add({ iteration: i, seconds: i / 10, loss: 1 / i });
  assert.ok(history.points.length <= 400 && history.points.length >= 100);
  assert.equal(history.points[0].iteration, 1);
  assert.ok(history.points.at(-1).iteration > 99_000);
  const gaps = history.points.slice(1).map((point, index) => point.iteration - history.points[index].iteration);
  assert.equal(new Set(gaps).size, 1);
});

test("a history takes no loss twice, and none that is no number", () => {
  const history = new History();
  history.add({ iteration: 0, loss: NaN });
  history.add({ iteration: 1, loss: 1 });
  history.add({ iteration: 1, loss: 1 });
  assert.equal(history.points.length, 1);
});

for (const [most, end, count] of [[1, 1, 6], [12_098, 15_000, 4], [7, 8, 5], [0.3, 0.3, 4], [100, 100, 6]]) {
  test(`an axis up to ${most} ends at ${end}`, () => {
    const axis = nice(most);
    assert.ok(Math.abs(axis.end - end) < 1e-9, `${axis.end}`);
    assert.equal(axis.ticks.length, count);
  });
}

test("a logarithmic axis ends at ticks around all values", () => {
  const axis = decades([0.13, 0.031]);
  assert.deepEqual(axis.ticks, [0.02, 0.05, 0.1, 0.2]);
  assert.equal(axis.share(0.02), 0);
  assert.equal(axis.share(0.2), 1);
  assert.ok(Math.abs(axis.share(Math.sqrt(0.02 * 0.2)) - 0.5) < 1e-9);
});

test("a logarithmic axis of one value, of none, of nought", () => {
  assert.deepEqual(decades([0.1]).ticks, [0.1, 0.2]);
  assert.ok(decades([]).ticks.length > 1);
  assert.ok(decades([0, 0.1]).share(0) === 0);
});

test("curves are told in words", () => {
  const history = new History();
  assert.equal(describeCurves([{ letter: "A", history }]), "Nothing is learned yet");
  history.add({ iteration: 1, loss: 0.2 });
  history.add({ iteration: 50, loss: 0.01234 });
  assert.equal(describeCurves([{ letter: "A", history }]),
    "Loss of network A: from 0.200 to 0.0123 in 50 iterations");
});
