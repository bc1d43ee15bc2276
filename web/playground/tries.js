/** What to try, in the order of the talk. */

import { defaults, write } from "./settings.js";

const TRIES = [
  ["Circle, no hidden layer: can a line do it?", { data: "circle", layers: [] }],
  ["The same with x₁² and x₂². And now?", { data: "circle", layers: [], features: ["x1squared", "x2squared"] }],
  ["Only x₁ and x₂, one hidden layer: how few neurons suffice?", { data: "circle", layers: [4] }],
  ["Xor: what does each neuron do?", { data: "xor", layers: [4] }],
  ["Spiral: how deep, how wide? Have some patience.",
    { data: "spiral", layers: [8, 8], activation: "relu", speed: "fast" }],
  ["Few points and much noise: when do the two losses part?",
    { data: "gauss", noise: 50, share: 10, layers: [8, 8], rate: 0.1, test: true }],
  ["The same with L1: which weights are left?",
    { data: "gauss", noise: 50, share: 10, layers: [8, 8], rate: 0.1, test: true, regularisation: "l1", strength: 0.01 }],
  ["Hills: numbers instead of classes", { data: "hills", layers: [8, 8] }],
];

/** @returns {HTMLLIElement[]} */
export function tries() {
  return TRIES.map(([text, settings]) => {
    const link = Object.assign(document.createElement("a"), { textContent: text });
    link.href = write({ ...defaults(), ...settings });
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
}
