import assert from "node:assert/strict";
import test from "node:test";

import { DATA, EDGE, POINTS, makeData } from "../../playground/data.js";
import { FEATURES, extractor } from "../../playground/features.js";
import { defaults } from "../../playground/settings.js";

const made = (changes) => makeData({ ...defaults(), ...changes });

for (const [data, { regression }] of Object.entries(DATA)) {
  test(`${data}: points lie on the plane, with labels of their kind`, () => {
    const { training, test: others } = made({ data, noise: 50, share: 30 });
    assert.deepEqual([training.length, others.length], [0.3 * POINTS, 0.7 * POINTS]);
    const all = [...training, ...others];
    for (const { x, y, label } of all) {
      assert.ok(Math.max(Math.abs(x), Math.abs(y)) <= EDGE);
      assert.ok(regression ? Math.abs(label) <= 1 : Math.abs(label) === 1);
    }
    const above = all.filter(({ label }) => label > 0).length / POINTS;
    assert.ok(above > 0.4 && above < 0.6, `${above}`);
  });

  test(`${data}: a seed repeats them, another makes others, noise moves them`, () => {
    assert.deepEqual(made({ data }), made({ data }));
    assert.notDeepEqual(made({ data, seed: 2 }).training[0], made({ data }).training[0]);
    assert.notDeepEqual(made({ data, noise: 5 }), made({ data }));
  });
}

test("without noise the classes are where their names say", () => {
  for (const { x, y, label } of made({ data: "circle" }).training) assert.equal(label > 0, Math.hypot(x, y) < 3);
  for (const { x, y, label } of made({ data: "xor" }).training) assert.equal(label > 0, x * y > 0);
  for (const { x, y, label } of made({ data: "plane" }).training) assert.equal(label, (x + y) / (2 * EDGE));
});

test("other shares of training keep the points", () => {
  const few = made({ share: 10 });
  const many = made({ share: 90 });
  assert.deepEqual(many.training.slice(0, few.training.length), few.training);
});

test("features are what their names say, in the order that they are chosen", () => {
  const names = Object.keys(FEATURES);
  const into = new Float64Array(names.length);
  extractor(names)(2, -3, into);
  assert.deepEqual([...into], [2, -3, 4, 9, -6, Math.sin(2), Math.sin(-3)]);
  for (const { of, most } of Object.values(FEATURES)) {
    for (const [x, y] of [[EDGE, EDGE], [-EDGE, EDGE], [1.57, 1.57]]) assert.ok(Math.abs(of(x, y)) <= most);
  }
});
