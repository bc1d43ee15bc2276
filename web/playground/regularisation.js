/**
 * What keeps weights small.
 *
 * `cost` is added to the loss, for each weight. `shrink` moves a weight against it by `amount`, the
 * learning rate times the strength, after the step against the loss. Both are the exact answers
 * (proximal steps) and not a gradient's: no strength lets weights grow or swing, and with L1 those
 * that are of no use become nought and stay there.
 */
export const REGULARISATIONS = {
  none: { name: "None", cost: () => 0, shrink: (weight) => weight },
  l1: {
    name: "L1",
    cost: Math.abs,
    shrink: (weight, amount) => Math.sign(weight) * Math.max(0, Math.abs(weight) - amount),
  },
  l2: {
    name: "L2",
    cost: (weight) => (weight * weight) / 2,
    shrink: (weight, amount) => weight / (1 + amount),
  },
};
