"""Puts our operations into graphs, in the place of Theano's.

All of them leave alone what they do not know: other types and dimensions, other patterns.
"""

from collections import Counter

from theano import config
from theano import scalar as scal
from theano.compile import optdb
from theano.gof import local_optimizer
from theano.gof.opt import copy_stack_trace
from theano.tensor import (
    Elemwise,
    NotScalarConstantError,
    TensorConstant,
    TensorType,
    cast,
    get_scalar_constant_value,
    patternbroadcast,
)
from theano.tensor.elemwise import DimShuffle, Sum
from theano.tensor.nnet.corr import CorrMM, CorrMM_gradInputs, CorrMM_gradWeights
from theano.tensor.opt import in2out
from theano.tensor.signal.pool import AveragePoolGrad, MaxPoolGrad, Pool

from . import library
from .convolution import BiasedConvolution, Convolution, GradientOfInputs, GradientOfWeights
from .elementwise import ChannelSums, Rectifier, RectifierGradient
from .pooling import AverageGradient, MaximumGradient, Pooling
from .products import PRODUCTS

CONVOLUTIONS = {
    CorrMM: Convolution,
    CorrMM_gradWeights: GradientOfWeights,
    CorrMM_gradInputs: GradientOfInputs,
}
POOLINGS = {Pool: Pooling, MaxPoolGrad: MaximumGradient, AveragePoolGrad: AverageGradient}


def why_not() -> str:
    """Why Theano's own operations compute what is compiled now, or '' where ours do."""
    if not config.onednn.enabled:
        return "it is switched off (onednn.enabled)"
    if not config.cxx:
        return "Theano has no C++ compiler"
    return library.missing()


def works() -> bool:
    """Do ours compute what is compiled now?"""
    return not why_not()


def is_images(variable) -> bool:
    """Is it float32 with four dimensions, on the processor?"""
    kind = variable.type
    return isinstance(kind, TensorType) and kind.ndim == 4 and kind.dtype == "float32"


def made_by(variable, kind) -> bool:
    """Is it what an operation of this very class computes?"""
    return variable.owner is not None and type(variable.owner.op) is kind


def elementwise(variable, operation) -> list | None:
    """The inputs of the elementwise operation that computes it, if it is this one."""
    node = variable.owner
    if node is None or not isinstance(node.op, Elemwise) or node.op.scalar_op != operation:
        return None
    return node.inputs


def instead(node, result) -> list:
    """What a rewrite returns whose result takes the place of the node's output."""
    [output] = node.outputs
    copy_stack_trace(output, result)
    return [patternbroadcast(result, output.broadcastable)]


@local_optimizer(list(CONVOLUTIONS))
def local_onednn_convolution(node):
    """A convolution or gradient of Theano's becomes one of ours."""
    ours = CONVOLUTIONS.get(type(node.op))
    arrays, size = node.inputs[:2], node.inputs[2:]
    if ours is None or not works() or node.op.unshared or not all(map(is_images, arrays)):
        return None
    op = ours(
        border_mode=node.op.border_mode,
        subsample=node.op.subsample,
        filter_dilation=node.op.filter_dilation,
        num_groups=node.op.num_groups,
    )
    return instead(node, op(*arrays, size) if size else op(*arrays))


@local_optimizer(list(POOLINGS))
def local_onednn_pooling(node):
    """Pooling of Theano's becomes ours."""
    ours = POOLINGS.get(type(node.op))
    arrays, settings = node.inputs[:-3], node.inputs[-3:]
    if ours is None or not works() or node.op.ndim != 2 or not all(map(is_images, arrays)):
        return None
    options = {} if ours is MaximumGradient else {"mode": node.op.mode}
    op = ours(ignore_border=node.op.ignore_border, **options)
    return instead(node, op(*arrays, *(cast(each, "int64") for each in settings)))


@local_optimizer([Elemwise])
def local_onednn_bias(node):
    """A convolution, which nothing else uses, plus a number for each filter becomes one."""
    terms = elementwise(node.outputs[0], scal.add)
    if terms is None or len(terms) != 2 or not works():
        return None
    for response, bias in (terms, terms[::-1]):
        if (
            made_by(response, Convolution)
            and len(response.clients) == 1
            and made_by(bias, DimShuffle)
            and bias.owner.op.new_order == ("x", 0, "x", "x")
            and bias.owner.inputs[0].type == TensorType("float32", [False])
            and is_images(node.outputs[0])
        ):
            op = BiasedConvolution(**response.owner.op.settings())
            return instead(node, op(*response.owner.inputs, *bias.owner.inputs))
    return None


def is_half(variable) -> bool:
    """Is it the constant 0.5?"""
    if not isinstance(variable, TensorConstant):
        return False
    try:
        return float(get_scalar_constant_value(variable)) == 0.5
    except NotScalarConstantError:
        return False


def rectified(node):
    """y, if a node is Theano's `0.5 * (y + abs(y))` of images, and y; else None."""
    factors = elementwise(node.outputs[0], scal.mul)
    if factors is None or len(factors) != 2 or not is_images(node.outputs[0]):
        return None
    for half, total in (factors, factors[::-1]):
        terms = elementwise(total, scal.add)
        if not is_half(half) or terms is None or len(terms) != 2:
            continue
        for y, absolute in (terms, terms[::-1]):
            if elementwise(absolute, scal.abs_) == [y] and y.type == node.outputs[0].type:
                return y
    return None


def is_elementwise(variable) -> bool:
    """Does Theano compute it in one loop with what uses it?"""
    return variable.owner is not None and isinstance(variable.owner.op, Elemwise)


@local_optimizer([Elemwise])
def local_onednn_rectifier(node):
    """A rectifier becomes ours, together with the convolution below if nothing else uses that."""
    y = rectified(node) if works() else None
    if y is None or is_elementwise(y):
        return None
    if made_by(y, BiasedConvolution) and not y.owner.op.relu and len(y.clients) == 2:
        op = BiasedConvolution(relu=True, **y.owner.op.settings())
        return instead(node, op(*y.owner.inputs))
    return instead(node, Rectifier()(y))


def factors_of(variable) -> list:
    """What is multiplied to a variable; itself, if it is no product."""
    inputs = elementwise(variable, scal.mul)
    if inputs is None:
        return [variable]
    return [factor for each in inputs for factor in factors_of(each)]


@local_optimizer([Elemwise])
def local_onednn_rectifier_gradient(node):
    """`a + a * sgn(y)`, where a is half of a gradient, becomes that of a rectifier."""
    terms = elementwise(node.outputs[0], scal.add)
    if terms is None or len(terms) != 2 or not works() or not is_images(node.outputs[0]):
        return None
    for plain, signed in (terms, terms[::-1]):
        factors, others = factors_of(plain), factors_of(signed)
        halves = [each for each in factors if is_half(each)]
        signs = [each for each in others if elementwise(each, scal.sgn)]
        if len(halves) != 1 or len(signs) != 1 or len(factors) != 2:
            continue
        [gradient] = [each for each in factors if each is not halves[0]]
        [y] = signs[0].owner.inputs
        if (
            Counter(others) == Counter([*factors, signs[0]])
            and y.type == gradient.type == node.outputs[0].type
            and not is_elementwise(gradient)
        ):
            return instead(node, RectifierGradient()(y, gradient))
    return None


@local_optimizer([Sum])
def local_onednn_sums(node):
    """The sum over all but the channels becomes ours."""
    [x] = node.inputs
    if (
        type(node.op) is not Sum
        or node.op.axis != (0, 2, 3)
        or node.outputs[0].dtype != "float32"
        or not is_images(x)
        or not works()
    ):
        return None
    return instead(node, ChannelSums()(x))


@local_optimizer(list(PRODUCTS), inplace=True)
def local_onednn_product(node):
    """A product of Theano's, which may write over one of its inputs, becomes one of ours."""
    ours = PRODUCTS.get(type(node.op))
    # Without any BLAS Theano has a product of its own, and ours nobody to leave small ones to.
    if ours is None or node.outputs[0].dtype != "float32" or not works() or not config.blas.ldflags:
        return None
    settings = {name: getattr(node.op, name) for name in node.op.__props__}
    return instead(node, ours(**settings)(*node.inputs))


def register() -> None:
    """After Theano has chosen its operations (48.6), before it fuses elementwise ones (49); and
    products after it has found which may write over an input (70).
    """
    rewrites = in2out(
        local_onednn_convolution,
        local_onednn_pooling,
        local_onednn_bias,
        local_onednn_rectifier,
        local_onednn_rectifier_gradient,
        local_onednn_sums,
        name="onednn_operations",
    )
    optdb.register("onednn_operations", rewrites, 48.8, "fast_run", "fast_compile", "onednn")
    products = in2out(local_onednn_product, name="onednn_products")
    optdb.register("onednn_products", products, 70.5, "fast_run", "onednn")
