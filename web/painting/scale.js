/** Axes: where they end, and where their ticks are. */

/** From nought to a round number that is not less than `most`; some five ticks. */
export function nice(most) {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const count = Math.ceil(most / step - 1e-9);
  return { end: count * step, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/**
 * A logarithmic axis around these values, which ends at ticks: 1, 2 and 5 times powers of ten.
 *
 * @param {number[]} values more than nought, or none
 */
export function decades(values) {
  const positive = values.filter((value) => value > 0);
  const least = positive.length ? Math.min(...positive) : 0.01;
  const most = positive.length ? Math.max(...positive) : 0.2;
  const ticks = around(least, most);
  const low = Math.log(ticks[0]);
  const high = Math.log(ticks.at(-1));
  return { ticks, share: (value) => (Math.log(Math.max(value, ticks[0])) - low) / (high - low) };
}

function around(least, most) {
  const all = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const factor of [1, 2, 5]) all.push(Number(`${factor}e${power}`));
  }
  const first = all.findLastIndex((tick) => tick <= least);
  const last = all.findIndex((tick) => tick >= most);
  return all.slice(first, Math.max(last, first + 1) + 1);
}
