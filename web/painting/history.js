/** What the loss was; a long history gets coarser, not larger. */

const MOST_POINTS = 400;

export class History {
  constructor() {
    this.clear();
  }

  clear() {
    /** @type {{iteration: number, seconds: number, loss: number}[]} */
    this.points = [];
    this.every = 1;   // of how many reports one is kept
    this.reports = 0;
  }

  add(point) {
    if (!Number.isFinite(point.loss) || point.iteration === this.points.at(-1)?.iteration) return;
    if (this.reports++ % this.every) return;
    this.points.push(point);
    if (this.points.length < MOST_POINTS) return;
    this.points = this.points.filter((_, index) => index % 2 === 0);
    this.every *= 2;
  }
}
