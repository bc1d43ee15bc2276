"""2-D convolution and its gradients on oneDNN.

They take the place of Theano's `CorrMM`, `CorrMM_gradWeights` and `CorrMM_gradInputs`, of which
they are subclasses: arguments, shapes and types are theirs. All are cross-correlations; Theano
flips the filters before, where a convolution was asked for.
"""

import theano
from theano.gof import ParamsType
from theano.gradient import DisconnectedType
from theano.scalar import int8
from theano.tensor import as_tensor_variable
from theano.tensor.nnet.corr import CorrMM, CorrMM_gradInputs, CorrMM_gradWeights

from . import library

FILES = ("loops.h", "cores.h", "library.h", "convolution.h")

CALL = """
{{
    Problem problem;
    problem.direction = {direction};
    problem.relu = {relu};
    problem.groups = {params}->num_groups;
    problem.stride[0] = {params}->dH;
    problem.stride[1] = {params}->dW;
    problem.dilation[0] = {params}->dilH;
    problem.dilation[1] = {params}->dilW;
    problem.before[0] = {params}->padH_l;
    problem.after[0] = {params}->padH_r;
    problem.before[1] = {params}->padW_l;
    problem.after[1] = {params}->padW_r;
    PyArrayObject** arrays[3] = {{&{bottom}, &{weights}, &{top}}};
    {size}
    if (convolve({plans}, &problem, size, arrays, {bias}) != 0) {{
        {fail}
    }}
}}
"""
SIZE = """
    const npy_intp size[2] = {{
        (npy_intp)*(npy_int64*)PyArray_DATA({0}), (npy_intp)*(npy_int64*)PyArray_DATA({1})
    }};
"""
NO_SIZE = "const npy_intp* size = NULL;"


class OnOneDNN:
    """What the three have in common; comes before Theano's class among the bases."""

    def c_headers(self):
        return ["<stdio.h>"]

    def c_header_dirs(self):
        return []

    def c_libraries(self):
        return ["dnnl"]

    def c_lib_dirs(self):
        return []

    def c_compile_args(self):
        return ["-fopenmp"]

    def c_code_cache_version(self):
        return library.code_version(*FILES, text=CALL + SIZE)

    def c_support_code(self):
        return library.code(*FILES)

    def c_support_code_apply(self, node, name):
        return ""

    def c_support_code_struct(self, node, name):
        return f"Plans* plans_{name};"

    def c_init_code_struct(self, node, name, sub):
        return f"plans_{name} = new Plans();"

    def c_cleanup_code_struct(self, node, name):
        return f"delete plans_{name};"

    def call(self, direction, name, arrays, sub, size=None, bias="NULL"):
        """The code of a node. `arrays`: names of bottom, weights, top; `size`: of two inputs."""
        bottom, weights, top = arrays
        return CALL.format(
            direction=direction,
            relu=f"{sub['params']}->relu" if hasattr(self, "relu") else "0",
            params=sub["params"],
            bottom=bottom,
            weights=weights,
            top=top,
            size=SIZE.format(*size) if size else NO_SIZE,
            plans=f"plans_{name}",
            bias=bias,
            fail=sub["fail"],
        )

    def settings(self):
        """The arguments of every class here that make it work as this one does."""
        return {
            "border_mode": self.border_mode,
            "subsample": self.subsample,
            "filter_dilation": self.filter_dilation,
            "num_groups": self.num_groups,
        }


class Convolution(OnOneDNN, CorrMM):
    """Cross-correlation of images with filters, float32.

    Inputs:
        image: (batch, channels, height, width).
        filters: (filters, channels / groups, rows, columns).

    Output:
        (batch, filters, height', width'), where height' is (height + padding - ((rows - 1) *
        dilation + 1)) // stride + 1, and width' likewise.

    Args:
        border_mode, subsample, filter_dilation, num_groups: as `CorrMM` has them.

    Raises:
        ValueError: when it is run, and the shapes do not fit together.
    """

    def c_code(self, node, name, inputs, outputs, sub):
        return self.call("FORWARD", name, (*inputs, *outputs), sub)

    def grad(self, inputs, gradients):
        image, filters = inputs
        [top] = gradients
        return gradients_of(self, image, filters, top)


class BiasedConvolution(OnOneDNN, CorrMM):
    """The same, plus a number for each filter, and then perhaps no less than 0.

    Inputs:
        image, filters: as `Convolution` has them.
        bias: (filters,).

    Args:
        relu: of the sum, if it is below 0, take 0. What is no number stays none.
    """

    __props__ = (*CorrMM.__props__, "relu")
    params_type = ParamsType(
        relu=int8, **dict(zip(CorrMM.params_type.fields, CorrMM.params_type.types, strict=True))
    )

    def __init__(self, *arguments, relu=False, **options):
        super().__init__(*arguments, **options)
        self.relu = relu

    def make_node(self, image, filters, bias):
        bias = as_tensor_variable(bias)
        if bias.type != theano.tensor.fvector:
            raise TypeError(f"the bias must be a vector of float32, not {bias.type}")
        node = super().make_node(image, filters)
        return theano.Apply(self, [*node.inputs, bias], [node.outputs[0].type()])

    def c_code(self, node, name, inputs, outputs, sub):
        bottom, weights, bias = inputs
        return self.call("FORWARD", name, (bottom, weights, *outputs), sub, bias=bias)

    def grad(self, inputs, gradients):
        image, filters, _bias = inputs
        [top] = gradients
        if self.relu:
            top = top * (self(*inputs) > 0)
        return [*gradients_of(self, image, filters, top), top.sum((0, 2, 3))]


class GradientOfWeights(OnOneDNN, CorrMM_gradWeights):
    """The gradient of `Convolution` by its filters, float32.

    Inputs:
        image: (batch, channels, height, width).
        gradient: by the output, in its shape.
        size: rows and columns of the filters; may be left out where strides are 1.

    Output:
        (filters, channels / groups, rows, columns).
    """

    def c_code(self, node, name, inputs, outputs, sub):
        bottom, top, *size = inputs
        return self.call("GRADIENT_OF_WEIGHTS", name, (bottom, *outputs, top), sub, size)

    def grad(self, inputs, gradients):
        image, top, *size = inputs
        [weights] = gradients
        by_image = GradientOfInputs(**self.settings())(weights, top, image.shape[-2:])
        by_top = Convolution(**self.settings())(image, weights)
        return [by_image, by_top, *(DisconnectedType()() for _ in size)]


class GradientOfInputs(OnOneDNN, CorrMM_gradInputs):
    """The gradient of `Convolution` by its image, float32.

    Inputs:
        filters: (filters, channels / groups, rows, columns).
        gradient: by the output, in its shape.
        size: height and width of the image; may be left out where strides are 1.

    Output:
        (batch, channels, height, width).
    """

    def c_code(self, node, name, inputs, outputs, sub):
        weights, top, *size = inputs
        return self.call("GRADIENT_OF_INPUTS", name, (*outputs, weights, top), sub, size)

    def grad(self, inputs, gradients):
        weights, top, *size = inputs
        [image] = gradients
        by_weights = GradientOfWeights(**self.settings())(image, top, weights.shape[-2:])
        by_top = Convolution(**self.settings())(image, weights)
        return [by_weights, by_top, *(DisconnectedType()() for _ in size)]


def gradients_of(op, image, filters, top):
    """By image and filters of a convolution; `top` is that by its output."""
    by_image = GradientOfInputs(**op.settings())(filters, top, image.shape[-2:])
    by_filters = GradientOfWeights(**op.settings())(image, top, filters.shape[-2:])
    return [by_image, by_filters]
