/** Runs a training at its pace, in turns between which orders can come; tells the page what it looks like. */

import { SPEEDS } from "./settings.js";
import { Training } from "./training.js";

const TURN = 12; // milliseconds of learning at once
const FRAME = 40; // milliseconds between two frames, at least
const REST = 15; // milliseconds until the next look whether an epoch is due

export class Session {
  /**
   * @param {(message: object, transfer?: Transferable[]) => void} tell
   * @param {() => number} now milliseconds
   */
  constructor(tell, now = () => performance.now()) {
    Object.assign(this, { tell, now, running: false, training: null, run: 0 });
    this.pageIsReady = true;
    this.changed = false;
    this.lastFrame = -Infinity;
  }

  /** @param {number} run the page's number for it, which each frame repeats */
  begin(run, settings) {
    this.run = run;
    this.training = new Training(settings);
    this.setPace(settings);
    this.show();
  }

  change(settings) {
    this.training.change(settings);
    this.setPace(settings);
  }

  setPace({ speed }) {
    this.pause = 1000 / SPEEDS[speed].epochs;
    this.due = this.now();
  }

  start() {
    this.running = true;
    this.due = this.now();
  }

  stop() {
    this.running = false;
    this.show();
  }

  step() {
    if (!this.running) this.epoch();
    this.show();
  }

  setWeight(change) {
    this.training.setWeight(change);
    this.show();
  }

  /** The page has shown a frame and can take the next. */
  seen() {
    this.pageIsReady = true;
  }

  /** What has changed is told with the next frame, however soon after the last. */
  show() {
    this.changed = true;
    this.lastFrame = -Infinity;
  }

  /** @returns {number | null} milliseconds until the next turn is due; none is before the next order */
  turn() {
    if (this.running) this.learn();
    if (this.changed && this.pageIsReady && this.now() >= this.lastFrame + FRAME) this.frame();
    if (this.running) return this.due <= this.now() ? 0 : REST;
    return null;
  }

  learn() {
    const end = this.now() + TURN;
    while (this.running && this.due <= this.now() && this.now() < end) {
      this.epoch();
      this.due += this.pause;
    }
    // Epochs that a slow computer missed are not made up for.
    this.due = Math.max(this.due, this.now() - TURN);
  }

  epoch() {
    this.training.learn();
    this.changed = true;
    if (this.training.sane) return;
    this.running = false;
    this.changed = false; // there is nothing to show
    this.tell({ tell: "diverged", run: this.run });
  }

  frame() {
    const { training, run } = this;
    const pictures = training.pictures();
    this.changed = false;
    this.pageIsReady = false;
    this.lastFrame = this.now();
    this.tell({
      tell: "frame", run, epoch: training.epoch, scores: training.scores(), weights: training.weights(), pictures,
    }, [pictures.buffer]);
  }
}
