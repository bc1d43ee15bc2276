import assert from "node:assert/strict";
import test from "node:test";

import { PRESETS, parse } from "../../painting/layers.js";
import { LANES, Network } from "../../painting/network.js";
import { Painter, STEPS } from "../../painting/painter.js";
import { Random } from "../../common/network/random.js";
import { Reference } from "../../painting/reference.js";

const WIDTH = 23; // no multiple of five
const HEIGHT = 11;

/** Red grows to the right, green downwards; blue is on one side only. */
function picture() {
  const pixels = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      pixels.set([(255 * x) / WIDTH, (255 * y) / HEIGHT, x > WIDTH / 2 ? 200 : 20, 255], 4 * (y * WIDTH + x));
    }
  }
  return { width: WIDTH, height: HEIGHT, pixels };
}

function painted(painter, width = WIDTH, height = HEIGHT) {
  const canvas = { width, height, pixels: new Uint8ClampedArray(4 * width * height) };
  for (let y = 0; y < height; y++) painter.paintRow(canvas, y);
  return canvas.pixels;
}

function difference(a, b) {
  return a.reduce((sum, value, index) => sum + (value - b[index]) ** 2, 0) / a.length;
}

/** Instead of a network: paints places as colours, and keeps what it is taught. */
class Echo {
  constructor() {
    this.inputs = new Float64Array(2 * LANES);
    this.taught = [];
  }

  forward() {
    const x = this.inputs.subarray(0, LANES), y = this.inputs.subarray(LANES);
    return Float64Array.of(...x.map((at) => at + 0.5), ...y.map((at) => at + 0.5), ...Array(LANES).fill(2));
  }

  train(targets) {
    for (let lane = 0; lane < LANES; lane++) {
      this.taught.push([this.inputs[lane], this.inputs[LANES + lane],
        targets[lane], targets[LANES + lane], targets[2 * LANES + lane]]);
    }
    return 5;
  }
}

test("paints each pixel by its place, and no value out of bounds", () => {
  const pixels = painted(new Painter(new Echo(), picture(), new Random(1)));
  const at = (x, y) => [...pixels.subarray(4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 4)];
  assert.deepEqual(at(0, 0), [0, 0, 255, 255]);
  assert.deepEqual(at(22, 10), [Math.floor((255 * 22) / 23), Math.floor((255 * 10) / 11), 255, 255]);
  assert.deepEqual(at(7, 3), [Math.floor((255 * 7) / 23), Math.floor((255 * 3) / 11), 255, 255]);
});

test("a row ends where it ends, though five pixels are computed at once", () => {
  const { width, height } = picture();
  const canvas = { width, height, pixels: new Uint8ClampedArray(4 * width * height) };
  new Painter(new Echo(), picture(), new Random(1)).paintRow(canvas, 0);
  assert.equal(canvas.pixels[4 * width - 1], 255);
  assert.ok(canvas.pixels.subarray(4 * width).every((value) => value === 0));
});

test("an iteration teaches 500 pixels from all over, each with its own colour", () => {
  const echo = new Echo();
  const loss = new Painter(echo, picture(), new Random(1)).iterate(0.01);
  assert.equal(loss, 1); // a batch of five that lost five
  assert.equal(echo.taught.length, 500);
  assert.equal(STEPS * LANES, 500);
  for (const [x, y, red, green, blue] of echo.taught) {
    assert.ok(Math.abs(red - (x + 0.5)) < 0.01 && Math.abs(green - (y + 0.5)) < 0.01);
    assert.equal(Math.round(255 * blue), Math.round((x + 0.5) * WIDTH) > WIDTH / 2 ? 200 : 20);
  }
  assert.equal(new Set(echo.taught.map(([x]) => x)).size, WIDTH);
  assert.equal(new Set(echo.taught.map(([, y]) => y)).size, HEIGHT);
});

for (const { name, text } of PRESETS) {
  test(`${name} comes nearer to the picture`, () => {
    const random = new Random(5);
    const painter = new Painter(new Network(parse(text), random), picture(), random);
    const before = difference(painted(painter), picture().pixels);
    const first = painter.iterate(0.01);
    let last;
    for (let i = 0; i < 60; i++) last = painter.iterate(0.01);
    assert.ok(last < first / 2, `loss ${first} became ${last}`);
    assert.ok(difference(painted(painter), picture().pixels) < before / 2);
  });
}

test("ConvNetJS paints too", () => {
  const painter = new Painter(new Reference(parse("10")), picture(), new Random(1));
  const first = painter.iterate(0.01);
  for (let i = 0; i < 30; i++) painter.iterate(0.01);
  assert.ok(painter.iterate(0.01) < first / 2);
});

test("the same seed gives the same picture", () => {
  const [one, other] = [7, 7].map((seed) => {
    const random = new Random(seed);
    const painter = new Painter(new Network(parse("6"), random), picture(), random);
    painter.iterate(0.01);
    return painted(painter, 46, 22);
  });
  assert.deepEqual(one, other);
  assert.equal(one.length, 4 * 46 * 22);
});
