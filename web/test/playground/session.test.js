/** Pace and frames, by a clock of the test's own. */

import assert from "node:assert/strict";
import test from "node:test";

import { History } from "../../playground/history.js";
import { Session } from "../../playground/session.js";
import { defaults } from "../../playground/settings.js";

class Desk {
  constructor(changes = {}) {
    this.time = 0;
    this.told = [];
    this.session = new Session((message) => this.told.push(message), () => this.time);
    this.session.begin(1, { ...defaults(), ...changes });
  }

  /** As the worker does it, with a page that sees every frame. */
  pass(milliseconds) {
    const end = this.time + milliseconds;
    while (this.time < end) {
      this.session.turn();
      this.session.seen();
      this.time += 5;
    }
  }

  get epoch() {
    return this.session.training.epoch;
  }
}

test("learns at its pace: five epochs a second, thirty, or all that the time has room for", () => {
  for (const [speed, least, most] of [["slow", 5, 6], ["normal", 29, 32]]) {
    const desk = new Desk({ speed });
    desk.session.start();
    desk.pass(1000);
    assert.ok(desk.epoch >= least && desk.epoch <= most, `${speed}: ${desk.epoch}`);
  }
  const desk = new Desk({ speed: "fast" });
  const { training } = desk.session;
  const learn = training.learn.bind(training);
  training.learn = () => {
    desk.time += 5;
    learn();
  };
  desk.session.start();
  desk.session.turn();
  assert.equal(desk.epoch, 3); // 12 milliseconds are over after the third
});

test("nothing happens before the start, and after a pause", () => {
  const desk = new Desk();
  desk.pass(200);
  assert.equal(desk.epoch, 0);
  assert.equal(desk.told.length, 1); // what the untrained network looks like
  assert.equal(desk.session.turn(), null);
  desk.session.start();
  desk.pass(200);
  desk.session.stop();
  const { epoch } = desk;
  desk.pass(200);
  assert.equal(desk.epoch, epoch);
  assert.equal(desk.told.at(-1).epoch, epoch);
});

test("a step is one epoch, and none while it runs", () => {
  const desk = new Desk();
  desk.session.step();
  assert.equal(desk.epoch, 1);
  desk.session.start();
  desk.session.step();
  assert.equal(desk.epoch, 1);
});

test("a page that is slow gets no more frames than it sees", () => {
  const desk = new Desk();
  desk.session.start();
  for (desk.time = 0; desk.time < 1000; desk.time += 5) desk.session.turn();
  assert.equal(desk.told.length, 1);
  desk.pass(1000);
  assert.ok(desk.told.length > 20 && desk.told.length < 30, `${desk.told.length}`);
});

test("settings that change on the way count, and so do weights", () => {
  const desk = new Desk();
  desk.session.change({ ...defaults(), rate: 0.0001, speed: "slow" });
  assert.equal(desk.session.training.settings.rate, 0.0001);
  desk.session.start();
  desk.pass(1000);
  assert.ok(desk.epoch <= 6);
  desk.session.setWeight({ layer: 0, unit: 1, input: 0, value: 7 });
  desk.session.stop();
  desk.pass(100);
  assert.equal(desk.told.at(-1).weights[0].weights[2], 7);
});

test("divergence is told once, and stops it", () => {
  const desk = new Desk({ data: "hills", layers: [8, 8, 8], activation: "linear", rate: 10, speed: "fast" });
  desk.session.start();
  for (let turn = 0; turn < 100; turn++) {
    desk.session.turn();
    desk.time += 50;
  }
  assert.equal(desk.told.filter(({ tell }) => tell === "diverged").length, 1);
  assert.equal(desk.session.running, false);
  assert.equal(desk.told.at(-1).tell, "diverged"); // no frame shows numbers that are none
});

test("a history keeps first and last, and stays small", () => {
  const history = new History();
  for (let epoch = 0; epoch <= 50_001; epoch++) history.add({ epoch, training: 1 / epoch, test: 1 });
  history.add({ epoch: 50_002, training: NaN, test: NaN });
  const epochs = history.points.map(({ epoch }) => epoch);
  assert.deepEqual([epochs[0], epochs.at(-1)], [1, 50_001]);
  assert.ok(epochs.length >= 200 && epochs.length <= 402);
  history.clear();
  assert.deepEqual(history.points, []);
});
