/** Parts 9 to 13: convolution, ImageNet, speed, and networks that others have trained. */

import { arrow, arrows, box, circle, figure, line, picture, rect, text, times } from "./draw.mjs";

export const shuffled = () => figure(1160, 400,
  picture(140, 10, 300, 300, "digit.png", true), picture(720, 10, 300, 300, "digit-shuffled.png", true),
  text(290, 350, "a three"), text(870, 350, "the same pixels, shuffled"));

const KERNEL = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]];
const IMAGE = [[0, 0, 0, 0, 0, 0], [0, 9, 9, 9, 9, 0], [0, 9, 9, 9, 9, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 9, 9, 9], [0, 0, 0, 9, 9, 9]];

/** The sum of products at each place where the filter fits. */
const filtered = times(4, (y) => times(4, (x) =>
  KERNEL.flatMap((row, j) => row.map((weight, i) => weight * IMAGE[y + j][x + i])).reduce((sum, value) => sum + value)));

const table = (x, y, side, rows, colour) => rows.map((row, j) => row.map((value, i) =>
  rect(x + i * side, y + j * side, side, side, colour, "box") + text(x + (i + 0.5) * side, y + (j + 0.5) * side, value)));

export const filter = () => figure(1160, 440,
  table(10, 30, 60, IMAGE, "muted"), rect(10, 30, 180, 180, "orange", "line"), text(190, 420, "pixels"),
  text(420, 215, "\u00d7", { size: 44 }), table(470, 125, 60, KERNEL, "orange"), text(560, 420, "one filter, 9 weights"),
  arrow(690, 215, 770, 215), table(800, 75, 80, filtered, "blue"), rect(800, 75, 80, 80, "orange", "line"), text(960, 420, "sum at each place"));

export const edges = () => figure(1000, 190, ["digit.png", "digit-level.png", "digit-upright.png"].map((file, i) => [
  picture(20 + i * 370, 0, 150, 150, file, true), text(95 + i * 370, 172, ["one picture", "level edges", "upright edges"][i])]));

/** A pile of maps, seen from the side. */
const maps = (x, y, side, count, colour) => times(count, (i) => rect(x + i * 12, y + i * 12, side, side, colour, "box"));

export const cnn = () => figure(1110, 400,
  picture(0, 90, 170, 170, "digit.png", true), text(85, 330, "28\u00d728"), arrow(180, 175, 230, 175),
  maps(245, 60, 170, 5, "blue"), text(350, 330, "convolve"), arrow(480, 175, 525, 175),
  maps(540, 110, 90, 5, "sky"), text(610, 330, "pool"), arrow(690, 175, 735, 175),
  maps(745, 120, 50, 9, "blue"), text(820, 330, "convolve,\npool"), arrow(905, 175, 950, 175),
  times(10, (i) => circle(1000, 30 + i * 32, 12, i === 3 ? "orange" : "green", "unit")), text(1040, 126, "3", { at: "start", colour: "orange" }), text(1020, 365, "ten answers"));

/** Squares as large as the numbers of images. */
export const imagenet = () => figure(1160, 430,
  rect(30, 20, 346, 346, "blue", "dot"), text(203, 400, "ImageNet"), rect(430, 346, 20, 20, "orange", "dot"), text(440, 400, "MNIST"),
  text(560, 90, "over 15 million labelled images", { at: "start", size: 34 }),
  text(560, 160, "over 22,000 categories", { at: "start", size: 34 }),
  text(560, 230, "the challenge: 1,000 of them", { at: "start", size: 34, colour: "muted" }));

const isDog = (i) => i >= 151 && i <= 268; // breeds of dogs among the classes of ImageNet's challenge

export const classes = () => figure(1160, 420,
  times(1000, (i) => circle(20 + (i % 50) * 23, 20 + Math.floor(i / 50) * 17, 6, isDog(i) ? "orange" : "muted", "dot")),
  text(580, 390, "1,000 classes: 118 of them are breeds of dogs", { colour: "orange" }));

const branches = [["1\u00d71, 64"], ["1\u00d71, 96", "3\u00d73, 128"], ["1\u00d71, 16", "5\u00d75, 32"], ["max 3\u00d73", "1\u00d71, 32"]];

export const inception = () => figure(1160, 440,
  box(0, 160, 180, 110, "192\nmaps", "muted"), box(980, 160, 180, 110, "256\nmaps", "muted"),
  branches.map((parts, i) => {
    const y = 50 + i * 110;
    const alone = parts.length === 1;
    return [alone ? arrows([[184, 215], [285, y], [440, y]]) : arrow(184, 215, 279, y), parts.map((name, j) => [
      box(alone ? 445 : 285 + j * 320, y - 38, 230, 76, name, j || alone ? "blue" : "sky"),
      j ? arrow(518, y, 602, y) : ""]), alone ? arrows([[679, y], [850, y], [974, 215]]) : arrow(839, y, 974, 215)];
  }));

const cells = (x, y, across, down, colour) =>
  times(across * down, (i) => rect(x + (i % across) * 30, y + Math.floor(i / across) * 30, 30, 30, colour, "box"));

export const factors = () => figure(1160, 400,
  cells(10, 65, 5, 5, "orange"), text(85, 320, "5\u00d75\n25 weights"), arrow(180, 140, 240, 140, "muted"),
  cells(260, 95, 3, 3, "blue"), cells(365, 95, 3, 3, "blue"), text(357, 320, "3\u00d73, 3\u00d73\n18 weights"),
  cells(560, 35, 7, 7, "orange"), text(665, 320, "7\u00d77\n49 weights"), arrow(790, 140, 850, 140, "muted"),
  cells(870, 35, 1, 7, "blue"), cells(920, 125, 7, 1, "blue"), text(1010, 320, "1\u00d77, 7\u00d71\n14 weights"));

export const cores = () => figure(1160, 420,
  times(4, (i) => rect(40 + (i % 2) * 180, 30 + Math.floor(i / 2) * 150, 160, 130, "green", "box")),
  times(4, (i) => text(120 + (i % 2) * 180, 95 + Math.floor(i / 2) * 150, "core")), text(210, 370, "CPU: a few, clever"),
  times(384, (i) => rect(600 + (i % 24) * 22, 30 + Math.floor(i / 24) * 17.5, 17, 12, "pink")), text(860, 370, "GPU: thousands, simple, in step"));

export const cut = () => figure(1160, 430,
  rect(10, 90, 200, 170, "sky", "tint"), rect(50, 185, 120, 30, "red"), rect(75, 160, 70, 28, "red"), circle(80, 220, 16, "ink", "dot"), circle(140, 220, 16, "ink", "dot"),
  arrow(220, 175, 280, 175), box(290, 70, 330, 210, "GoogLeNet,\nas it is:\n7 million weights", "blue"), arrow(624, 175, 684, 175),
  box(690, 100, 170, 150, "1,024\nnumbers", "orange"), arrows([[864, 150], [900, 150], [900, 70], [944, 70]], "muted"), box(950, 20, 205, 100, "1,000\nclasses", "muted"),
  line(960, 30, 1145, 110, "red"), line(960, 110, 1145, 30, "red"),
  arrow(864, 210, 944, 265, "green"), box(950, 215, 205, 110, "classic or\nmodern?", "green"),
  text(455, 340, "frozen"), text(1052, 370, "the one layer\nthat you train", { colour: "green" }));

export const turned = () => figure(1160, 430, [["training", "blue", "the weights change"], ["dreaming", "orange", "the picture changes"]].map(([name, colour, what], i) => {
  const y = 30 + i * 210;
  return [text(20, y + 60, name, { at: "start", size: 34, colour }), box(250, y, 200, 120, "picture", i ? "orange" : "muted"), arrow(455, y + 40, 535, y + 40),
    box(540, y, 200, 120, "weights", i ? "muted" : "blue"), arrow(745, y + 40, 825, y + 40), box(830, y, 300, 120, i ? "response of\na layer" : "error", "green"),
    arrow(825, y + 90, i ? 455 : 745, y + 90, colour), text(i ? 640 : 790, y + 150, what, { colour })];
}));

export const dream = () => figure(1160, 340, picture(0, 0, 560, 315, "sky.jpg"), picture(600, 0, 560, 315, "dream.jpg"));

export const style = () => figure(540, 400,
  box(10, 10, 520, 110, "content: what is where,\nas in the photo", "sky"),
  box(10, 145, 520, 110, "style: what goes together,\nas in the painting", "orange"),
  box(10, 280, 520, 110, "smoothness: neighbours\ndiffer little", "green"));
