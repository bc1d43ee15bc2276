/** Shares a worker's time between learning, painting, and answering the page. */

const SLICE = 12;          // milliseconds of work before the page's orders are looked at
const LEARNING_SHARE = 3;  // painting takes a quarter of the time at most
const FRAME_PAUSE = 33;    // and is done 30 times a second at most
const REPORT_PAUSE = 100;
const SPEED_WINDOW = 500;  // speeds are means over half a second
const SMOOTHING = 0.02;    // the loss that is told is a mean over some 50 iterations

export class Studio {
  /**
   * @param {(message: object, transfer?: Transferable[]) => void} send to the page
   * @param {() => number} now milliseconds
   */
  constructor(send, now = () => performance.now()) {
    this.send = send;
    this.now = now;
    this.painter = null;
    this.turnBegan = null; // while there is no turn
  }

  /**
   * A new network; all before is forgotten.
   *
   * @param {number} run goes with every message, so that the page knows old ones
   * @param {import("./painter.js").Painter} painter
   * @param {number} rate learning rate
   */
  begin(run, painter, rate) {
    Object.assign(this, { run, painter, rate, running: false, steps: 0 });
    Object.assign(this, { iteration: 0, loss: NaN, milliseconds: 0, lastReport: 0 });
    Object.assign(this, { job: null, prints: [], changed: true, nextFrame: 0, frames: 0 });
    this.spare = new Uint8ClampedArray(painter.picture.pixels.length);
    this.speeds = { iterations: 0, frames: 0 };
    this.measureAfresh();
  }

  setRate(rate) {
    this.rate = rate;
  }

  start() {
    this.running = true;
    this.measureAfresh();
  }

  pause() {
    this.running = false;
    this.report();
  }

  step() {
    this.steps += 1;
  }

  /** The page gives a frame's memory back; only then is there another frame. */
  takeBack(pixels) {
    if (pixels.length === this.painter.picture.pixels.length) this.spare = pixels;
  }

  /** Paint once in another size, for keeping. */
  print(width, height) {
    this.prints.push({ width, height });
  }

  /** Work for a moment; tells whether there is more to do. */
  turn() {
    this.turnBegan = this.now();
    let more = true;
    while (more && this.now() < this.turnBegan + SLICE) more = this.work();
    this.milliseconds += this.now() - this.turnBegan;
    this.turnBegan = null;
    return more;
  }

  work() {
    if (!this.painter) return false;
    this.job ??= this.nextJob();
    if (this.job) this.paintRow();
    else if (this.running || this.steps > 0) this.iterate();
    else return false;
    return true;
  }

  iterate() {
    const loss = this.painter.iterate(this.rate);
    this.steps = Math.max(0, this.steps - 1);
    this.iteration += 1;
    this.changed = true;
    const weight = Math.max(SMOOTHING, 1 / this.iteration);
    this.loss = this.iteration === 1 ? loss : this.loss + weight * (loss - this.loss);
    if (!Number.isFinite(loss)) this.giveUp();
    else if (this.isReportDue()) this.report();
  }

  /** The beginning is told in detail, however fast it is over. */
  isReportDue() {
    const isPowerOfTwo = (this.iteration & (this.iteration - 1)) === 0;
    return isPowerOfTwo || this.now() - this.lastReport >= REPORT_PAUSE;
  }

  giveUp() {
    Object.assign(this, { running: false, steps: 0 });
    this.send({ tell: "diverged", run: this.run, iteration: this.iteration });
  }

  nextJob() {
    if (this.prints.length) {
      const { width, height } = this.prints.shift();
      return this.newJob("print", width, height, new Uint8ClampedArray(4 * width * height));
    }
    const idle = !this.running && this.steps === 0;
    if (!this.changed || !this.spare || !(idle || this.now() >= this.nextFrame)) return null;
    const { width, height } = this.painter.picture;
    const pixels = this.spare;
    Object.assign(this, { spare: null, changed: false });
    return this.newJob("frame", width, height, pixels);
  }

  newJob(tell, width, height, pixels) {
    return { tell, canvas: { width, height, pixels }, row: 0, begun: this.now() };
  }

  paintRow() {
    const { canvas, tell, begun } = this.job;
    this.painter.paintRow(canvas, this.job.row++);
    if (this.job.row < canvas.height) return;
    this.job = null;
    if (tell === "frame") {
      this.frames += 1;
      const now = this.now();
      this.nextFrame = now + Math.max(FRAME_PAUSE, LEARNING_SHARE * (now - begun));
    }
    this.report();
    this.send({ tell, run: this.run, canvas }, [canvas.pixels.buffer]);
  }

  measureAfresh() {
    this.mark = { time: this.now(), iteration: this.iteration, frames: this.frames };
  }

  report() {
    const { iteration, frames, loss, run, running } = this;
    const time = this.now();
    const passed = time - this.mark.time;
    if (running && passed >= SPEED_WINDOW) {
      this.speeds = {
        iterations: (1000 * (iteration - this.mark.iteration)) / passed,
        frames: (1000 * (frames - this.mark.frames)) / passed,
      };
      this.mark = { time, iteration, frames };
    }
    this.lastReport = time;
    const inThisTurn = this.turnBegan === null ? 0 : time - this.turnBegan;
    const seconds = (this.milliseconds + inThisTurn) / 1000;
    this.send({ tell: "progress", run, running, iteration, seconds, loss, speeds: this.speeds });
  }
}
