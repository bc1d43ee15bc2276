/** Runs the deck: reveal.js, and the window with the speaker's notes. */

import Reveal from "reveal.js";
import { speakerWindow } from "./channel.js";

const deck = new Reveal(document.querySelector(".reveal"), {
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  display: "flex",
  hash: true,
  slideNumber: "c/t",
  controlsTutorial: false,
  transition: "none",
  backgroundTransition: "none",
  navigationMode: "linear",
  scrollLayout: "compact", // on phones slides follow each other
  pdfMaxPagesPerSlide: 1,
});

await deck.initialize();
speakerWindow(deck);
