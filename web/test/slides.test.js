import assert from "node:assert/strict";
import { test } from "node:test";

import { slides } from "../slides/assemble.mjs";
import { figures } from "../slides/figures/index.mjs";

const one = { dot: () => ({ width: 10, height: 20, body: "<circle r=\"1\"/>" }) };
const part = (text, name = "07-frameworks.html") => [{ name, text }];

test("a figure is drawn in place, with its alt text", () => {
  const text = slides(part('<section id="a"><img src="figure:dot" alt="A dot."></section>'), one);
  assert.equal(text, '<section data-part="7" id="a"><svg role="img" aria-label="A dot." width="10" height="20" ' +
    'viewBox="0 0 10 20"><circle r="1"/></svg></section>');
});

test("a figure of numbers has an alt text of its own", () => {
  const figures = { bars: () => ({ ...one.dot(), alt: "Bars: 3." }) };
  assert.match(slides(part('<section><img src="figure:bars"></section>'), figures), /aria-label="Bars: 3\."/);
});

test("parts follow each other and keep their numbers", () => {
  const text = slides([...part("<section>", "02-in-use.html"), ...part("<section>", "10-imagenet.html")], one);
  assert.equal(text, '<section data-part="2">\n<section data-part="10">');
});

test("mistakes get a sentence", () => {
  const mistakes = {
    "07-frameworks.html: there is no figure line": '<img src="figure:line" alt="A line.">',
    "07-frameworks.html: the figure dot has no alt text": '<img src="figure:dot">',
  };
  for (const [message, text] of Object.entries(mistakes)) assert.throws(() => slides(part(text), one), { message });
});

test("every figure has numbers for all places", () => {
  for (const [name, draw] of Object.entries(figures)) {
    const { width, height, body } = draw();
    assert.ok(width > 0 && width <= 1160 && height > 0 && height <= 560, name);
    assert.doesNotMatch(body, /NaN|undefined|\[object/, name);
  }
});

test("the same figure twice is the same", () => {
  for (const [name, draw] of Object.entries(figures)) assert.equal(draw().body, draw().body, name);
});
