"""2-D pooling and its gradients, in vector instructions and on all cores.

They take the place of Theano's `Pool`, `MaxPoolGrad` and `AveragePoolGrad`, of which they are
subclasses, for float32 arrays of four dimensions. Arguments, shapes and meaning are theirs; the
gradient of a maximum goes to each place of the window that is as large.
"""

from theano.gradient import DisconnectedType
from theano.tensor.signal import pool

from .loops import Loops

#: Of the windows, by Theano's names, as pooling.h has them.
MODES = {
    "max": "MAXIMUM",
    "sum": "SUM",
    "average_inc_pad": "AVERAGE_WITH_PADDING",
    "average_exc_pad": "AVERAGE_WITHOUT_PADDING",
}

CALL = """
{{
    Windows windows;
    windows.mode = {mode};
    windows.border = {border};
    PyArrayObject* const settings[3] = {{{settings}}};
    if (pooling(&windows, {x}, {z}, {of_z}, settings, &{result}) != 0) {{
        {fail}
    }}
}}
"""


class Windowed(Loops):
    """What the three have in common; comes before Theano's class among the bases."""

    FILES = ("loops.h", "pooling.h")
    CODE = CALL

    def pooled(self, sub, x, settings, result, z="NULL", of_z="NULL"):
        """The code of a node; arguments are names of arrays."""
        return CALL.format(
            mode=MODES[self.mode],
            border=int(not self.ignore_border),
            settings=", ".join(settings),
            x=x,
            z=z,
            of_z=of_z,
            result=result,
            fail=sub["fail"],
        )

    def settings(self):
        """The arguments of every class here that make it work as this one does."""
        return {"ignore_border": self.ignore_border}


class Pooling(Windowed, pool.Pool):
    """The maximum, sum or average of each window.

    Inputs:
        x: (batch, channels, height, width), float32.
        ws, stride, pad: vectors of two int64, for height and width.

    Output:
        (batch, channels, height', width'), as `theano.tensor.signal.pool.Pool.out_shape` says.

    Args:
        ignore_border: leave out windows that hang over the lower and right border.
        mode: 'max', 'sum', 'average_inc_pad' or 'average_exc_pad'.

    Raises:
        ValueError: when it is run, for windows, strides and paddings that make no sense.
    """

    def c_code(self, node, name, inputs, outputs, sub):
        x, *settings = inputs
        return self.pooled(sub, x, settings, *outputs)

    def L_op(self, inputs, outputs, gradients):
        x, *settings = inputs
        if self.mode == "max":
            by_x = MaximumGradient(**self.settings())(x, *outputs, *gradients, *settings)
        else:
            by_x = AverageGradient(mode=self.mode, **self.settings())(x, *gradients, *settings)
        return [by_x, *(DisconnectedType()() for _ in settings)]


class MaximumGradient(Windowed, pool.MaxPoolGrad):
    """The gradient of `Pooling` by x, mode 'max'.

    Inputs:
        x: as it has it.
        maxout: its output.
        gz: the gradient by that, in its shape.
        ws, stride, pad: as it has them.

    Output:
        as x.
    """

    def c_code(self, node, name, inputs, outputs, sub):
        x, z, of_z, *settings = inputs
        return self.pooled(sub, x, settings, *outputs, z=z, of_z=of_z)


class AverageGradient(Windowed, pool.AveragePoolGrad):
    """The gradient of `Pooling` by x, of the modes 'sum', 'average_inc_pad', 'average_exc_pad'.

    Inputs:
        x: as it has it; only its shape matters.
        gz: the gradient by the output, in its shape.
        ws, stride, pad: as it has them.

    Output:
        as x.
    """

    def c_code(self, node, name, inputs, outputs, sub):
        x, of_z, *settings = inputs
        return self.pooled(sub, x, settings, *outputs, of_z=of_z)
