/** What the loss was, up to its last value: evenly spread on a logarithmic axis. */

const STEP = 1.03; // an iteration is kept if it is 3 % later than the one before

export class History {
  constructor() {
    this.clear();
  }

  clear() {
    this.kept = [];
    this.last = null;
  }

  /** @param {{iteration: number, seconds: number, loss: number}} point */
  add(point) {
    if (!Number.isFinite(point.loss)) return;
    this.last = point;
    const before = this.kept.at(-1)?.iteration ?? 0;
    if (point.iteration >= STEP * before && point.iteration > before) this.kept.push(point);
  }

  get points() {
    return this.last === null || this.last.iteration === this.kept.at(-1).iteration
      ? this.kept : [...this.kept, this.last];
  }
}
