"""Golden cases of dtype conversion, and the table of type promotion.

Every conversion recorded is defined by IEEE 754 or two's complement. Float values that do not fit
an integer are left out: C leaves them undefined, and PyTorch with it.
"""

import numpy
import torch

from fixture_recorder import HALVES, INTEGERS, dtype_name

INFINITY, NAN = float("inf"), float("nan")
PROMOTED = (torch.float32, torch.float64, *HALVES, *INTEGERS, torch.bool)
# Rounding edges of float16: ties, smallest subnormal and its half, largest, first to overflow.
FLOAT16_EDGES = [
    0.0, -0.0, 1.0, -2.5, 1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-11 + 2**-20, 1 - 2**-12, 2049.0,
    2051.0, 65504.0, 65519.0, 65520.0, 65536.0, -65504.0, -65520.0, 1e30, -1e30, 2**-14, 2**-15,
    2**-24, 2**-25, 1.5 * 2**-25, 3 * 2**-25, 2**-26, 5 * 2**-25, 2**-14 - 2**-25, -2**-24,
    1e-40, INFINITY, -INFINITY, NAN,
]
BFLOAT16_EDGES = [
    0.0, -0.0, 1.0, -2.5, 1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-20, 1 - 2**-9, 257.0, 259.0,
    3.3895313892515355e38, 3.3961775292304957e38, -3.3961775292304957e38, 3.4e38, 2**-126,
    2**-127, 2**-133, 2**-134, 1.5 * 2**-134, 3 * 2**-134, -2**-133, 1e-45, 1e30, -1e-30,
    INFINITY, -INFINITY, NAN,
]
WHOLE_EDGES = [0.0, -0.0, 0.5, 0.999, 1.0, 1.5, 2.5, 3.7, 100.9, 127.0, 126.5]


def add_conversions(recorder):
    def cast(name, values, source, target, gradient=False, tolerance=None):
        recorder.add(f"cast_{name}_to_{dtype_name(target)}", "cast", lambda x: x.to(target),
                     values, {"dtype": dtype_name(target)}, dtypes=(source,), gradient=gradient,
                     tolerance=0 if tolerance is None else tolerance,
                     comment=f"from {dtype_name(source)}, exact")

    table = lambda values: [torch.tensor(values, dtype=torch.float64)]
    for source in (torch.float32, torch.float64):
        cast("edges", table(FLOAT16_EDGES), source, torch.float16)
        cast("edges", table(BFLOAT16_EDGES), source, torch.bfloat16)
        cast("random", lambda s: [single_rounding(s.normal(40, scale=30))], source, torch.float16)
        cast("random", lambda s: [single_rounding(s.normal(40, scale=30))], source, torch.bfloat16)
        cast("truth", table([0.0, -0.0, 1.0, -2.5, 1e-40, NAN, INFINITY]), source, torch.bool)
        for target in INTEGERS:
            signed = target != torch.uint8
            values = WHOLE_EDGES + ([-v for v in WHOLE_EDGES] + [-128.0] if signed else [255.0])
            cast("truncate", table(values), source, target)
        cast("large", table([2.0**31 - 128, -2.0**31, 16777217.0, 1e9]), source, torch.int32)
        cast("large", table([2.0**62, -2.0**63, 1e15, 123456789012.0]), source, torch.int64)
    cast("narrow", table([1 + 2**-24, 1 + 3 * 2**-24, 1e39, -1e39, 1e-46, 2**-149, 2**-150, 0.1,
                          NAN, -INFINITY]), torch.float64, torch.float32)
    cast("gradient", lambda s: [s.normal(3, 4)], torch.float32, torch.float64, True, 1e-6)
    cast("gradient", lambda s: [s.normal(3, 4)], torch.float64, torch.float32, True, 1e-6)
    for source in HALVES:
        edges = table(FLOAT16_EDGES if source == torch.float16 else BFLOAT16_EDGES)
        for target in (torch.float32, torch.float64):
            cast("widen", edges, source, target)
        cast("across", table(BFLOAT16_EDGES), source, HALVES[1 - HALVES.index(source)])
        cast("truncate", table(WHOLE_EDGES + [-3.5, -100.0]), source, torch.int32)
        cast("truth", table([0.0, -0.0, 1.0, NAN]), source, torch.bool)
    wide = [0, 1, -1, 127, 128, 255, 256, 300, -129, 32768, 70000, -70000, 2**31 - 1, -2**31]
    for target in INTEGERS:
        cast("wraps", [torch.tensor(wide, dtype=torch.int32)], torch.int32, target)
        cast("truth", [torch.tensor([True, False])], torch.bool, target)
    edge = [2**24 + 1, 2**24 + 3, 2**53 + 1, 2**53 + 3, 2**62 + 2**38, -2**63, 2**63 - 1, 0, -7]
    for target in (torch.float32, torch.float64, *HALVES):
        cast("whole", [torch.tensor(edge, dtype=torch.int64)], torch.int64, target)
        cast("small", [torch.tensor([0, 1, -1, 127, -128], dtype=torch.int8)], torch.int8, target)
        cast("truth", [torch.tensor([True, False])], torch.bool, target)
    cast("whole", [torch.tensor([0, 5, -3], dtype=torch.int64)], torch.int64, torch.bool)
    add_mixed(recorder)


def single_rounding(values):
    """Drops what PyTorch rounds twice, through float32, on the way from float64 to 16 bits."""
    right = numpy.float16(values.numpy())
    twice = values.to(torch.float16).numpy()
    return values[torch.from_numpy(right == twice)]


def add_mixed(recorder):
    """Arithmetic whose operands differ in dtype."""
    for left, right in ((torch.int32, torch.float32), (torch.uint8, torch.int8),
                        (torch.bool, torch.int32), (torch.int64, torch.float64),
                        (torch.float16, torch.bfloat16), (torch.float32, torch.float64),
                        (torch.int16, torch.uint8), (torch.bool, torch.float32)):
        for operation, function in (("add", torch.add), ("mul", torch.mul)):
            names = f"{dtype_name(left)}_and"
            a = torch.tensor([0, 1, 1, 3]).to(left)
            b = torch.tensor([2, 5, 0, 7]).to(right)
            recorder.add(f"{operation}_mixed_{names}", operation, function, [a, b],
                         dtypes=(right,), gradient=False)
    recorder.add("add_mixed_gradient_float32_and", "add", torch.add,
                 lambda s: [s.normal(2, 3).float(), s.normal(3)], dtypes=(torch.float64,),
                 comment="each gradient has its input's dtype")
    for operation, function in (("exp", torch.exp), ("sqrt", torch.sqrt), ("sin", torch.sin)):
        recorder.add(f"{operation}_whole", operation, function, [torch.tensor([0, 1, 2, 4])],
                     dtypes=(torch.int64,), gradient=False, comment="integers become float32",
                     tolerance=1e-5)


def promotion_table():
    """Every ordered pair of dtypes with the dtype in which PyTorch computes on both."""
    return [[dtype_name(a), dtype_name(b), dtype_name(torch.promote_types(a, b))]
            for a in PROMOTED for b in PROMOTED]
