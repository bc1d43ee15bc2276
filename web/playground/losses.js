/**
 * What the output makes of its sum, and what being wrong costs.
 *
 * In both, the derivative of the cost with respect to the sum is output - target: a network that is
 * sure and wrong still learns, which it would not with tanh and a squared error.
 */
export const LOSSES = {
  /** For classes -1 and 1: cross-entropy, of a probability that goes from 0 at -1 to 1 at 1. */
  classes: {
    output: Math.tanh,
    cost(sum, target) {
      const wrong = -2 * sum * target;
      return Math.max(0, wrong) + Math.log1p(Math.exp(-Math.abs(wrong)));
    },
  },
  /** For any numbers: half the squared error. */
  numbers: { output: (sum) => sum, cost: (sum, target) => (sum - target) ** 2 / 2 },
};
