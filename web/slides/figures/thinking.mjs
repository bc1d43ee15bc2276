/** Parts 14 to 16: agents, language, and what to take home. */

import { readFileSync } from "node:fs";

import { arrow, arrows, box, circle, figure, line, network, rect, text, times } from "./draw.mjs";
import { beach } from "./things.mjs";

export const agent = () => figure(1160, 430,
  box(60, 130, 300, 140, "agent", "blue", 36), box(800, 130, 300, 140, "world", "green", 36),
  arrows([[210, 126], [210, 50], [950, 50], [950, 122]], "blue"), text(580, 85, "action", { colour: "blue" }),
  arrows([[870, 274], [870, 330], [290, 330], [290, 278]], "green"), text(580, 300, "what it sees", { colour: "green" }),
  arrows([[1030, 274], [1030, 380], [130, 380], [130, 278]], "orange"), text(580, 405, "reward, now and then", { colour: "orange" }));

const [ACROSS, DOWN, GAMMA] = [5, 3, 0.9];
const GOAL = [4, 0];
const WALL = [2, 1];
const MOVES = [[1, 0], [0, -1], [-1, 0], [0, 1]];
const same = ([a, b], [c, d]) => a === c && b === d;

/** The place after a move: walls and edges stop it. */
function after([x, y], [dx, dy]) {
  const next = [x + dx, y + dy];
  const free = next[0] >= 0 && next[0] < ACROSS && next[1] >= 0 && next[1] < DOWN && !same(next, WALL);
  return free ? next : [x, y];
}

/** What each place is worth, and the best move: rewards of 1 at the goal, each step later counts 0.9 times. */
function solve() {
  const worth = times(DOWN, () => times(ACROSS, () => 0));
  const q = (place, move) => {
    const next = after(place, move);
    return same(next, GOAL) ? 1 : GAMMA * worth[next[1]][next[0]];
  };
  for (let round = 0; round < 50; round++)
    for (let y = 0; y < DOWN; y++) for (let x = 0; x < ACROSS; x++)
      if (!same([x, y], GOAL)) worth[y][x] = Math.max(...MOVES.map((move) => q([x, y], move)));
  const best = (place) => MOVES.find((move) => q(place, move) === worth[place[1]][place[0]]);
  return { worth, best };
}

export const grid = () => {
  const { worth, best } = solve();
  return figure(800, 400, times(DOWN, (y) => times(ACROSS, (x) => {
    const [left, top] = [10 + x * 156, 5 + y * 130];
    if (same([x, y], WALL)) return rect(left, top, 150, 124, "muted");
    if (same([x, y], GOAL)) return rect(left, top, 150, 124, "green", "box") + text(left + 75, top + 62, "+1", { size: 40 });
    const [dx, dy] = best([x, y]);
    const [cx, cy] = [left + 75, top + 88];
    return rect(left, top, 150, 124, "blue", "box") + text(left + 75, top + 32, worth[y][x].toFixed(2)) +
      arrow(cx - dx * 28, cy - dy * 24, cx + dx * 28, cy + dy * 24, "orange");
  })));
};

const COLOURS = ["blue", "orange", "green", "pink"];

/** Colours of a board, from a fixed series of numbers. */
function board(across, down) {
  let state = 7;
  return times(down, () => times(across, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % COLOURS.length;
  }));
}

/** The group of one colour that a place belongs to. */
function group(cells, x, y, found = new Set()) {
  const key = `${x},${y}`;
  if (found.has(key)) return found;
  found.add(key);
  for (const [dx, dy] of MOVES)
    if (cells[y + dy]?.[x + dx] === cells[y][x]) group(cells, x + dx, y + dy, found);
  return found;
}

/** The largest group of a board. */
const largest = (cells) => cells.flatMap((row, y) => row.map((_, x) => group(cells, x, y)))
  .reduce((best, next) => (next.size > best.size ? next : best));

/** The board after a group has popped: what is above falls down, empty columns close up. */
function popped(cells, group) {
  const columns = times(cells[0].length, (x) => cells.map((row) => row[x]).filter((_, y) => !group.has(`${x},${y}`)));
  const left = columns.filter((column) => column.length);
  return times(cells.length, (y) => times(columns.length, (x) => left[x]?.[y - cells.length + left[x].length]));
}

/** A board with some marked places; `undefined` is an empty one. */
function bubbles(x, y, side, cells, marked = new Set()) {
  const frame = rect(x - 8, y - 8, cells[0].length * side + 16, cells.length * side + 16, "muted", "line");
  return frame + cells.map((row, j) => row.map((colour, i) => {
    const place = [x + (i + 0.5) * side, y + (j + 0.5) * side];
    return colour === undefined ? "" : circle(...place, side * 0.42, COLOURS[colour], "dot") +
      (marked.has(`${i},${j}`) ? circle(...place, side * 0.2, "paper", "dot") : "");
  }).join("")).join("");
}

const LESSON_7 = board(8, 8);
const LARGEST = largest(LESSON_7);

export const qnetwork = () => figure(1160, 330,
  bubbles(10, 30, 27, LESSON_7, LARGEST), text(118, 300, "the board"), arrow(244, 138, 284, 138),
  bubbles(304, 30, 27, popped(LESSON_7, LARGEST)), text(412, 300, "after-state"), arrow(538, 138, 578, 138),
  times(5, (i) => rect(590 + i * 14, 60 + i * 14, 100, 100, "blue", "box")), text(668, 300, "convolutions"),
  arrow(756, 138, 796, 138), network(825, 18, 120, 240, [6, 6, 1], { colours: ["sky", "blue", "orange"] }),
  arrow(968, 138, 1008, 138), text(1085, 103, "V: what\nis still to\ncome"));

export const bubbleBoard = () => figure(346, 346, bubbles(15, 15, 39.5, LESSON_7, LARGEST));

const WHO = { random: "any group", greedy: "the largest group", saver: "not the commonest colour",
  ahead: "looks a move ahead", learnt: "the network that ships" };
const TRAINING = new URL("../../../notebooks/workshop/bubbles/pretrained/training.json", import.meta.url);

/** What the players of lesson 7 score, as their file says. */
export const players = () => {
  const { figures: found } = JSON.parse(readFileSync(TRAINING));
  const names = Object.keys(WHO).filter((name) => found[name]);
  const most = Math.max(...names.map((name) => found[name].interval[1]));
  const px = (score) => 550 + (score / most) * 480;
  const rows = names.map((name, i) => {
    const { mean, interval } = found[name];
    const [y, colour] = [20 + i * 90, name === "learnt" ? "orange" : "blue"];
    return [text(142, y + 30, name, { at: "end", size: 34, colour }), text(160, y + 30, WHO[name], { at: "start", colour: "muted" }),
      rect(550, y, px(mean) - 550, 60, colour, "box"), line(px(interval[0]), y + 30, px(interval[1]), y + 30),
      text(px(interval[1]) + 16, y + 30, Math.round(mean).toLocaleString("en"), { at: "start", size: 34 })];
  });
  const told = names.map((name) => `${name} ${Math.round(found[name].mean)} (${found[name].interval.map(Math.round).join(" to ")})`);
  return { ...figure(1160, 90 * names.length + 10, rows), alt: `Bars, the mean scores of players with their 95 per cent intervals: ${told.join(", ")}.` };
};

const letters = ["w", "o", "r", "d", "s"];

export const unrolled = () => figure(1160, 425,
  text(110, 60, "one network", { colour: "muted" }), box(40, 150, 140, 100, "", "blue"), text(110, 200, "network"),
  arrow(110, 330, 110, 256), arrow(110, 146, 110, 90), arrows([[184, 180], [240, 180], [240, 290], [20, 290], [20, 200], [36, 200]], "orange"),
  text(320, 200, "=", { size: 48 }),
  letters.slice(0, 4).map((letter, i) => {
    const x = 400 + i * 200;
    return [box(x, 150, 130, 100, "network", "blue"), arrow(x + 65, 330, x + 65, 256), text(x + 65, 360, letter, { size: 36 }),
      arrow(x + 65, 146, x + 65, 90), text(x + 65, 62, letters[i + 1], { size: 36 }),
      i < 3 ? arrow(x + 132, 200, x + 196, 200, "orange") : ""];
  }), text(780, 400, "state, carried forward", { colour: "orange" }));

const gate = (x, y, sign, colour) => circle(x, y, 30, colour, "unit") + text(x, y, sign, { size: 36 });

export const lstm = () => figure(1160, 440,
  rect(180, 20, 800, 350, "muted", "line"),
  arrow(20, 80, 1140, 80, "orange"), text(90, 45, "memory", { colour: "orange" }),
  arrow(20, 310, 250, 310, "blue"), text(90, 275, "state", { colour: "blue" }), arrow(110, 430, 110, 318), text(150, 400, "input", { at: "start" }),
  line(250, 310, 800, 310, "blue"),
  [[330, "keep", "\u00d7"], [580, "write", "+"], [830, "show", "\u00d7"]].map(([x, name, sign], i) => [
    box(x - 75, 180, 150, 80, name, ["red", "green", "sky"][i]), i < 2 ? arrow(x, 308, x, 264, "blue") : arrows([[800, 310], [830, 310], [830, 264]], "blue"),
    i < 2 ? [arrow(x, 178, x, 114), gate(x, 80, sign, ["red", "green"][i])] : ""]),
  line(830, 178, 830, 150), arrows([[830, 150], [920, 150], [920, 310], [1140, 310]], "blue"), line(920, 80, 920, 150, "orange"), gate(920, 150, "\u00d7", "sky"), text(1065, 275, "state", { colour: "blue" }));

const looks = [["a", [4]], ["dog", [3, 4]], ["on", [6, 7]], ["the", [7]], ["beach", [6, 7, 8]]];

export const attention = () => figure(1160, 380, looks.map(([word, cells], i) => {
  const x = i * 236;
  return [beach(x, 10, 216), times(9, (cell) => cells.includes(cell) ? "" :
    `<rect class="veil" x="${x + (cell % 3) * 72}" y="${10 + Math.floor(cell / 3) * 72}" width="72" height="72"/>`),
  text(x + 108, 280, word, { size: 40 }), i < 4 ? arrow(x + 150, 330, x + 290, 330, "green") : ""];
}));

/** The first three lines of each sample; a row for each number of steps. */
export const samples = () => {
  const { samples: written } = JSON.parse(readFileSync(new URL("../results/language.json", import.meta.url)));
  return figure(1160, 440, Object.entries(written).map(([steps, sample], i) => {
    const lines = sample.split("\n").slice(0, 3).map((words) => words.slice(0, 50));
    const y = 24 + i * 150;
    return [i ? line(0, y - 30, 1160, y - 30, "muted", "wire") : "",
      text(150, y, Number(steps).toLocaleString("en"), { at: "end", size: 34, colour: "orange" }), text(150, y + 40, "steps", { at: "end", colour: "muted" }),
      text(200, y, lines.join("\n"), { at: "start", colour: "mono" })];
  }));
};

export const home = () => figure(1160, 250, [["a unit", "bends", "blue"], ["a loop", "learns", "orange"], ["a filter", "sees", "green"], ["a state", "remembers", "pink"], ["a reward", "teaches", "red"]].map(([what, does, colour], i) =>
  box(i * 236, 30, 216, 130, `${what}\n${does}`, colour, 32)));
