import assert from "node:assert/strict";
import test from "node:test";

import { LayerError, MOST_LAYERS, MOST_NEURONS, PRESETS, parse, summary } from "../../painting/layers.js";

const relu = (neurons) => ({ neurons, activation: "relu" });

test("a line is a layer", () => {
  assert.deepEqual(parse("20 relu\n10 tanh"), [relu(20), { neurons: 10, activation: "tanh" }]);
});

test("without a word, with blanks, empty lines, capitals, and line ends of Windows", () => {
  assert.deepEqual(parse("  4\r\n\r\n\t5   ReLU  \r\n"), [relu(4), relu(5)]);
});

test("no line is no hidden layer", () => {
  assert.deepEqual(parse(" \n"), []);
});

test("the presets are those of the workshop of 2016", () => {
  const widths = PRESETS.map(({ text }) => parse(text).map(({ neurons }) => neurons));
  assert.deepEqual(widths, [[4], [20], [10, 10], [10, 10, 10, 10, 10, 10, 10]]);
  assert.deepEqual(PRESETS.map(({ text }) => summary(parse(text))), PRESETS.map(({ name }) => name));
});

for (const [text, message] of [
  ["4\nten relu", /^Line 2: "ten" is not a whole number\. Write .*"10 relu"/],
  ["10+10", /^Line 1: "10\+10" is not a whole number/],
  ["1.5", /not a whole number/],
  ["-3", /not a whole number/],
  ["0", /^Line 1: a layer has 1 to 100 neurons, not 0\.$/],
  [`${MOST_NEURONS + 1}`, /1 to 100 neurons, not 101/],
  ["9".repeat(400), /neurons, not 9{20}…\.$/],
  ["10 rleu", /^Line 1: "rleu" is not known here/],
  ["10 constructor", /"constructor" is not known here/],
  ["10 relu 20 relu", /^Line 1: "20 relu" is too much; each layer has a line of its own\.$/],
  ["4\n".repeat(MOST_LAYERS + 1), /^These are 21 layers; at most 20 will do\.$/],
]) {
  test(`says what is wrong with ${JSON.stringify(text.slice(0, 20))}`, () => {
    assert.throws(() => parse(text), (error) => error instanceof LayerError && message.test(error.message));
  });
}

for (const [text, name] of [["", "no hidden layer"], ["20", "20"], ["5\n5", "5+5"],
  ["5 tanh\n5", "5 tanh+5"], ["5 tanh\n5 tanh\n5 tanh", "5 tanh×3"]]) {
  test(`calls it ${name}`, () => assert.equal(summary(parse(text)), name));
}
