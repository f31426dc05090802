"""Instructions that compilers do not find by themselves: on neighbouring numbers, and on caches."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 8  # 32-bit numbers that are added at once


def pad_to_lanes(n: int) -> int:
    """Round up to a multiple of ``LANES``."""
    return -(-n // LANES) * LANES


def _type_add_lanes(  # noqa: ANN202  a numba signature
    typing_context: Any, target: Any, first: Any, mantissas: Any, place: Any, factor: Any
):
    """Add ``mantissas[place + k] * factor`` to ``target[first + k]`` for all lanes ``k``.

    Compiled from a loop, each lane would be stored before the next one is loaded, because
    the arrays might overlap.

    Args:
        typing_context: Given by numba.
        target: Sums, 32-bit integers.
        first: Index of the first lane in ``target``.
        mantissas: Mantissas, 8-bit integers.
        place: Index of the first lane in ``mantissas``.
        factor: Factor, a 32-bit integer.
    """
    return types.void(target, first, mantissas, place, factor), _add_lanes


def _add_lanes(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    target, first, mantissas, place, factor = arguments
    narrow, wide = (ir.VectorType(ir.IntType(bits), LANES) for bits in (8, 32))
    target_type, _, mantissas_type, *_ = signature.args
    places = [
        builder.bitcast(builder.gep(context.make_array(kind)(context, builder, array).data, [at]),
                        lanes.as_pointer())
        for kind, array, at, lanes in (
            (target_type, target, first, wide), (mantissas_type, mantissas, place, narrow),
        )
    ]  # fmt: skip
    factors = builder.insert_element(ir.Constant(wide, ir.Undefined), factor, ir.IntType(32)(0))
    factors = builder.shuffle_vector(
        factors, factors, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    )
    added = builder.mul(builder.sext(builder.load(places[1], align=1), wide), factors)
    builder.store(builder.add(builder.load(places[0], align=4), added), places[0], align=4)
    return context.get_dummy_value()


add_lanes: Any = intrinsic(_type_add_lanes)


def _type_prefetch(typing_context: Any, array: Any, place: Any):  # noqa: ANN202  a numba signature
    """Ask for the cache line of ``array[place]``, and do not wait for it.

    Args:
        typing_context: Given by numba.
        array: Array; a place beyond its end does no harm.
        place: Index of an item.
    """
    return types.void(array, place), _prefetch


def _prefetch(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array, place = arguments
    data = context.make_array(signature.args[0])(context, builder, array).data
    byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
    fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
    to_read, to_keep, data_cache = number(0), number(3), number(1)
    address = builder.bitcast(builder.gep(data, [place]), byte)
    builder.call(fetch, [address, to_read, to_keep, data_cache])
    return context.get_dummy_value()


prefetch: Any = intrinsic(_type_prefetch)
