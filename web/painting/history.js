/** What the loss was, on the way to its last value: close at the beginning, wider and wider apart. */

const STEP = 1.03; // an iteration is kept if it is 3 % later than the one before: on a logarithmic axis, evenly

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
