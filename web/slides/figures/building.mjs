/** Parts 6 to 8: the machine, frameworks, and the first network that reads digits. */

import { readFileSync } from "node:fs";

import { arrow, arrows, box, circle, figure, line, picture, plot, rect, text } from "./draw.mjs";

const result = (name) => JSON.parse(readFileSync(new URL(`../results/${name}`, import.meta.url)));

/** A window of a program, with words in it. */
const pane = (x, y, width, height, words, colour) => box(x, y, width, height, "", colour) +
  rect(x + 2, y + 2, width - 4, 34, colour, "tint") +
  [20, 46, 72].map((dx) => circle(x + dx, y + 19, 7, colour, "dot")).join("") +
  text(x + width / 2, y + 36 + (height - 36) / 2 - (words.split("\n").length - 1) * 17, words);

export const machine = () => figure(1150, 330,
  box(10, 70, 210, 170, "the .ova\nfile", "muted"), text(115, 290, "1. import"),
  arrow(226, 155, 346, 155), pane(360, 50, 320, 210, "VirtualBox\nStart", "orange"), text(520, 300, "2. start"),
  arrow(686, 155, 806, 155), pane(820, 50, 320, 210, "lessons", "blue"), text(980, 300, "3. open in your browser"));

export const ports = () => figure(1150, 320,
  rect(5, 5, 620, 310, "muted", "line"), text(30, 34, "your laptop", { at: "start", colour: "muted" }),
  pane(40, 62, 320, 110, "browser", "blue"), pane(40, 190, 320, 110, "terminal", "green"),
  rect(740, 5, 405, 310, "orange", "line"), text(765, 34, "the virtual machine", { at: "start", colour: "orange" }),
  box(830, 72, 280, 90, "Jupyter", "blue"), box(830, 200, 280, 90, "a shell", "green"),
  arrow(366, 117, 824, 117, "blue"), text(500, 90, "http"),
  arrow(366, 245, 824, 245, "green"), text(500, 218, "ssh"));

export const stack = () => figure(1160, 430,
  box(280, 10, 600, 80, "your network, in a few lines", "orange"), arrow(580, 92, 580, 128),
  box(280, 132, 600, 80, "framework: layers, gradients, training", "blue"), arrow(580, 214, 580, 250),
  box(180, 254, 380, 80, "BLAS, C and C++", "green"), box(600, 254, 380, 80, "CUDA, OpenCL", "pink"),
  [0, 1, 2, 3].map((i) => rect(220 + i * 80, 364, 60, 60, "green")),
  Array.from({ length: 48 }, (_, i) => rect(610 + (i % 16) * 23, 364 + Math.floor(i / 16) * 21, 17, 15, "pink")),
  text(160, 394, "CPU", { at: "end" }), text(1000, 394, "GPU", { at: "start" }));

const node = (x, y, words, colour) => circle(x, y, 44, colour, "unit") + text(x, y, words, { size: 32 });

export const tree = () => figure(1160, 480,
  text(270, 20, "as you wrote it", { colour: "muted" }),
  line(270, 110, 190, 220), line(270, 110, 400, 220), line(190, 220, 110, 330), line(190, 220, 270, 330), line(110, 330, 50, 430), line(110, 330, 180, 430),
  node(270, 110, "+", "blue"), node(400, 220, "1", "sky"), node(190, 220, "\u00d7", "blue"), node(270, 330, "3", "sky"),
  node(110, 330, "^", "blue"), node(50, 430, "x", "orange"), node(180, 430, "2", "sky"),
  arrow(520, 250, 660, 250, "muted"), text(590, 215, "optimise", { colour: "muted" }),
  text(900, 20, "as it is computed", { colour: "muted" }),
  line(900, 200, 760, 360), line(900, 200, 900, 360), line(900, 200, 1040, 360),
  box(740, 130, 320, 100, "1 + 3 sqr(x)", "green", 32), node(760, 380, "1", "sky"), node(900, 380, "3", "sky"), node(1040, 380, "x", "orange"));

export const compile = () => figure(1160, 300,
  box(10, 60, 250, 130, "expression\nin Python", "orange"), arrow(264, 125, 324, 125),
  box(330, 60, 220, 130, "graph", "sky"), arrow(554, 125, 614, 125),
  box(620, 60, 220, 130, "better\ngraph", "blue"), arrows([[844, 100], [870, 100], [870, 60], [914, 60]]), arrows([[844, 150], [870, 150], [870, 195], [914, 195]]),
  box(920, 10, 230, 100, "C, C++, BLAS", "green"), box(920, 145, 230, 100, "CUDA,\nOpenCL", "pink"),
  text(440, 250, "+ gradients, derived symbol by symbol", { colour: "muted" }));

export const digits = () => figure(1160, 400, picture(10, 10, 600, 360, "digits.png", true),
  text(890, 60, "28 \u00d7 28 pixels", { size: 34 }), text(890, 140, "50,000 to train on", { size: 34 }),
  text(890, 220, "10 answers", { size: 34 }), text(890, 300, "late 1980s", { size: 34, colour: "muted" }));

export const softmax = () => figure(1160, 420, picture(0, 0, 600, 240, "digits-weights.png"),
  ["0 1 2 3 4", "5 6 7 8 9"].map((row, i) => row.split(" ").map((digit, j) => text(22 + j * 120, 24 + i * 120, digit, { colour: "dark" }))),
  text(300, 285, "weights of ten units, one layer"), text(300, 330, "orange speaks for, blue against", { colour: "muted" }),
  picture(700, 40, 150, 150, "digit.png", true), arrow(860, 115, 930, 115),
  box(940, 50, 210, 130, "likeliest\nof 10 wins", "green"),
  text(920, 260, "784 pixels \u00d7 10 units\n+ 10 biases", { colour: "muted" }), text(920, 350, "7,850 weights", { size: 34 }));

export const errors = () => {
  const found = Object.entries(result("digits.json"));
  const { frame, labels, curve, px, py } = plot(70, 40, 1000, 350, [1, 10], [0, 10]);
  return figure(1160, 450, frame, labels("times through the training data", "wrong, per cent of 10,000 test images"),
    [0, 5, 10].map((value) => text(55, py(value), value, { at: "end", colour: "muted" })),
    found.map(([name, values], i) => [curve(values.map((value, j) => [j + 1, value]), ["blue", "orange"][i]),
      values.map((value, j) => circle(px(j + 1), py(value), 7, ["blue", "orange"][i], "dot")),
      text(px(10) - 10, py(values.at(-1)) + (i ? 36 : -36), `${name}: ${values.at(-1).toFixed(1)} %`, { at: "end", colour: ["blue", "orange"][i] })]));
};
