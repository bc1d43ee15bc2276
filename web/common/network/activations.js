/**
 * What a unit does with its sum, in place on whole arrays.
 *
 * `backward` turns errors of values into errors of sums, from the values alone.
 * `bias` is where the biases begin.
 */
export const ACTIVATIONS = {
  relu: {
    bias: 0.1,
    forward(values) {
      for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
    },
    backward(values, errors) {
      for (let i = 0; i < values.length; i++) if (values[i] <= 0) errors[i] = 0;
    },
  },
  tanh: {
    bias: 0,
    forward(values) {
      for (let i = 0; i < values.length; i++) values[i] = Math.tanh(values[i]);
    },
    backward(values, errors) {
      for (let i = 0; i < values.length; i++) errors[i] *= 1 - values[i] * values[i];
    },
  },
  sigmoid: {
    bias: 0,
    forward(values) {
      for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]));
    },
    backward(values, errors) {
      for (let i = 0; i < values.length; i++) errors[i] *= values[i] * (1 - values[i]);
    },
  },
  linear: { bias: 0, forward() {}, backward() {} },
};
