/**
 * Pens for figures: each returns a piece of SVG as text. Lengths are pixels of a slide of 1280 by
 * 720; colours are names that slides.css knows (blue orange green red pink sky, muted; else ink).
 */

export const SIZE = 28; // of letters: what the last row can still read

/** A figure of its own size. */
export const figure = (width, height, ...parts) => ({ width, height, body: parts.flat(9).join("") });

const n = (value) => String(Math.round(value * 10) / 10);
const safe = (words) => String(words).replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** Words; "\n" begins a new line below. `y` is the middle of the first line. */
export function text(x, y, words, { at = "middle", size = SIZE, colour = "" } = {}) {
  const lines = String(words).split("\n").map(
    (line, i) => `<tspan x="${n(x)}" y="${n(y + size * (0.35 + 1.25 * i))}">${safe(line)}</tspan>`,
  );
  return `<text class="${colour}" text-anchor="${at}" font-size="${size}">${lines.join("")}</text>`;
}

/** A line through points. */
export function path(points, colour = "", kind = "line") {
  const steps = points.map(([x, y], i) => `${i ? "L" : "M"}${n(x)} ${n(y)}`);
  return `<path class="${kind} ${colour}" d="${steps.join("")}"/>`;
}

export const line = (x1, y1, x2, y2, colour = "", kind = "line") =>
  path([[x1, y1], [x2, y2]], colour, kind);

/** The head of an arrow that points from (x1, y1) to (x2, y2). */
function head(x1, y1, x2, y2, colour) {
  const long = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [((x2 - x1) / long) * 18, ((y2 - y1) / long) * 18];
  const sides = [-0.5, 0.5].map((s) => `${n(x2 - dx - s * dy)} ${n(y2 - dy + s * dx)}`);
  return `<path class="dot ${colour}" d="M${n(x2)} ${n(y2)}L${sides[0]}L${sides[1]}Z"/>`;
}

/** An arrow along points; its head is at the last one. */
export function arrows(points, colour = "") {
  const [[x1, y1], [x2, y2]] = points.slice(-2);
  const long = Math.hypot(x2 - x1, y2 - y1) || 1;
  const short = [x2 - ((x2 - x1) / long) * 12, y2 - ((y2 - y1) / long) * 12];
  return path([...points.slice(0, -1), short], colour) + head(x1, y1, x2, y2, colour);
}

export const arrow = (x1, y1, x2, y2, colour = "") => arrows([[x1, y1], [x2, y2]], colour);

/** A tinted box with words in its middle. */
export function box(x, y, width, height, words = "", colour = "", size = SIZE) {
  const lines = words ? words.split("\n").length : 0;
  const middle = y + height / 2 - ((lines - 1) * size * 1.25) / 2;
  return (
    `<rect class="box ${colour}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="10"/>` +
    (words ? text(x + width / 2, middle, words, { size }) : "")
  );
}

/** A plain rectangle: `kind` is dot (filled), box (tinted) or line. */
export const rect = (x, y, width, height, colour = "", kind = "dot") =>
  `<rect class="${kind} ${colour}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"/>`;

export const circle = (x, y, radius, colour = "", kind = "box") =>
  `<circle class="${kind} ${colour}" cx="${n(x)}" cy="${n(y)}" r="${n(radius)}"/>`;

/** A picture of pictures/; `sharp` shows its pixels as squares. */
export const picture = (x, y, width, height, file, sharp = false) =>
  `<image ${sharp ? 'class="sharp" ' : ""}x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" href="pictures/${file}"/>`;

/** The same, `count` times: `draw(i)`. */
export const times = (count, draw) => Array.from({ length: count }, (_, i) => draw(i));

/** Layers of units in a frame, each unit joined to all of the next layer. */
export function network(x, y, width, height, sizes, { radius = 16, colours = [] } = {}) {
  const across = (layer) => x + (sizes.length > 1 ? (layer * width) / (sizes.length - 1) : width / 2);
  const gap = Math.min(height / Math.max(...sizes), 4 * radius);
  const places = sizes.map((size, layer) =>
    times(size, (i) => [across(layer), y + height / 2 + (i - (size - 1) / 2) * gap]));
  const wires = places.slice(1).flatMap((right, layer) =>
    places[layer].flatMap(([x1, y1]) => right.map(([x2, y2]) => line(x1, y1, x2, y2, "", "wire"))));
  const units = places.flatMap((layer, i) =>
    layer.map(([cx, cy]) => circle(cx, cy, radius, colours[i] ?? "blue", "unit")));
  return [wires, units].flat().join("");
}

/** Axes with a scale: `px(x)` and `py(y)` tell the place of numbers, `curve` draws them. */
export function plot(x, y, width, height, [x0, x1], [y0, y1]) {
  const px = (value) => x + ((value - x0) / (x1 - x0)) * width;
  const py = (value) => y + height - ((value - y0) / (y1 - y0)) * height;
  const frame = path([[x, y], [x, y + height], [x + width, y + height]], "muted");
  const curve = (points, colour) => path(points.map(([a, b]) => [px(a), py(b)]), colour);
  const labels = (across, up) =>
    text(x + width / 2, y + height + 32, across, { colour: "muted" }) +
    text(x, y - 21, up, { colour: "muted", at: "start" });
  return { px, py, frame, curve, labels };
}

/** Points of a function, from a to b. */
export const trace = (f, a, b, count = 60) =>
  times(count + 1, (i) => a + ((b - a) * i) / count).map((v) => [v, f(v)]);
