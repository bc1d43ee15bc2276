"""Puts oneDNN's operations into graphs, in the place of Theano's."""

from theano import config
from theano.compile import optdb
from theano.gof import local_optimizer
from theano.gof.opt import copy_stack_trace
from theano.tensor import TensorType, cast, patternbroadcast
from theano.tensor.nnet.corr import CorrMM, CorrMM_gradInputs, CorrMM_gradWeights

from theano.tensor.opt import in2out
from theano.tensor.signal.pool import AveragePoolGrad, MaxPoolGrad, Pool

from . import library
from .convolution import Convolution, GradientOfInputs, GradientOfWeights
from .pooling import AverageGradient, MaximumGradient, Pooling

CONVOLUTIONS = {
    CorrMM: Convolution,
    CorrMM_gradWeights: GradientOfWeights,
    CorrMM_gradInputs: GradientOfInputs,
}
POOLINGS = {Pool: Pooling, MaxPoolGrad: MaximumGradient, AveragePoolGrad: AverageGradient}


def works() -> bool:
    """Is it switched on, and there?"""
    return config.onednn.enabled and config.cxx != "" and not library.missing()


def single(node) -> bool:
    """Are all arrays of a node float32?"""
    return all(
        isinstance(each.type, TensorType) and each.dtype == "float32"
        for each in (*node.inputs[:2], *node.outputs)
    )


@local_optimizer(list(CONVOLUTIONS))
def local_onednn_convolution(node):
    """A convolution or gradient of Theano's becomes one of ours."""
    ours = CONVOLUTIONS.get(type(node.op))
    if ours is None or not works() or not single(node) or node.op.unshared:
        return None
    op = ours(
        border_mode=node.op.border_mode,
        subsample=node.op.subsample,
        filter_dilation=node.op.filter_dilation,
        num_groups=node.op.num_groups,
    )
    arguments = node.inputs[:2]
    size = node.inputs[2:]
    result = op(*arguments, size) if size else op(*arguments)
    copy_stack_trace(node.outputs[0], result)
    return [patternbroadcast(result, node.outputs[0].broadcastable)]


@local_optimizer(list(POOLINGS))
def local_onednn_pooling(node):
    """Pooling of Theano's becomes ours."""
    ours = POOLINGS.get(type(node.op))
    arrays, settings = node.inputs[:-3], node.inputs[-3:]
    if (
        ours is None
        or not works()
        or node.op.ndim != 2
        or any(each.type.ndim != 4 or each.dtype != "float32" for each in arrays)
    ):
        return None
    options = {} if node.op.mode == "max" else {"mode": node.op.mode}
    op = ours(ignore_border=node.op.ignore_border, **options)
    result = op(*arrays, *(cast(each, "int64") for each in settings))
    copy_stack_trace(node.outputs[0], result)
    return [patternbroadcast(result, node.outputs[0].broadcastable)]


def register() -> None:
    """After Theano has chosen its operations (48.6), before it fuses elementwise ones (49)."""
    optdb.register(
        "onednn_operations",
        in2out(local_onednn_convolution, local_onednn_pooling, name="onednn_operations"),
        48.8,
        "fast_run",
        "fast_compile",
        "onednn",
    )
