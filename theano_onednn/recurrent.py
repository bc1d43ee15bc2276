"""Recurrent layers over a whole sequence as one operation, with its gradient.

Matrix products are oneDNN's; gates and states are loops of ours. What the input contributes to each
step, `sums`, is computed before, for all steps in one product. With another type than float32,
without oneDNN or a compiler, the same is computed by NumPy.

Sources: S. Hochreiter and J. Schmidhuber, "Long short-term memory" (1997); F. Gers et al.,
"Learning to forget" (2000), for the forget gate; K. Cho et al., "Learning phrase representations
using RNN encoder-decoder" (2014), for the gated recurrent unit, with the reset gate after the
product, as Lasagne and cuDNN have it.
"""

from dataclasses import dataclass

import theano
from theano import Apply, Op
from theano.gof.utils import MethodNotDefined
from theano.gradient import DisconnectedType, grad_not_implemented
from theano.tensor import TensorType, as_tensor_variable

from . import in_numpy, library, rewrites
from .loops import Loops

#: The blocks of an LSTM, as Lasagne and oneDNN stack them: input gate, forget gate, candidate for
#: the cell, output gate.
BLOCKS = "ifco"
KINDS = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}

CALL = """
{{
    PyArrayObject* const given[] = {{{inputs}}};
    PyArrayObject** const made[] = {{{outputs}}};
    const Cell cell = {{{kind}, {{{blocks}}}, {peepholes}, {masked}, {clip}}};
    if ({function} != 0) {{
        {fail}
    }}
}}
"""


@dataclass(frozen=True)
class Cell:
    """What a step computes.

    Attributes:
        kind: 'rnn', 'gru' or 'lstm'.
        blocks: of an LSTM's sums, in which order they are.
        clip: longest gradient of a sum; 0: any.
        peepholes: do an LSTM's gates see the cell?
        masked: are there rows that end before others?
    """

    kind: str
    blocks: str = BLOCKS
    clip: float = 0.0
    peepholes: bool = False
    masked: bool = False

    @property
    def sums(self) -> int:
        """How many numbers a unit is given at each step."""
        return {"rnn": 1, "gru": 3, "lstm": 4}[self.kind]

    @property
    def states(self) -> int:
        """How many numbers a unit hands on to the next step."""
        return 2 if self.kind == "lstm" else 1

    @property
    def outputs(self) -> int:
        """How many arrays an operation makes: states, and values that its gradient needs."""
        return self.states + (self.kind != "rnn")


class Recurrent(Loops, Op):
    """A layer over time. Use `rnn`, `gru` or `lstm`, which say what goes in and out.

    Args:
        cell: what a step computes.

    Raises:
        TypeError: an input has a wrong type or number of dimensions.
        ValueError: when it is run, and the shapes do not fit together.
    """

    __props__ = ("cell",)
    FILES = ("loops.h", "cores.h", "library.h", "cells.h", "course.h", "recurrent.h")

    def __init__(self, cell: Cell):
        self.cell = cell

    def c_libraries(self):
        return ["dnnl"]

    def c_support_code_apply(self, node, name):
        return ""

    def c_support_code_struct(self, node, name):
        return f"Courses* courses_{name};"

    def c_init_code_struct(self, node, name, sub):
        return f"courses_{name} = new Courses();"

    def c_cleanup_code_struct(self, node, name):
        return f"delete courses_{name};"

    def c_code_cache_version(self):
        return library.code_version(*self.FILES, text=CALL + repr(self.settings()))

    def c_code(self, node, name, inputs, outputs, sub):
        function = f"over_time(courses_{name}, cell, given, made)"
        return self.called(function, node, inputs, outputs, sub)

    def make_thunk(self, node, storage_map, compute_map, no_recycling, impl=None):
        # Asked here, too: where a compiled module is in the cache, nobody asks for its code.
        impl = impl if self.has_code(node) else "py"
        return super().make_thunk(node, storage_map, compute_map, no_recycling, impl)

    def has_code(self, node):
        """Is there C++ for it, or must NumPy do it?"""
        return all(each.dtype == "float32" for each in node.inputs) and rewrites.works()

    def called(self, function, node, inputs, outputs, sub):
        """The code of a node that calls such a function.

        Raises:
            MethodNotDefined: NumPy has to do it.
        """
        if not self.has_code(node):
            raise MethodNotDefined(f"{type(self).__name__}: no C++ for this")
        return CALL.format(
            inputs=", ".join(inputs),
            outputs=", ".join(f"&{each}" for each in outputs),
            function=function,
            fail=sub["fail"],
            **self.settings(),
        )

    def settings(self):
        """The cell as C++ has it."""
        return {
            "kind": KINDS[self.cell.kind],
            "blocks": ", ".join(str(self.cell.blocks.index(each)) for each in BLOCKS),
            "peepholes": int(self.cell.peepholes),
            "masked": int(self.cell.masked),
            "clip": f"(float){float(self.cell.clip)!r}",
        }

    def make_node(self, sums, weights, *rest):
        cell = self.cell
        flat = 1 + cell.states + cell.peepholes + cell.masked
        inputs = _alike([sums, weights, *rest], [3] + flat * [2])
        kind = _over_time(inputs[0])
        return Apply(self, inputs, [kind() for _ in range(cell.outputs)])

    def infer_shape(self, node, shapes):
        (steps, batch, _), (units, _), *_ = shapes
        states = self.cell.states * [(steps, batch, units)]
        return [*states, (steps, batch, 4 * units)][: self.cell.outputs]

    def perform(self, node, inputs, outputs):
        for output, array in zip(outputs, in_numpy.over_time(self.cell, *inputs), strict=True):
            output[0] = array

    def connection_pattern(self, node):
        return [[True] * len(node.outputs) for _ in node.inputs]

    def L_op(self, inputs, outputs, gradients):
        cell = self.cell
        states, kept = gradients[: cell.states], gradients[cell.states :]
        if not all(isinstance(each.type, DisconnectedType) for each in kept):
            raise NotImplementedError("a loss may depend on the states only, not on the gates")
        of_hidden, *of_cells = states
        if isinstance(of_hidden.type, DisconnectedType):
            of_hidden = outputs[0].zeros_like()
        of_cells = [each for each in of_cells if not isinstance(each.type, DisconnectedType)]
        op = RecurrentGradient(cell, by_cells=bool(of_cells))
        found = op(*inputs[1:], *outputs, of_hidden, *of_cells, return_list=True)
        if cell.masked:
            at = len(inputs) - 1
            found.append(grad_not_implemented(self, at, inputs[at], "a mask has no gradient"))
        return found


class RecurrentGradient(Recurrent):
    """The gradient of `Recurrent`.

    Inputs: of that all but the sums, its outputs, the gradient by the states h, and by the cells.
    Outputs: the gradients by the sums, the weights, the first states and the peepholes.

    Args:
        cell: what a step computes.
        by_cells: does the loss depend on an LSTM's cells, too?
    """

    __props__ = ("cell", "by_cells")

    def __init__(self, cell: Cell, by_cells: bool):
        super().__init__(cell)
        self.by_cells = by_cells

    def c_code(self, node, name, inputs, outputs, sub):
        function = f"back_in_time(courses_{name}, cell, {int(self.by_cells)}, given, made)"
        return self.called(function, node, inputs, outputs, sub)

    def make_node(self, *inputs):
        cell = self.cell
        flat = 1 + cell.states + cell.peepholes + cell.masked
        inputs = _alike(inputs, flat * [2] + (cell.outputs + 1 + self.by_cells) * [3])
        of_sums = _over_time(inputs[-1])
        given = inputs[: flat - cell.masked]
        return Apply(self, inputs, [of_sums(), *(each.type() for each in given)])

    def infer_shape(self, node, shapes):
        flat = 1 + self.cell.states + self.cell.peepholes
        steps, batch, units = shapes[-1]
        return [(steps, batch, self.cell.sums * units), *shapes[:flat]]

    def perform(self, node, inputs, outputs):
        found = in_numpy.back_in_time(self.cell, self.by_cells, *inputs)
        for output, array in zip(outputs, found, strict=True):
            output[0] = array

    def connection_pattern(self, node):
        return [[True] * len(node.outputs) for _ in node.inputs]

    def L_op(self, inputs, outputs, gradients):
        raise NotImplementedError("a recurrent layer has no second derivative; use theano.scan")


def rnn(sums, weights, hidden, clip=0.0):
    """h' = tanh(sums + h weights), step by step, symbolically.

    Args:
        sums: (steps, batch, units); what the input contributes, and a bias.
        weights: (units, units).
        hidden: (batch, units); h at first.
        clip: longest gradient of a sum; 0: any.

    Returns:
        h after each step, (steps, batch, units).
    """
    return Recurrent(Cell("rnn", clip=float(clip)))(sums, weights, hidden)


def gru(sums, weights, hidden, mask=None, clip=0.0):
    """A gated recurrent unit, step by step, symbolically.

        r, u = sigmoid(sums + h weights)     of their blocks
        c = tanh(sums + r * (h weights))     of the third
        h' = (1 - u) * h + u * c

    Args:
        sums: (steps, batch, 3 units); blocks of reset gate, update gate and candidate.
        weights: (units, 3 units); likewise.
        hidden: (batch, units); h at first.
        mask: (steps, batch); 0 where a row has ended, and keeps its state; else 1.
        clip: longest gradient of a sum; 0: any.

    Returns:
        h after each step, (steps, batch, units).
    """
    cell = Cell("gru", clip=float(clip), masked=mask is not None)
    return Recurrent(cell)(sums, weights, hidden, *_mask(mask, sums))[0]


def lstm(sums, weights, hidden, cells, peepholes=None, mask=None, clip=0.0, blocks=BLOCKS):
    """A long short-term memory, step by step, symbolically.

        i, f, o = sigmoid(sums + h weights)  of their blocks
        c = tanh(sums + h weights)           of its
        cell' = f * cell + i * c
        h' = o * tanh(cell')

    Args:
        sums: (steps, batch, 4 units).
        weights: (units, 4 units).
        hidden, cells: (batch, units); at first.
        peepholes: (3, units): what input and forget gate add to their sums of the cell before, and
            the output gate to its value, after its sigmoid, of the cell that is new. Lasagne 0.1
            does so; others add it before.
        mask: (steps, batch); 0 where a row has ended, and keeps its state; else 1.
        clip: longest gradient of a sum; 0: any.
        blocks: their order in sums and weights.

    Returns:
        h and cell after each step, (steps, batch, units), and the values of i, f, c and o, (steps,
        batch, 4 units), in the order of the blocks. A loss cannot depend on the last.

    Raises:
        ValueError: the blocks are not the four.
    """
    if sorted(blocks) != sorted(BLOCKS):
        raise ValueError(f"blocks must be the letters of {BLOCKS!r} in some order, not {blocks!r}")
    cell = Cell("lstm", blocks, float(clip), peepholes is not None, mask is not None)
    rest = [] if peepholes is None else [peepholes]
    return Recurrent(cell)(sums, weights, hidden, cells, *rest, *_mask(mask, sums))


def _mask(mask, sums) -> list:
    """As an input of the type that the others have."""
    # Cast by itself: float32 and a mask of int32 together would be float64.
    return [] if mask is None else [theano.tensor.cast(mask, as_tensor_variable(sums).dtype)]


def _over_time(like) -> TensorType:
    """The type of what has the same steps and batch as this."""
    return TensorType(like.dtype, (*like.broadcastable[:2], False))


def _alike(arrays, dimensions) -> list:
    """As variables of the one type of float that holds them all.

    Raises:
        TypeError: they have other dimensions, or are no floats.
    """
    variables = [as_tensor_variable(each) for each in arrays]
    found = [each.ndim for each in variables]
    if found != dimensions:
        raise TypeError(f"a recurrent layer wants arrays of {dimensions} dimensions, not {found}")
    dtype = theano.scalar.upcast(*(each.dtype for each in variables))
    if dtype not in ("float32", "float64"):
        raise TypeError(f"a recurrent layer wants float32 or float64, not {dtype}")
    return [theano.tensor.cast(each, dtype) for each in variables]
