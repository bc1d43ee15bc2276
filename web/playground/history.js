/** The losses of the epochs so far: all of them at first, then every second, fourth, … of them. */

const MOST = 400;

export class History {
  constructor() {
    this.clear();
  }

  clear() {
    this.kept = [];
    this.every = 1;
    this.last = null;
  }

  /** @param {{epoch: number, training: number, test: number}} point */
  add(point) {
    if (!Number.isFinite(point.training) || !Number.isFinite(point.test)) return;
    this.last = point;
    const before = this.kept.at(-1)?.epoch ?? -Infinity;
    if (point.epoch < before + this.every) return;
    this.kept.push(point);
    if (this.kept.length <= MOST) return;
    this.kept = this.kept.filter((_, index) => index % 2 === 0);
    this.every *= 2;
  }

  get points() {
    return this.last === null || this.last === this.kept.at(-1) ? this.kept : [...this.kept, this.last];
  }
}
