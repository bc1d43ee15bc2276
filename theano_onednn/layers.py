"""Lasagne's recurrent layers with their sequence as one operation.

    from theano_onednn.layers import LSTMLayer

The classes are Lasagne 0.1's but for how the output is computed: arguments, parameters and their
order are the same, so that `lasagne.layers.set_all_param_values` hands weights from one to the
other. Settings that the operation has not (other nonlinearities than the usual, `gradient_steps`),
a GPU, and `onednn.enabled = False` leave the work to Lasagne's own loop.
"""

import lasagne
import theano
import theano.tensor as T
from lasagne.nonlinearities import sigmoid, tanh

from . import recurrent, rewrites


class OneOperation:
    """What the two have in common; comes before Lasagne's class among the bases."""

    def is_usual(self):
        """Does the operation compute this layer?"""
        kinds = {tanh: self.tangents(), sigmoid: self.sigmoids()}
        return (
            rewrites.works()
            and theano.config.floatX == "float32"
            and not theano.config.device.startswith(("cuda", "opencl"))
            and self.gradient_steps == -1
            and (self.precompute_input or not self.grad_clipping)
            and all(each is kind for kind, found in kinds.items() for each in found)
        )

    def get_output_for(self, inputs, **kwargs):
        if not self.is_usual():
            return super().get_output_for(inputs, **kwargs)
        x, *mask = inputs
        x = T.flatten(x, 3) if x.ndim > 3 else x
        over_time = x.dimshuffle(1, 0, 2)
        masks = [each.dimshuffle(1, 0) for each in mask]
        if self.backwards:
            over_time, masks = over_time[::-1], [each[::-1] for each in masks]
        W, U, b = self.stacked()
        hidden = self.over_time(T.dot(over_time, W) + b, U, *masks)
        if self.backwards:
            hidden = hidden[::-1]
        return hidden.dimshuffle(1, 0, 2)

    def stacked(self):
        """Weights of the input and of the state, and biases, of all blocks side by side."""
        return [
            T.concatenate([getattr(self, name + block) for block in self.BLOCKS], axis=-1)
            for name in ("W_in_to_", "W_hid_to_", "b_")
        ]

    def first(self, state, sums):
        """What a state begins with, (batch, units)."""
        if isinstance(state, T.TensorVariable):
            return state
        return T.dot(T.ones((sums.shape[1], 1), state.dtype), state)

    def clip(self):
        return self.grad_clipping or 0.0


class LSTMLayer(OneOperation, lasagne.layers.LSTMLayer):
    """A long short-term memory; `theano_onednn.recurrent.lstm` has the formulas.

    Input: (batch, steps, ...), float32, and perhaps a mask, (batch, steps).
    Output: h after each step, (batch, steps, units).

    Args: as `lasagne.layers.LSTMLayer` has them.
    """

    BLOCKS = ("ingate", "forgetgate", "cell", "outgate")

    def sigmoids(self):
        return self.nonlinearity_ingate, self.nonlinearity_forgetgate, self.nonlinearity_outgate

    def tangents(self):
        return self.nonlinearity_cell, self.nonlinearity

    def over_time(self, sums, weights, mask=None):
        peepholes = None
        if self.peepholes:
            gates = (self.W_cell_to_ingate, self.W_cell_to_forgetgate, self.W_cell_to_outgate)
            peepholes = T.stack(gates)
        first = [self.first(state, sums) for state in (self.hid_init, self.cell_init)]
        return recurrent.lstm(sums, weights, *first, peepholes, mask, self.clip())[0]


class GRULayer(OneOperation, lasagne.layers.GRULayer):
    """A gated recurrent unit; `theano_onednn.recurrent.gru` has the formulas.

    Input: (batch, steps, ...), float32, and perhaps a mask, (batch, steps).
    Output: h after each step, (batch, steps, units).

    Args: as `lasagne.layers.GRULayer` has them.
    """

    BLOCKS = ("resetgate", "updategate", "hidden_update")

    def sigmoids(self):
        return self.nonlinearity_resetgate, self.nonlinearity_updategate

    def tangents(self):
        return (self.nonlinearity_hid,)

    def over_time(self, sums, weights, mask=None):
        hidden = self.first(self.hid_init, sums)
        return recurrent.gru(sums, weights, hidden, mask, self.clip())
