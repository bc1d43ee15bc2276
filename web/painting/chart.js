/** The curves of the loss, as SVG. */

import { logarithmic } from "./scale.js";

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
  const curves = easels
    .map(({ letter, history }) => ({ letter, points: positive(history, along) }))
    .filter(({ points }) => points.length);
  const points = curves.flatMap((curve) => curve.points);
  const across = logarithmic(points.map(([x]) => x), [1]);
  const up = logarithmic(points.map(([, y]) => y), [1, 2, 5]);
  const right = width - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const place = ([x, y]) => [
    MARGIN.left + (right - MARGIN.left) * across.share(x),
    bottom - (bottom - MARGIN.top) * up.share(y),
  ];
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.replaceChildren();
  if (!curves.length) return;
  svg.append(
    ...up.ticks.flatMap((tick) => tickUp(tick, place([across.ticks[0], tick]), right)),
    ...across.ticks.map((tick) => tickAcross(tick, place([tick, up.ticks[0]]))),
    ...curves.flatMap(({ letter, points }) => curve(letter, points.map(place))),
  );
}

/** What a logarithmic axis can show; of the first iterations a coarse clock may say 0 seconds. */
function positive(history, along) {
  const pairs = history.points.map((point) => [point[along], point.loss]);
  return pairs.filter(([x, y]) => x > 0 && y > 0);
}

function tickUp(value, [x, y], right) {
  return [
    make("line", { x1: x, x2: right, y1: y, y2: y, class: "grid" }),
    make("text", { x: x - 8, y, class: "tick up" }, String(value)),
  ];
}

function tickAcross(value, [x, y]) {
  return make("text", { x, y: y + 18, class: "tick across" },
    value.toLocaleString("en", { maximumSignificantDigits: 1 }));
}

function curve(letter, places) {
  const [x, y] = places.at(-1);
  const points = places.map((place) => place.map((value) => value.toFixed(1)).join()).join(" ");
  return [
    make("polyline", { points, class: "curve", "data-letter": letter }),
    make("text", { x: x + 6, y, class: "curve-name", "data-letter": letter }, letter),
  ];
}

function make(name, attributes, text = "") {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

/** The same for those who do not see it. */
export function describeCurves(easels) {
  const told = easels.filter(({ history }) => history.last).map(({ letter, history }) => {
    const { iteration, loss } = history.last;
    return `network ${letter}: from ${history.points[0].loss.toPrecision(3)} ` +
      `to ${loss.toPrecision(3)} in ${iteration} iterations`;
  });
  return told.length ? `Loss of ${told.join("; ")}` : "Nothing is learned yet";
}
