/** The worker's time, with a clock that moves only when something is done. */

import assert from "node:assert/strict";
import test from "node:test";

import { Studio } from "../../painting/studio.js";

const SIZE = { width: 10, height: 4 };

/** A studio whose iterations and painted rows take as many milliseconds as is said. */
function studio({ iteration = 1, row = 1, loss = () => 1 } = {}) {
  const told = [];
  let time = 0;
  const painter = {
    picture: { ...SIZE, pixels: new Uint8ClampedArray(4 * SIZE.width * SIZE.height) },
    iterate: () => {
      time += iteration;
      return loss();
    },
    paintRow: () => {
      time += row;
    },
  };
  const subject = new Studio((message) => told.push(message), () => time);
  subject.begin(1, painter, 0.01);
  const tell = (kind) => told.filter((message) => message.tell === kind);
  const showFrame = () => tell("frame").slice(-1).forEach(({ canvas }) => subject.takeBack(canvas.pixels));
  return {
    subject, tell, painter, now: () => time,
    /** As the page does, which shows each frame at once. */
    runFor(milliseconds) {
      const end = time + milliseconds;
      while (time < end && subject.turn()) showFrame();
      showFrame();
    },
  };
}

test("paints a new network once, then rests", () => {
  const { subject, tell } = studio();
  assert.equal(subject.turn(), false);
  assert.equal(tell("frame").length, 1);
  assert.equal(subject.turn(), false);
  assert.equal(tell("frame").length, 1);
});

test("nothing to do before the first network", () => {
  assert.equal(new Studio(() => assert.fail()).turn(), false);
});

test("two steps asked for at once are two iterations", () => {
  const { subject, tell, runFor } = studio();
  subject.step();
  subject.step();
  runFor(100);
  assert.equal(tell("progress").at(-1).iteration, 2);
});

test("a step is one iteration and a frame", () => {
  const { subject, tell, runFor } = studio();
  runFor(100);
  subject.step();
  runFor(100);
  assert.equal(tell("progress").at(-1).iteration, 1);
  assert.equal(tell("frame").length, 2);
});

test("does not work longer than a moment before it looks for orders", () => {
  const { subject, now } = studio({ iteration: 2 });
  subject.start();
  const before = now();
  assert.equal(subject.turn(), true);
  assert.ok(now() - before <= 14);
});

test("painting takes a quarter of the time at most", () => {
  const { subject, tell, runFor } = studio({ iteration: 5, row: 50 });
  subject.start();
  runFor(10_000);
  const paintingTime = tell("frame").length * SIZE.height * 50;
  assert.ok(paintingTime > 1500 && paintingTime <= 2700, `${paintingTime}`);
});

test("there are 30 frames a second at most", () => {
  const { subject, tell, runFor } = studio({ iteration: 1, row: 0 });
  subject.start();
  runFor(1000);
  assert.ok(tell("frame").length > 25 && tell("frame").length <= 31);
});

test("waits with the next frame until the page has shown the last one", () => {
  const { subject, tell } = studio();
  subject.start();
  for (let i = 0; i < 50; i++) subject.turn();
  assert.equal(tell("frame").length, 1);
  subject.takeBack(tell("frame")[0].canvas.pixels);
  for (let i = 0; i < 50; i++) subject.turn();
  assert.equal(tell("frame").length, 2);
});

test("tells speeds, measured over half a second, and keeps them while it pauses", () => {
  const { subject, tell, runFor } = studio({ iteration: 4, row: 0 });
  subject.start();
  runFor(2000);
  subject.pause();
  const { speeds, running } = tell("progress").at(-1);
  assert.equal(running, false);
  assert.ok(Math.abs(speeds.iterations - 250) < 5, `${speeds.iterations}`);
  assert.ok(speeds.frames > 20 && speeds.frames <= 31, `${speeds.frames}`);
});

test("time at rest does not slow what is told", () => {
  const { subject, tell, runFor, painter } = studio({ iteration: 4, row: 0 });
  subject.start();
  runFor(1000);
  subject.pause();
  for (let i = 0; i < 100; i++) painter.iterate(); // some other work
  subject.start();
  runFor(600);
  assert.ok(Math.abs(tell("progress").at(-1).speeds.iterations - 250) < 10);
});

test("the beginning is told in detail, with the time that was worked", () => {
  const { subject, tell, runFor } = studio({ iteration: 2, row: 0 });
  runFor(10);
  subject.start();
  runFor(150);
  const reports = tell("progress").filter(({ iteration }) => iteration > 0);
  const told = new Set(reports.map(({ iteration }) => iteration));
  assert.ok([1, 2, 4, 8, 16, 32, 64].every((iteration) => told.has(iteration)), `${[...told]}`);
  assert.ok(reports.every(({ iteration, seconds }) => Math.abs(seconds - iteration * 0.002) < 1e-9));
});

test("pause stops", () => {
  const { subject, tell, runFor } = studio();
  subject.start();
  runFor(50);
  subject.pause();
  const { iteration } = tell("progress").at(-1);
  runFor(50);
  assert.equal(tell("progress").at(-1).iteration, iteration);
});

test("a picture for keeping has its own size, also while it runs", () => {
  const { subject, tell, runFor } = studio();
  subject.start();
  subject.print(30, 7);
  runFor(50);
  const [{ canvas }] = tell("print");
  assert.deepEqual([canvas.width, canvas.height, canvas.pixels.length], [30, 7, 840]);
});

test("stops when the numbers are no numbers any more", () => {
  const { subject, tell, runFor } = studio({ loss: () => NaN });
  subject.start();
  runFor(100);
  assert.equal(tell("diverged").length, 1);
  assert.equal(subject.running, false);
});

test("the loss that is told follows, smoothly", () => {
  let value = 4;
  const { subject, tell, runFor } = studio({ loss: () => value });
  subject.start();
  runFor(200);
  assert.equal(tell("progress").at(-1).loss, 4);
  value = 1;
  runFor(20);
  runFor(2000);
  assert.ok(tell("progress").at(-1).loss < 1.01);
});
