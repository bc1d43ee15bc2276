/** The curves of the loss, as SVG. */

import { decades, nice } from "./scale.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const HEIGHT = 240;
const MARGIN = { left: 52, right: 28, top: 10, bottom: 34 };

/**
 * @param {SVGSVGElement} svg
 * @param {{letter: string, history: import("./history.js").History}[]} easels
 * @param {"iteration" | "seconds"} along
 */
export function drawCurves(svg, easels, along) {
  const width = svg.clientWidth;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const drawn = easels.filter(({ history }) => history.points.length);
  const points = drawn.flatMap(({ history }) => history.points);
  const across = nice(Math.max(...points.map((point) => point[along]), 5));
  const up = decades(points.map(({ loss }) => loss));
  const right = width - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = (value) => MARGIN.left + ((right - MARGIN.left) * value) / across.end;
  const y = (loss) => bottom - (bottom - MARGIN.top) * up.share(loss);
  svg.replaceChildren(
    ...up.ticks.flatMap((tick) => [
      make("line", { x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick), class: "grid" }),
      make("text", { x: MARGIN.left - 8, y: y(tick), class: "tick up" }, String(tick)),
    ]),
    ...across.ticks.map((tick) =>
      make("text", { x: x(tick), y: bottom + 18, class: "tick across" }, tick.toLocaleString("en"))),
    ...drawn.flatMap(({ letter, history }) => [
      make("polyline", { points: path(history.points, along, x, y), class: "curve", "data-letter": letter }),
      make("text", { ...end(history.points, along, x, y), class: "curve-name", "data-letter": letter }, letter),
    ]),
  );
}

function path(points, along, x, y) {
  return points.map((point) => `${x(point[along]).toFixed(1)},${y(point.loss).toFixed(1)}`).join(" ");
}

function end(points, along, x, y) {
  const last = points.at(-1);
  return { x: x(last[along]) + 6, y: y(last.loss) };
}

function make(name, attributes, text = "") {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

/** The same for those who do not see it. */
export function describeCurves(easels) {
  const told = easels.filter(({ history }) => history.points.length).map(({ letter, history }) => {
    const { iteration, loss } = history.points.at(-1);
    return `network ${letter}: from ${history.points[0].loss.toPrecision(3)} ` +
      `to ${loss.toPrecision(3)} in ${iteration} iterations`;
  });
  return told.length ? `Loss of ${told.join("; ")}` : "Nothing is learned yet";
}
