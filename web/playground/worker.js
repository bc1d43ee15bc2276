/** Learns away from the page, which stays smooth. */

import { Session } from "./session.js";

const session = new Session((message, transfer) => self.postMessage(message, transfer));

// A message to oneself lets the page's orders in between, and waits for no timer.
const turns = new MessageChannel();
let turnIsDue = false;
let timer = null;
turns.port1.onmessage = () => {
  turnIsDue = false;
  const rest = session.turn();
  if (rest === 0) requestTurn();
  else if (rest !== null) timer = setTimeout(requestTurn, rest);
};

function requestTurn() {
  clearTimeout(timer);
  if (turnIsDue) return;
  turnIsDue = true;
  turns.port2.postMessage(null);
}

const ORDERS = {
  begin: ({ run, settings }) => session.begin(run, settings),
  change: ({ settings }) => session.change(settings),
  run: () => session.start(),
  pause: () => session.stop(),
  step: () => session.step(),
  weight: ({ change }) => session.setWeight(change),
  seen: () => session.seen(),
};

self.onmessage = ({ data }) => {
  ORDERS[data.order](data);
  requestTurn();
};
