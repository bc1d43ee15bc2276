/** The speaker's window: notes, this slide and the next one in small, clock and time since start. */

import { channel } from "./channel.js";

const KEYS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
const by = (id) => document.getElementById(id);
const turn = (step) => channel.postMessage({ turn: step });

const deck = new DOMParser().parseFromString(await (await fetch("./")).text(), "text/html");
const slides = [...deck.querySelectorAll(".slides > section")];
let start = Date.now();

channel.onmessage = ({ data }) => {
  if (data.at !== undefined) show(data.at);
};
channel.postMessage({ ask: true });

document.addEventListener("keydown", (event) => {
  if (event.target.tagName === "BUTTON" && event.key === " ") return;
  if (KEYS[event.key]) turn(KEYS[event.key]);
});
by("back").onclick = () => turn(-1);
by("forward").onclick = () => turn(1);
by("elapsed").onclick = () => { start = Date.now(); tick(); };
setInterval(tick, 1000);
tick();

function tick() {
  const seconds = Math.floor((Date.now() - start) / 1000);
  by("clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  by("elapsed").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function show(number) {
  const [slide, following] = [slides[number], slides[number + 1]];
  by("place").textContent = `${number + 1} of ${slides.length}`;
  by("heading").textContent = headingOf(slide);
  by("notes").replaceChildren(...copy(slide.querySelector(".notes")).childNodes);
  by("next").textContent = following ? `Next: ${headingOf(following)}` : "This is the last slide.";
  preview(by("now"), slide);
  preview(by("after"), following);
}

const headingOf = (slide) => slide.querySelector("h1, h2").textContent;
const copy = (node) => document.importNode(node, true);

/** A slide as the deck shows it, scaled by speaker.css. */
function preview(place, slide) {
  place.className = "reveal";
  const frame = document.createElement("div");
  frame.className = "slides";
  if (slide) {
    const shown = copy(slide);
    shown.classList.add("present");
    frame.append(shown);
  }
  place.replaceChildren(frame);
}
