/** Logarithmic axes, which begin and end at ticks. */

/**
 * @param {number[]} values more than nought, or none
 * @param {number[]} factors ticks are these times powers of ten, from 1 up
 * @returns {{ticks: number[], share: (value: number) => number}}
 *   share: 0 at the first tick, 1 at the last
 */
export function logarithmic(values, factors) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const ticks = values.length ? around(least, most, factors) : [1, 10];
  const low = Math.log(ticks[0]);
  const high = Math.log(ticks.at(-1));
  return { ticks, share: (value) => (Math.log(value) - low) / (high - low) };
}

function around(least, most, factors) {
  const all = [];
  const highest = Math.ceil(Math.log10(most)) + 1;
  for (let power = Math.floor(Math.log10(least)); power <= highest; power++) {
    for (const factor of factors) all.push(Number(`${factor}e${power}`));
  }
  const first = all.findLastIndex((tick) => tick <= least);
  const last = all.findIndex((tick) => tick >= most);
  return all.slice(first, Math.max(last, first + 1) + 1);
}
