/** The plane with its points. */

import { DATA, EDGE } from "./data.js";
import { make } from "./svg.js";
import { SIDE } from "./training.js";

const THUMBNAIL = 72;
const DOT = 0.13; // half of a point's width, in units of the plane
const SHADES = 5; // of points whose labels are numbers

/**
 * One of the pictures of a frame.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pictures
 * @param {number} index
 * @param {Uint32Array} palette
 */
export function drawPicture(canvas, pictures, index, palette) {
  if (canvas.width !== SIDE || canvas.height !== SIDE) Object.assign(canvas, { width: SIDE, height: SIDE });
  const image = new ImageData(SIDE, SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  const start = index * SIDE * SIDE;
  for (let at = 0; at < pixels.length; at++) pixels[at] = palette[pictures[start + at]];
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Points for training are round above nought, square below; those for tests are hollow. */
export function drawPoints(svg, { training, test }, withTest) {
  svg.replaceChildren(
    ...training.map((point) => dot(point, "dot")),
    ...(withTest ? test.map((point) => dot(point, "dot hollow")) : []),
  );
}

function dot({ x, y, label }, kind) {
  const side = label < 0 ? "low" : "high";
  const look = { class: `${kind} ${side}`, "fill-opacity": Math.max(1, Math.round(SHADES * Math.abs(label))) / SHADES };
  return label < 0
    ? make("rect", { x: x - DOT, y: -y - DOT, width: 2 * DOT, height: 2 * DOT, ...look })
    : make("circle", { cx: x, cy: -y, r: DOT * 1.1, ...look });
}

export function drawThumbnail(canvas, points) {
  Object.assign(canvas, { width: THUMBNAIL, height: THUMBNAIL });
  const context = canvas.getContext("2d");
  const style = getComputedStyle(document.documentElement);
  for (const { x, y, label } of points) {
    context.fillStyle = style.getPropertyValue(label < 0 ? "--low" : "--high");
    context.globalAlpha = Math.max(0.15, Math.abs(label));
    const [left, top] = [x, -y].map((value) => ((value / EDGE + 1) / 2) * THUMBNAIL);
    context.fillRect(left - 1.5, top - 1.5, 3, 3);
  }
}

/** For those who do not see it. */
export function describePlane({ data }, name, scores) {
  const right = scores?.training.right;
  if (!scores) return `${DATA[data].name}: nothing is learned yet`;
  const told = right === null ? `loss ${scores.training.loss.toPrecision(2)}` : `${percent(right)} of the points right`;
  return `What ${name} says of each place. Data: ${DATA[data].name}; the network has ${told} in training`;
}

export function percent(share) {
  return `${Math.floor(1000 * share) / 10} %`;
}
