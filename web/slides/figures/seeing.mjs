/** Part 4 and 5: networks that paint, and what goes on inside of them. */

import { readFileSync } from "node:fs";

import { arrow, circle, figure, line, network, picture, plot, rect, text, times } from "./draw.mjs";

const result = (name) => JSON.parse(readFileSync(new URL(`../results/${name}`, import.meta.url)));

export const painter = () => figure(1160, 420,
  rect(20, 40, 300, 300, "muted", "box"), circle(220, 140, 12, "orange", "dot"),
  line(20, 140, 208, 140, "muted", "dashed"), line(220, 340, 220, 152, "muted", "dashed"),
  text(240, 375, "x"), text(45, 110, "y"),
  arrow(340, 190, 410, 190),
  network(440, 60, 330, 260, [2, 5, 5, 3], { radius: 22, colours: ["sky", "blue", "blue", "orange"] }),
  arrow(800, 190, 870, 190),
  ["red", "green", "blue"].map((name, i) => [circle(925, 110 + i * 80, 26, name, "dot"), text(970, 110 + i * 80, name, { at: "start" })]),
  text(605, 375, "in: a place - out: its colour"));

const sizes = [["4", [4]], ["20", [20]], ["10+10", [10, 10]], ["10x7", [10, 10, 10, 10, 10, 10, 10]]];

/** Multiplications for one pixel: one for each weight but the biases. */
const products = (widths) =>
  [2, ...widths].reduce((sum, width, i) => sum + width * ([...widths, 3][i]), 0);

export const presets = () => {
  const found = result("paint.json");
  return figure(1160, 520, sizes.map(([name, widths], i) => [
    network(20 + i * 240, 0, 160, 170, [2, ...widths, 3], { radius: widths[0] > 10 ? 3.5 : 6 }),
    picture(i * 240, 190, 200, 200, `paint-${name}.png`),
    text(100 + i * 240, 425, name.replace("x", "\u00d7"), { size: 32 }),
    text(100 + i * 240, 465, `${found[name].parameters} weights`, { colour: "muted" }),
    text(100 + i * 240, 502, `${products(widths)} products`, { colour: "muted" })]),
  picture(960, 190, 200, 200, "paint-target.png"), text(1060, 425, "the picture", { size: 32 }));
};

const features = [["x", (x) => x], ["y", (_, y) => y], ["x\u00b2", (x) => x * x * 1.6 - 0.8], ["x y", (x, y) => 2 * x * y], ["sin x", (x) => Math.sin(4 * x)]];

/** A function of (x, y) as tiles: orange above zero, blue below. */
const tiles = (x, y, side, f) => times(144, (i) => {
  const [u, v] = [((i % 12) + 0.5) / 6 - 1, 1 - (Math.floor(i / 12) + 0.5) / 6];
  const value = Math.max(-1, Math.min(1, f(u, v)));
  const size = side / 12; // whole pixels, or seams show
  return `<rect x="${x + (i % 12) * size}" y="${y + Math.floor(i / 12) * size}" width="${size}" height="${size}" fill="${value < 0 ? "#0072b2" : "#e69f00"}" fill-opacity="${Math.abs(value).toFixed(2)}"/>`;
});

export const inputs = () => figure(1160, 330, features.map(([name, f], i) => [
  `<rect x="${i * 239}" y="20" width="204" height="204" fill="#fafaf7"/>`,
  tiles(i * 239, 20, 204, f), text(i * 239 + 102, 265, name, { size: 34 })]));

export const inside = () => {
  const { points, reach } = result("inside.json");
  const place = (x, y) => [20 + ((x / reach + 1) / 2) * 260, 120 + ((1 - y / reach) / 2) * 260];
  return figure(1160, 500,
    rect(20, 120, 260, 260, "muted", "line"),
    points.map(([x, y, label]) => circle(...place(x, y), 6, label > 0 ? "orange" : "blue", "dot")), text(150, 425, "the points"),
    times(3, (i) => [
      arrow(290, 250, 405, 75 + i * 148, "muted"), picture(420, 10 + i * 148, 130, 130, `inside-${i + 1}.png`),
      arrow(560, 75 + i * 148, 840, 250, "muted")]),
    text(485, 475, "one edge each"),
    picture(860, 120, 260, 260, "inside-output.png"), text(990, 425, "together: one shape"));
};

export const convergence = () => {
  const { train, test } = result("inside.json");
  const { frame, curve, labels, px, py } = plot(60, 40, 1020, 350, [0, 600], [0, 0.9]);
  const points = (values) => values.map((value, i) => [i * 10, value]);
  return figure(1160, 450, frame, labels("steps", "loss"), curve(points(train), "blue"), curve(points(test), "orange"),
    text(px(400), py(test.at(-1)) - 34, "points it never saw", { colour: "orange" }),
    text(px(400), py(train.at(-1)) + 34, "points it learns from", { colour: "blue" }));
};
