/** Random numbers that a seed repeats: Tommy Ettinger's mulberry32. */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed | 0;
    this.spare = null;
  }

  /** From 0 up to, but not including, 1. */
  uniform() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, but not including, `end`. */
  below(end) {
    return Math.floor(this.uniform() * end);
  }

  /** Normally distributed, by Marsaglia's polar method, which makes two at a time. */
  gauss() {
    if (this.spare !== null) {
      const value = this.spare;
      this.spare = null;
      return value;
    }
    let u, v, square;
    do {
      u = 2 * this.uniform() - 1;
      v = 2 * this.uniform() - 1;
      square = u * u + v * v;
    } while (square === 0 || square >= 1);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    this.spare = v * factor;
    return u * factor;
  }
}
