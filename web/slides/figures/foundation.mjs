/** Part 3: what networks are, and how they learn. */

import { arrow, arrows, box, circle, figure, line, network, path, plot, text, times, trace } from "./draw.mjs";

const relu = (value) => Math.max(0, value);

const milestones = [[1958, "perceptron", 30], [1986, "learning by\nbackpropagation", 300], [1989, "digits read\nby a CNN", 600], [2012, "ImageNet won\nby a CNN", 900]];

export const history = () => figure(1160, 330,
  arrows([[20, 210], [1150, 210]], "muted"),
  milestones.map(([year, what, x], i) => [
    circle(x + 100, 210, 13, i === 3 ? "orange" : "blue", "dot"), text(x + 100, 255, year), text(x + 100, 130, what)]),
  text(625, 310, "what changed: data, computers, a few tricks", { colour: "orange" }));

export const combine = () => figure(1160, 400,
  circle(110, 180, 48, "blue", "unit"), arrow(20, 140, 66, 162), arrow(20, 220, 66, 198), arrow(158, 180, 210, 180),
  text(110, 370, "a unit"),
  arrow(250, 180, 330, 180, "muted"),
  times(5, (i) => circle(420, 40 + i * 70, 26, "blue", "unit")), text(420, 370, "a layer"),
  arrow(510, 180, 590, 180, "muted"),
  network(650, 40, 470, 280, [3, 5, 5, 5, 2], { radius: 20, colours: ["sky", "blue", "blue", "blue", "orange"] }),
  text(885, 370, "a network"));

export const neuron = () => figure(1160, 430,
  ["x", "y", "1"].map((name, i) => [
    circle(90, 70 + i * 140, 44, "sky", "unit"), text(90, 70 + i * 140, name, { size: 34 }),
    arrow(136, 70 + i * 140, 404, 160 + i * 50), text(260, [70, 184, 345][i], ["weight a", "weight b", "bias c"][i], { colour: "orange" })]),
  box(410, 130, 220, 160, "add up\nax + by + c", "blue"),
  arrow(634, 210, 704, 210),
  box(710, 130, 220, 160, "", "blue"), path([[740, 260], [820, 260], [900, 160]], "orange"), text(820, 330, "bend: max(0, sum)"),
  arrow(934, 210, 1010, 210), circle(1060, 210, 44, "green", "unit"), text(1060, 290, "output"));

const settings = [[1, 0, "max(0, x)"], [-2, 1, "max(0, 1 - 2x)"], [0.5, 1, "max(0, 1 + x/2)"]];

export const weights = () => figure(1160, 400, settings.map(([w, b, name], i) => {
  const { frame, curve, px, py } = plot(30 + i * 390, 20, 320, 280, [-3, 3], [-0.5, 5]);
  const turn = -b / w;
  return [frame, line(px(0), py(-0.5), px(0), py(5), "muted", "wire"),
    curve(trace((x) => relu(w * x + b), -3, 3, 120).filter(([, y]) => y <= 5), ["blue", "orange", "green"][i]),
    Math.abs(turn) < 3 ? circle(px(turn), py(0), 9, ["blue", "orange", "green"][i], "dot") : "",
    text(190 + i * 390, 355, name, { colour: ["blue", "orange", "green"][i] })];
}));

const goal = (x) => Math.sin(2 * x) + x / 2;

/** The line through `count` + 1 points of the goal: what `count` bent units can add up to. */
const bent = (count) => times(count + 1, (i) => -3 + (6 * i) / count).map((x) => [x, goal(x)]);

export const layers = () => figure(1160, 400, [3, 6, 12].map((count, i) => {
  const { frame, curve } = plot(30 + i * 390, 20, 320, 280, [-3, 3], [-2.6, 2.6]);
  return [frame, curve(trace(goal, -3, 3), "muted"), curve(bent(count), "orange"), text(190 + i * 390, 355, `${count} units`)];
}));

export const loop = () => figure(1160, 440,
  box(40, 40, 300, 110, "1. pick a case\nwith its answer", "sky"), arrow(344, 95, 424, 95),
  box(430, 40, 300, 110, "2. evaluate\nthe network", "blue"), arrow(734, 95, 814, 95),
  box(820, 40, 300, 110, "3. compare\nwith the target", "orange"), arrow(970, 154, 970, 284),
  box(700, 290, 420, 110, "4. change the weights,\nto come nearer to it", "green"),
  arrows([[696, 345], [190, 345], [190, 156]]), text(430, 315, "again, and again", { colour: "muted" }));

const valley = (w) => 0.18 * (w - 1) ** 2 + 0.15 * Math.cos(1.6 * w) + 0.5;
const slope = (w) => 0.36 * (w - 1) - 0.24 * Math.sin(1.6 * w);

/** Where gradient descent goes, step by step. */
const descent = (start, rate, count) =>
  times(count, () => 0).reduce((way) => [...way, way.at(-1) - rate * slope(way.at(-1))], [start]);

export const gradient = () => {
  const { frame, curve, px, py, labels } = plot(60, 40, 1040, 350, [-4, 5], [0, 5]);
  const way = descent(-3.2, 0.6, 14);
  return figure(1160, 450, frame, curve(trace(valley, -3.6, 5, 160), "blue"), labels("a weight", "error"),
    way.slice(1).map((w, i) => line(px(way[i]), py(valley(way[i])), px(w), py(valley(w)), "orange")),
    way.map((w) => circle(px(w), py(valley(w)), 9, "orange", "dot")),
    text(px(-2.9), py(valley(-3.2)), "start", { at: "start", colour: "orange" }),
    text(px(-0.6), py(4.2), "Each step follows the slope\ndownhill, and gets shorter\nwhere it is flat", { at: "start" }));
};

export const shapes = () => figure(1160, 420,
  network(40, 20, 180, 290, [2, 4, 1]), text(130, 370, "narrow"),
  network(340, 20, 180, 290, [2, 9, 1], { radius: 13 }), text(430, 370, "wide"),
  network(640, 20, 460, 290, [2, 4, 4, 4, 4, 4, 1]), text(870, 370, "deep"));

/** Twenty cases of y = 1 + 2x with noise, drawn from a fixed series of numbers. */
const cases = times(20, (i) => {
  const noise = ((i * 7919) % 101) / 101 - 0.5;
  const x = ((i * 37) % 20) / 10 - 0.95;
  return [x, 1 + 2 * x + 1.6 * noise];
});

/** Paths of (w, b) when a line learns the cases: from all at once, or one by one. */
function learn(batch, rate, steps) {
  let [w, b] = [-0.6, -0.8];
  const way = [[w, b]];
  for (let step = 0; step < steps; step++) {
    const some = batch ? [cases[step % cases.length]] : cases;
    const errors = some.map(([x, y]) => [x, w * x + b - y]);
    w -= (rate * errors.reduce((sum, [x, e]) => sum + x * e, 0)) / some.length;
    b -= (rate * errors.reduce((sum, [, e]) => sum + e, 0)) / some.length;
    way.push([w, b]);
  }
  return way;
}

export const stochastic = () => figure(1160, 450, [[false, 0.35, 24, "all cases for each step", "blue"], [true, 0.35, 60, "one case for each step", "orange"]]
  .map(([batch, rate, steps, name, colour], i) => {
    const { frame, curve, px, py } = plot(50 + i * 590, 20, 490, 340, [-1, 3], [-1.5, 2]);
    const way = learn(batch, rate, steps);
    const best = learn(false, 0.35, 400).at(-1);
    return [frame, curve(way, colour), way.map(([w, b]) => circle(px(w), py(b), 6, colour, "dot")),
      circle(px(best[0]), py(best[1]), 20, "green", "line"), text(295 + i * 590, 405, name, { colour })];
  }));
