/** Points on the plane from -6 to 6, and what a network is to say of each: -1 … 1. */

import { Random } from "../common/network/random.js";

/** The plane reaches from -EDGE to EDGE in both directions. */
export const EDGE = 6;
export const POINTS = 500;

const RADIUS = 5;
const NOISE = 2.5; // how far points are moved at a noise of 100 %: one standard deviation

/**
 * @typedef {{x: number, y: number, label: number}} Point
 *
 * `regression`: labels are any numbers from -1 to 1; without it they are the two classes -1 and 1.
 * `point` makes the `index`th of `count` points.
 */
export const DATA = {
  circle: {
    name: "Circle",
    point(random, index) {
      const inside = index % 2 === 0;
      const radius = RADIUS * (inside ? 0.5 * random.uniform() : 0.7 + 0.3 * random.uniform());
      return around(radius, 2 * Math.PI * random.uniform(), inside ? 1 : -1);
    },
  },
  xor: {
    name: "Xor",
    point(random) {
      const [x, y] = [0, 0].map(() => awayFromAxis(RADIUS * (2 * random.uniform() - 1)));
      return { x, y, label: x * y > 0 ? 1 : -1 };
    },
  },
  gauss: {
    name: "Gauss",
    point(random, index) {
      const label = index % 2 === 0 ? 1 : -1;
      return { x: 2 * label + random.gauss(), y: 2 * label + random.gauss(), label };
    },
  },
  spiral: {
    name: "Spiral",
    point(random, index, count) {
      const label = index % 2 === 0 ? 1 : -1;
      const along = 0.05 + (0.95 * index) / count; // at the very centre the classes would meet
      const turn = 1.75 * 2 * Math.PI * along + (label > 0 ? 0 : Math.PI);
      return around(RADIUS * along, turn, label);
    },
  },
  plane: {
    name: "Plane",
    regression: true,
    point(random) {
      const [x, y] = anywhere(random);
      return { x, y, label: (x + y) / (2 * EDGE) };
    },
  },
  hills: {
    name: "Hills",
    regression: true,
    point(random) {
      const [x, y] = anywhere(random);
      return { x, y, label: Math.max(-1, Math.min(1, HILLS.reduce((sum, hill) => sum + height(hill, x, y), 0))) };
    },
  },
};

/** Tops, and bottoms, of the hills: where, and whether up or down. */
const HILLS = [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]];

function height([x, y, sign], atX, atY) {
  return sign * Math.exp(-((x - atX) ** 2 + (y - atY) ** 2) / 3);
}

function around(radius, turn, label) {
  return { x: radius * Math.sin(turn), y: radius * Math.cos(turn), label };
}

function anywhere(random) {
  return [0, 0].map(() => EDGE * (2 * random.uniform() - 1));
}

/** Leaves a gap between the quarters of xor. */
function awayFromAxis(value) {
  return value + (value >= 0 ? 0.3 : -0.3);
}

/**
 * The same for the same arguments: first the points are made, then moved by the noise, then shuffled.
 *
 * @param {{data: string, noise: number, share: number, seed: number}} settings
 *   noise and share (of the points that are for training) in percent
 * @returns {{training: Point[], test: Point[]}}
 */
export function makeData({ data, noise, share, seed }) {
  const random = new Random(seed);
  const clean = Array.from({ length: POINTS }, (_, index) => DATA[data].point(random, index, POINTS));
  const points = shuffle(clean.map((point) => moved(point, (NOISE * noise) / 100, random)), random);
  const count = Math.round((POINTS * share) / 100);
  return { training: points.slice(0, count), test: points.slice(count) };
}

function moved({ x, y, label }, distance, random) {
  return { x: onPlane(x + distance * random.gauss()), y: onPlane(y + distance * random.gauss()), label };
}

function onPlane(value) {
  return Math.max(-EDGE, Math.min(EDGE, value));
}

/** In place, by Fisher and Yates. */
export function shuffle(items, random) {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [items[last], items[other]] = [items[other], items[last]];
  }
  return items;
}
