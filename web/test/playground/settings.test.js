import assert from "node:assert/strict";
import test from "node:test";

import { FIELDS, defaults, differ, read, write } from "../../playground/settings.js";
import { tries } from "../../playground/tries.js";

const OTHER = {
  data: "spiral", noise: 35, share: 80, seed: 4711, features: ["x2", "sinx1"], layers: [], activation: "relu",
  regularisation: "l1", strength: 0.1, rate: 3, batch: 30, speed: "fast", test: true, decision: true,
};

test("an address has every setting, and gives it back", () => {
  for (const settings of [defaults(), OTHER, { ...OTHER, layers: [8, 1, 3, 4, 5, 6] }]) {
    assert.deepEqual(read(write(settings)), { settings, errors: [] });
  }
  assert.deepEqual(Object.keys(OTHER), Object.keys(FIELDS));
  assert.match(write(OTHER), /^#[\w=&.,]+$/);
});

test("what an address does not say is as at the beginning", () => {
  assert.deepEqual(read(""), { settings: defaults(), errors: [] });
  assert.deepEqual(read("#layers=3").settings, { ...defaults(), layers: [3] });
});

for (const [hash, sentence] of [
  ["data=square", '"square" cannot be the setting data: it is one of circle, xor, gauss, spiral, plane, hills.'],
  ["noise=51", "a whole number from 0 to 50"],
  ["noise=1e1", "a whole number from 0 to 50"],
  ["noise=-1", "a whole number from 0 to 50"],
  ["batch=", "a whole number from 1 to 30"],
  ["layers=9", "none, or neurons of up to 6 layers, 1 to 8 each, as in 4,2."],
  ["layers=1,1,1,1,1,1,1", "none, or neurons of up to 6 layers"],
  ["layers=4,,2", "none, or neurons of up to 6 layers"],
  ["layers=", "none, or neurons of up to 6 layers"],
  ["features=", "at least one of x1, x2"],
  ["features=x1,x3", "at least one of x1, x2"],
  ["features=x1,x1", "each once"],
  ["rate=0.05", "one of 0.0001, 0.001"],
  ["rate=NaN", "one of 0.0001, 0.001"],
  ["test=maybe", "yes or no"],
  ["test=constructor", "yes or no"],
  ["colour=red", 'There is no setting "colour".'],
  ["constructor=1", 'There is no setting "constructor".'],
  ["__proto__=1", 'There is no setting "__proto__".'],
  [`data=${"x".repeat(1000)}`, `"${"x".repeat(20)}…" cannot be`],
  ["data=%E0%A4%A", "cannot be the setting data"],
]) {
  test(`"${hash.slice(0, 30)}" gets a sentence, and the rest counts`, () => {
    const { settings, errors } = read(`#${hash}&seed=5`);
    assert.equal(errors.length, 1);
    assert.ok(errors[0].includes(sentence), errors[0]);
    assert.deepEqual(settings, { ...defaults(), seed: 5 });
  });
}

test("a network begins anew for what shapes it or its data, and for nothing else", () => {
  const anew = Object.keys(FIELDS).filter((name) => differ(defaults(), { ...defaults(), [name]: OTHER[name] }));
  assert.deepEqual(anew, ["data", "noise", "share", "seed", "features", "layers", "activation"]);
});

test("what the page proposes can be read", () => {
  globalThis.document = { createElement: () => ({ append(link) { this.link = link; } }) };
  const items = tries();
  assert.ok(items.length >= 5);
  for (const { link } of items) assert.deepEqual(read(link.href).errors, []);
});
