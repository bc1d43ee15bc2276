/** The curves of both losses, as SVG. */

import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

import { make } from "./svg.js";

const HEIGHT = 160;
const MARGIN = { left: 40, right: 12, top: 10, bottom: 34 };
const KINDS = ["training", "test"];

/**
 * @param {SVGSVGElement} svg
 * @param {import("./history.js").History} history
 */
export function drawCurves(svg, { points }) {
  const width = svg.clientWidth;
  const right = width - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const most = Math.max(0.1, ...points.flatMap(({ training, test }) => [training, test]));
  const across = scaleLinear([0, Math.max(10, points.at(-1)?.epoch ?? 0)], [MARGIN.left, right]);
  const up = scaleLinear([0, most], [bottom, MARGIN.top]).nice(4);
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.replaceChildren(
    ...up.ticks(4).flatMap((tick) => [
      make("line", { x1: MARGIN.left, x2: right, y1: up(tick), y2: up(tick), class: "grid" }),
      make("text", { x: MARGIN.left - 8, y: up(tick), class: "tick up" }, String(tick)),
    ]),
    ...across.ticks(Math.max(2, width / 90)).map((tick) =>
      make("text", { x: across(tick), y: bottom + 16, class: "tick across" }, tick.toLocaleString("en"))),
    make("text", { x: (MARGIN.left + right) / 2, y: HEIGHT - 3, class: "tick across" }, "epochs"),
    ...KINDS.map((kind) => {
      const path = line(({ epoch }) => across(epoch), (point) => up(point[kind]));
      return make("path", { d: path(points) ?? "", class: `curve ${kind}` });
    }),
  );
}

/** The same for those who do not see it. */
export function describeCurves({ points }) {
  if (!points.length) return "Nothing is learned yet";
  const [first, last] = [points[0], points.at(-1)];
  const told = KINDS.map((kind) => `${kind} from ${first[kind].toPrecision(2)} to ${last[kind].toPrecision(2)}`);
  return `Loss by epochs, up to epoch ${last.epoch}: ${told.join(", ")}`;
}
