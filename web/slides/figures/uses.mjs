/** Part 1 and 2: what this is, and where deep learning was in use in 2016. */

import { arrow, arrows, box, circle, figure, line, network, path, picture, rect, text, times } from "./draw.mjs";
import { beach } from "./things.mjs";

const paintings = ["paint-4.png", "paint-20.png", "paint-10+10.png", "paint-10x7.png", "paint-target.png"];

export const title = () =>
  figure(1160, 200, paintings.map((file, i) => picture(i * 240, 0, 200, 200, file)));

const stations = [
  ["See", "what it\ncan do", "sky"], ["Paint", "with a\nnetwork", "orange"], ["Look inside", "in the\nplayground", "green"],
  ["Build", "lessons\n0, 1, 2", "blue"], ["Use", "lessons\n3, 4, 5, 6", "pink"], ["Go further", "lessons\n7, 8, 9", "red"],
];

export const morning = () =>
  figure(1160, 300, stations.map(([name, what, colour], i) => [
    i ? arrow(i * 200 - 46, 60, i * 200 - 6, 60, "muted") : "",
    box(i * 200, 10, 154, 100, i === 2 ? "Look\ninside" : i === 5 ? "Go\nfurther" : name, colour),
    text(i * 200 + 77, 160, what),
  ]));

/** A phone with something on its screen. */
const phone = (x, y, inside) => box(x, y, 130, 230, "", "blue") + rect(x + 14, y + 24, 102, 160, "blue", "tint") +
  circle(x + 65, y + 207, 11, "blue", "dot") + inside;

const wave = (x, y) => path(times(9, (i) => [x + i * 10, y + [0, -14, 22, -40, 46, -34, 24, -12, 0][i]]), "orange");

export const speech = () => figure(1160, 470,
  phone(40, 40, wave(65, 145)),
  arrow(190, 130, 330, 130), arrow(330, 180, 190, 180),
  times(800, (i) => rect(350 + (i % 40) * 8, 60 + Math.floor(i / 40) * 10, 6, 8, "sky")),
  text(510, 24, "800 machines", { colour: "muted" }),
  text(350, 320, "2012: in the cloud\nAndroid 4.3, trained in\nabout 5 days", { at: "start" }),
  phone(800, 40, wave(825, 145)),
  text(800, 320, "2014: on the phone itself\nAndroid 5.0, no network\nneeded", { at: "start" }));

const dots = (count, x, y, colour) =>
  times(count, (i) => circle(x + (i % 10) * 42, y + Math.floor(i / 10) * 42, 16, colour, "dot"));

export const translation = () => figure(1160, 450,
  dots(26, 130, 40, "orange"), text(320, 210, "26 languages\nthrough the camera"),
  dots(90, 650, 40, "blue"), text(840, 430, "90 languages, typed"));

/** House numbers as they hang on walls: at an angle, half hidden, worn. */
const plate = (x, y, angle, number, colour, font) =>
  `<g transform="translate(${x} ${y}) rotate(${angle})">` + box(-115, -70, 230, 140, "", colour) +
  `<text class="${colour}" text-anchor="middle" y="38" font-size="104" font-family="${font}">${number}</text></g>`;

export const plates = () => figure(1160, 400,
  plate(170, 130, -7, "27", "blue", "serif"), plate(470, 250, 5, "185", "green", "sans-serif"),
  plate(760, 120, 0, "6", "red", "cursive"), plate(1000, 270, -12, "309", "pink", "monospace"),
  line(690, 60, 840, 200, "muted"), line(680, 120, 830, 190, "muted"), path([[940, 180], [1010, 330], [1090, 350]], "muted"));

/** Error of the winners of ImageNet's challenge, best 5 answers, in per cent. */
const winners = [[2010, 28.2], [2011, 25.8], [2012, 16.4], [2013, 11.7], [2014, 6.7], [2015, 3.6]];

export const imagenetErrors = () => figure(1160, 500,
  winners.map(([year, error], i) => [
    rect(60 + i * 180, 420 - error * 13, 120, error * 13, year < 2012 ? "muted" : "blue"),
    text(120 + i * 180, Math.min(395 - error * 13, 330), `${error} %`),
    text(120 + i * 180, 450, year),
  ]),
  line(20, 420 - 5.1 * 13, 1130, 420 - 5.1 * 13, "orange", "dashed"),
  text(700, 120, "One practised person: 5.1 %", { colour: "orange", at: "start" }),
  line(20, 420, 1130, 420, "muted"));

export const captions = () => figure(1160, 400,
  beach(5, 60, 240),
  arrow(265, 180, 325, 180),
  network(350, 60, 150, 240, [5, 4, 3], { colours: ["sky", "blue", "blue"] }), text(425, 350, "sees"),
  arrow(520, 180, 580, 180),
  times(4, (i) => [
    circle(640 + i * 150, 180, 34, "green", "unit"), i < 3 ? arrow(676 + i * 150, 180, 752 + i * 150, 180, "green") : "",
    arrow(640 + i * 150, 142, 640 + i * 150, 86, "green"), text(640 + i * 150, 60, ["a", "dog", "on", "..."][i]),
  ]),
  text(865, 350, "says, word by word"));

export const atari = () => figure(1160, 430,
  rect(20, 20, 380, 380, "muted", "box"),
  ["red", "orange", "green", "blue"].map((colour, row) => times(9, (i) =>
    row === 3 && i > 2 && i < 6 ? "" : rect(32 + i * 40, 60 + row * 26, 36, 20, colour))),
  rect(180, 360, 80, 14, "ink"), rect(252, 250, 14, 14, "ink"),
  text(210, 40, "0 0 4 2", { colour: "muted" }),
  arrow(415, 210, 485, 210), text(580, 60, "pixels in"),
  network(510, 90, 250, 240, [6, 6, 4], { colours: ["sky", "blue", "orange"] }),
  text(790, 138, "left", { at: "start" }), text(790, 182, "right", { at: "start" }),
  text(790, 226, "fire", { at: "start" }), text(790, 270, "wait", { at: "start" }),
  arrow(880, 210, 940, 210), text(1050, 195, "score:\nthe only\nteacher"));

const stones = [[3, 3, 0], [15, 3, 1], [15, 15, 0], [3, 15, 1], [16, 13, 0], [13, 16, 1], [2, 5, 1], [5, 2, 0], [9, 9, 0]];

export const go = () => figure(470, 470,
  rect(5, 5, 460, 460, "orange", "tint"),
  times(19, (i) => [line(19 + i * 24, 19, 19 + i * 24, 451, "muted", "wire"), line(19, 19 + i * 24, 451, 19 + i * 24, "muted", "wire")]),
  stones.map(([x, y, white]) =>
    `<circle cx="${19 + x * 24}" cy="${19 + y * 24}" r="11" fill="${white ? "#fff" : "#111"}" stroke="#111" stroke-width="2"/>`));

const feats = [["chess", 1997, 60], ["quiz show", 2011, 360], ["photos", 2015, 640], ["Go", 2016, 900]];

export const effect = () => figure(1160, 400,
  arrows([[30, 340], [1130, 340]], "muted"),
  feats.map(([what, year, x], i) => [
    box(x, 250 - i * 62, 170, 70, what, "blue"), line(x + 85, 320 - i * 62, x + 85, 340, "muted", "dashed"), text(x + 85, 372, year),
  ]),
  text(240, 70, "\"Real AI\" is whatever\ncomes after the last one", { at: "start", colour: "orange" }),
  arrows([[620, 60], [1140, 20]], "orange"));
