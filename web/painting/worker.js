/** Trains and paints one network, away from the page, which stays smooth. */

import { Network } from "./network.js";
import { Painter } from "./painter.js";
import { Random } from "../common/network/random.js";
import { Reference } from "./reference.js";
import { Studio } from "./studio.js";

const ENGINES = { own: Network, convnetjs: Reference };

const studio = new Studio((message, transfer) => self.postMessage(message, transfer));

// A message to oneself lets the page's orders in between, and waits for no timer.
const turns = new MessageChannel();
let turnIsDue = false;
turns.port1.onmessage = () => {
  turnIsDue = false;
  if (studio.turn()) requestTurn();
};

function requestTurn() {
  if (turnIsDue) return;
  turnIsDue = true;
  turns.port2.postMessage(null);
}

const ORDERS = {
  begin({ run, engine, layers, seed, picture, rate }) {
    const random = new Random(seed);
    studio.begin(run, new Painter(new ENGINES[engine](layers, random), picture, random), rate);
  },
  rate: ({ rate }) => studio.setRate(rate),
  run: () => studio.start(),
  pause: () => studio.pause(),
  step: () => studio.step(),
  back: ({ pixels }) => studio.takeBack(pixels),
  print: ({ width, height }) => studio.print(width, height),
};

self.onmessage = ({ data }) => {
  ORDERS[data.order](data);
  requestTurn();
};
