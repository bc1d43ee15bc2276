import assert from "node:assert/strict";
import { test } from "node:test";

import { ago, hours, lastCheck, progress, updateFiles, updateState, versions } from "../landing/words.js";

const lesson = (state, minutes = 40) => ({ state, minutes });

test("time left is that of the lessons that are not done", () => {
  assert.equal(progress([lesson("new"), lesson("new")]), "The lessons take about 1½ hours.");
  assert.equal(progress([lesson("done"), lesson("started")]), "1 of 2 done; the others take about half an hour.");
  assert.equal(progress([lesson("done")]), "You have done all of them.");
  assert.equal(progress([lesson("new", null), lesson("new", 60)]), "The lessons take about 1 hour.");
});

test("hours are told to the half", () => {
  assert.deepEqual([5, 44, 46, 70, 80, 300].map(hours),
    ["half an hour", "half an hour", "1 hour", "1 hour", "1½ hours", "5 hours"]);
});

test("the last check is one line", () => {
  const check = { summary: "Ready for the workshop.", level: "quick", ended: 1000 };
  assert.equal(lastCheck(check, 1010), "Ready for the workshop. Checked just now (quick, without the notebooks).");
  assert.match(lastCheck({ ...check, level: "standard" }, 1010), /\(without the notebooks\)/);
  assert.match(lastCheck({ ...check, level: "full" }, 1010), /\(with the notebooks\)/);
  assert.equal(lastCheck({ ...check, level: null }, 4700), "Ready for the workshop. Checked 1 hour ago.");
  assert.match(lastCheck(null, 0), /^Not checked yet/);
});

test("a clock that went back does not confuse", () => {
  assert.equal(ago(-500), "just now");
  assert.deepEqual([59, 60, 7200, 90000].map(ago), ["just now", "1 minute ago", "2 hours ago", "yesterday"]);
});

test("versions that are not known are left out", () => {
  assert.equal(versions("0.1.0", { Theano: "1.0.5" }), "Workshop 0.1.0, Theano 1.0.5");
  assert.equal(versions(null, {}), "");
});

test("how updates stand is told in sentences", () => {
  const known = { release: "1.0.0", version: "1.0.0", next: null, damaged: false, key: true };
  assert.equal(updateState(known), "This machine is 1.0.0.");
  assert.equal(updateState({ ...known, version: "1.1.0" }), "This machine is 1.1.0, updated from 1.0.0.");
  assert.match(updateState({ ...known, next: "1.1.0" }), /Restart it to finish, and it is 1.1.0.$/);
  assert.match(updateState({ ...known, damaged: true }), /damaged/);
  assert.match(updateState({ ...known, key: false }), /takes none/);
});

test("each file of an update is a line", () => {
  const known = { files: [["a.ipynb", "was renewed"]], own: ["/etc/motd"] };
  assert.deepEqual(updateFiles(known), ["a.ipynb: was renewed", "/etc/motd: as it was changed on this machine"]);
});
