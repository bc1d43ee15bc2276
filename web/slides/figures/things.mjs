/** Drawings that more than one figure has. */

import { circle, rect } from "./draw.mjs";

const DOG =
  "M20 50Q10 20 0 8Q24 16 38 42L112 42Q118 12 140 8L146 -8L158 10Q178 18 182 32Q168 44 150 42" +
  "Q148 66 138 76L142 128L126 128L118 84L56 84L44 128L28 128Q34 90 20 50Z";

/** A dog on a beach, in a square. */
export const beach = (x, y, side) =>
  rect(x, y, side, side * 0.6, "sky", "tint") + rect(x, y + side * 0.6, side, side * 0.4, "orange", "tint") +
  circle(x + side * 0.84, y + side * 0.16, side * 0.08, "orange", "dot") +
  `<path class="dot red" transform="translate(${x + side * 0.14} ${y + side * 0.36}) scale(${side / 300})" d="${DOG}"/>`;
