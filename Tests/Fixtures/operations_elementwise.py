"""Golden cases of element-wise operations: arithmetic, comparison, logic and activations."""

import torch
import torch.nn.functional as F

from fixture_recorder import HALVES, INTEGERS

ARITHMETIC = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "div": torch.div,
    "remainder": torch.remainder,
    "pow": torch.pow,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
}
COMPARISON = {
    "eq": torch.eq, "ne": torch.ne, "lt": torch.lt,
    "le": torch.le, "gt": torch.gt, "ge": torch.ge,
}
LOGIC = {
    "logical_and": torch.logical_and,
    "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor,
}
BROADCASTS = {
    "same": ((3, 4), (3, 4)),
    "row": ((3, 4), (4,)),
    "column": ((3, 4), (3, 1)),
    "outer": ((3, 1), (1, 4)),
    "rank": ((2, 1, 3), (4, 1)),
    "zero_rank": ((2, 3), ()),
    "empty": ((0, 3), (1, 3)),
}
# Name, function, lowest and highest input, and whether a derivative is recorded.
UNARY = [
    ("neg", torch.neg, -3, 3, True),
    ("abs", torch.abs, None, None, True),
    ("sign", torch.sign, None, None, False),
    ("exp", torch.exp, -4, 4, True),
    ("expm1", torch.expm1, -2, 2, True),
    ("log", torch.log, 0.05, 6, True),
    ("log1p", torch.log1p, -0.9, 4, True),
    ("sqrt", torch.sqrt, 0.05, 6, True),
    ("rsqrt", torch.rsqrt, 0.05, 6, True),
    ("reciprocal", torch.reciprocal, None, None, True),
    ("square", torch.square, -3, 3, True),
    ("sin", torch.sin, -7, 7, True),
    ("cos", torch.cos, -7, 7, True),
    ("tanh", torch.tanh, -4, 4, True),
    ("erf", torch.erf, -3, 3, True),
    ("sigmoid", torch.sigmoid, -8, 8, True),
    ("softplus", F.softplus, -8, 8, True),
    ("relu", torch.relu, None, None, True),
    ("gelu", F.gelu, -5, 5, True),
    ("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), -5, 5, True),
    ("silu", F.silu, -8, 8, True),
    ("floor", torch.floor, -4, 4, False),
    ("ceil", torch.ceil, -4, 4, False),
    ("round", torch.round, -4, 4, False),
    ("isnan", torch.isnan, -4, 4, False),
    ("logical_not", torch.logical_not, -1, 1, False),
]
INFINITY, NAN = float("inf"), float("nan")
SPECIAL = torch.tensor([
    0.0, -0.0, INFINITY, -INFINITY, NAN, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -1.5, -2.5, 3.5,
    1e-30, -1e-30, 1e-8, -1e-8, 1e-4, -1e-4, 20.0, -20.0, 25.0, 88.0, -88.0, 90.0, -90.0, -100.0,
    -104.0, 1e4, -1e4, 1e30,
], dtype=torch.float64)


def add_elementwise(recorder):
    add_binary(recorder)
    add_comparison_and_logic(recorder)
    add_unary(recorder)
    add_clamp_and_where(recorder)
    add_sixteen_bit(recorder)


def operands(operation, left, right):
    """Inputs that keep every binary operation away from its poles, kinks and ties."""
    def draw(source):
        if operation == "pow":
            return [source.uniform(*left, low=0.3, high=2.5), source.uniform(*right, low=-2, high=3)]
        if operation in ("div", "remainder"):
            return [source.normal(*left, scale=3), source.away_from_zero(*right)]
        return [source.normal(*left), source.normal(*right)]
    return draw


def add_binary(recorder):
    for operation, function in ARITHMETIC.items():
        for kind, (left, right) in BROADCASTS.items():
            recorder.add(f"{operation}_{kind}", operation, function,
                         operands(operation, left, right))
        recorder.add(f"{operation}_transposed", operation, function,
                     operands(operation, (4, 3), (1, 3)), {"transpose_input": True})
        add_integer_binary(recorder, operation, function)
    for operation in ("add", "sub", "mul", "div", "remainder"):
        function = ARITHMETIC[operation]
        recorder.add(f"{operation}_scalar", operation, lambda x, f=function: f(x, 1.75),
                     lambda s: [s.normal(2, 5, scale=3)], {"scalar": 1.75})
    for operation in ("sub", "div"):
        function = ARITHMETIC[operation]
        recorder.add(f"{operation}_scalar_left", operation,
                     lambda x, f=function: f(torch.tensor(1.75, dtype=x.dtype), x),
                     lambda s: [s.away_from_zero(2, 5)], {"scalar": 1.75, "reverse": True})
    for label, exponent in {"2": 2, "3": 3, "half": 0.5, "minus_1": -1, "0": 0, "1": 1}.items():
        draw = ((lambda s: [s.uniform(2, 5, low=0.2, high=3)]) if exponent == 0.5
                else (lambda s: [s.away_from_zero(2, 5)]))
        recorder.add(f"pow_scalar_{label}", "pow", lambda x, e=exponent: torch.pow(x, e), draw,
                     {"scalar": exponent})
    recorder.add("pow_scalar_left", "pow", lambda x: torch.pow(2.5, x),
                 lambda s: [s.normal(2, 5)], {"scalar": 2.5, "reverse": True})
    tie = torch.tensor([1.0, 2.0, -3.0], dtype=torch.float64)
    for operation in ("maximum", "minimum"):
        recorder.add(f"{operation}_tie", operation, ARITHMETIC[operation],
                     [tie, torch.tensor([1.0, 5.0, -3.0], dtype=torch.float64)],
                     comment="each side of a tie receives half of the gradient")
        recorder.add(f"{operation}_nan", operation, ARITHMETIC[operation],
                     [torch.tensor([NAN, 1.0, NAN, INFINITY], dtype=torch.float64),
                      torch.tensor([1.0, NAN, NAN, -INFINITY], dtype=torch.float64)],
                     gradient=False, comment="a NaN on either side gives NaN")
    a = torch.tensor([1.0, -1.0, 0.0, INFINITY, 5.0, -5.0, 5.0, -5.0, NAN, 6.0], dtype=torch.float64)
    b = torch.tensor([0.0, 0.0, 0.0, 2.0, 3.0, 3.0, -3.0, -3.0, 1.0, 3.0], dtype=torch.float64)
    for operation in ("div", "remainder"):
        recorder.add(f"{operation}_special", operation, ARITHMETIC[operation], [a, b],
                     gradient=False)
    base = torch.tensor([0.0, 0.0, 0.0, -2.0, -2.0, INFINITY, -INFINITY, NAN, 1.0, NAN, -8.0],
                        dtype=torch.float64)
    power = torch.tensor([0.0, 2.0, -1.0, 3.0, 0.5, -1.0, 3.0, 0.0, NAN, 1.0, 2.0],
                         dtype=torch.float64)
    recorder.add("pow_special", "pow", torch.pow, [base, power], gradient=False)


def add_integer_binary(recorder, operation, function):
    def draw(source):
        left, right = source.whole(3, 4, low=0, high=12), source.whole(4, low=1, high=5)
        return [left, right]

    def draw_signed(source):
        left = source.whole(3, 4, low=-11, high=12)
        right = source.whole(4, low=1, high=5)
        if operation != "pow":
            right = right * torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)
        return [left, right]

    recorder.add(f"{operation}_integer", operation, function, draw, dtypes=(torch.uint8,),
                 gradient=False)
    recorder.add(f"{operation}_integer", operation, function, draw_signed, dtypes=INTEGERS[:4],
                 gradient=False)
    if operation in ("add", "sub", "mul"):
        edge = torch.tensor([127.0, 100.0, -128.0, 5.0], dtype=torch.float64)
        other = torch.tensor([1.0, 100.0, -1.0, 7.0], dtype=torch.float64)
        if operation == "sub":
            other = -other
        recorder.add(f"{operation}_wraps", operation, function, [edge, other],
                     dtypes=(torch.int8,), gradient=False,
                     comment="integer overflow wraps around in two's complement")
    if operation == "sub":
        small = torch.tensor([0.0, 3.0, 255.0], dtype=torch.float64)
        recorder.add("sub_wraps", "sub", function, [small, small + 1 - 256 * (small == 255)],
                     dtypes=(torch.uint8,), gradient=False)


def add_comparison_and_logic(recorder):
    odd = torch.tensor([0.0, -0.0, NAN, NAN, INFINITY, -INFINITY, 2.0], dtype=torch.float64)
    other = torch.tensor([-0.0, 0.0, NAN, 1.0, INFINITY, INFINITY, 3.0], dtype=torch.float64)
    whole = lambda s: [s.whole(3, 4, low=0, high=4), s.whole(4, low=0, high=4)]
    for operation, function in COMPARISON.items():
        recorder.add(f"{operation}_broadcast", operation, function, whole, gradient=False,
                     dtypes=(torch.float32, torch.float64, *HALVES, *INTEGERS, torch.bool))
        recorder.add(f"{operation}_special", operation, function, [odd, other], gradient=False)
        recorder.add(f"{operation}_scalar", operation, lambda x, f=function: f(x, 2),
                     lambda s: [s.whole(2, 5, low=0, high=5)], {"scalar": 2}, gradient=False,
                     dtypes=(torch.float32, torch.int32))
    for operation, function in LOGIC.items():
        recorder.add(f"{operation}_broadcast", operation, function,
                     lambda s: [s.whole(3, 4, low=0, high=2), s.whole(3, 1, low=0, high=2)],
                     gradient=False, dtypes=(torch.bool, torch.int32, torch.float32))
    recorder.add("logical_not_whole", "logical_not", torch.logical_not,
                 lambda s: [s.whole(3, 4, low=0, high=2)], gradient=False,
                 dtypes=(torch.bool, torch.int32, torch.uint8))


def special(operation):
    """The special values at which PyTorch's answer is a rule and not an accident.

    Its GELU and SiLU of an infinity depend on the instruction set, and sines of 1e30 depend on
    how the argument was rounded.
    """
    if operation in ("gelu", "gelu_tanh", "silu"):
        return SPECIAL[~SPECIAL.isinf()]
    return SPECIAL[SPECIAL != 1e30] if operation in ("sin", "cos") else SPECIAL


def add_unary(recorder):
    for operation, function, low, high, gradient in UNARY:
        def draw(shape, low=low, high=high):
            if low is None:
                return lambda s: [s.away_from_zero(*shape)]
            return lambda s: [s.uniform(*shape, low=low, high=high)]
        recorder.add(f"{operation}_matrix", operation, function, draw((4, 5)), gradient=gradient)
        recorder.add(f"{operation}_transposed", operation, function, draw((2, 3, 3)),
                     {"transpose_input": True}, gradient=gradient)
        recorder.add(f"{operation}_empty", operation, function, draw((2, 0)), gradient=gradient)
        recorder.add(f"{operation}_scalar", operation, function, draw(()), gradient=gradient)
        recorder.add(f"{operation}_special", operation, function, [special(operation)],
                     gradient=False)
    zero = torch.tensor([0.0, -1.0, 1.0], dtype=torch.float64)
    for operation, function in (("relu", torch.relu), ("abs", torch.abs)):
        recorder.add(f"{operation}_kink", operation, function, [zero],
                     comment="the derivative at zero is zero")
    for operation, function in (("neg", torch.neg), ("abs", torch.abs), ("sign", torch.sign),
                                ("square", torch.square)):
        recorder.add(f"{operation}_integer", operation, function, lambda s: [s.whole(3, 4)],
                     dtypes=INTEGERS[:4], gradient=False)
    recorder.add("neg_wraps", "neg", torch.neg,
                 [torch.tensor([0.0, 1.0, 255.0], dtype=torch.float64)], dtypes=(torch.uint8,),
                 gradient=False)
    large = torch.tensor([1e3, -1e4, 4096.5, 12345.625, 1e5], dtype=torch.float64)
    for operation, function in (("sin", torch.sin), ("cos", torch.cos)):
        recorder.add(f"{operation}_large", operation, function, [large], gradient=False)


def add_clamp_and_where(recorder):
    draw = lambda s: [s.distinct(4, 5)]
    recorder.add("clamp_both", "clamp", lambda x: torch.clamp(x, -1.0, 0.75), draw,
                 {"min": -1.0, "max": 0.75})
    recorder.add("clamp_min", "clamp", lambda x: torch.clamp(x, min=0.1), draw, {"min": 0.1})
    recorder.add("clamp_max", "clamp", lambda x: torch.clamp(x, max=0.1), draw, {"max": 0.1})
    recorder.add("clamp_edge", "clamp", lambda x: torch.clamp(x, -1.0, 1.0),
                 [torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0], dtype=torch.float64)],
                 {"min": -1.0, "max": 1.0}, comment="the bounds themselves pass the gradient")
    recorder.add("clamp_nan", "clamp", lambda x: torch.clamp(x, -1.0, 1.0),
                 [torch.tensor([NAN, INFINITY, -INFINITY], dtype=torch.float64)],
                 {"min": -1.0, "max": 1.0}, gradient=False)
    recorder.add("clamp_integer", "clamp", lambda x: torch.clamp(x, -3, 4),
                 lambda s: [s.whole(3, 4)], {"min": -3, "max": 4}, dtypes=INTEGERS[:4],
                 gradient=False)
    recorder.add("where_same", "where", torch.where,
                 lambda s: [s.mask(3, 4), s.normal(3, 4), s.normal(3, 4)])
    recorder.add("where_broadcast", "where", torch.where,
                 lambda s: [s.mask(2, 1, 3), s.normal(4, 1), s.normal()])
    recorder.add("where_hides_nan", "where", torch.where,
                 [torch.tensor([True, False]), torch.tensor([1.0, NAN], dtype=torch.float64),
                  torch.tensor([INFINITY, 2.0], dtype=torch.float64)])
    recorder.add("where_integer", "where", torch.where,
                 lambda s: [s.mask(3, 4), s.whole(3, 4), s.whole(4)],
                 dtypes=(torch.int32, torch.int64), gradient=False)


def add_sixteen_bit(recorder):
    for operation in ("add", "sub", "mul", "div", "maximum", "minimum"):
        recorder.add(f"{operation}_half", operation, ARITHMETIC[operation],
                     operands(operation, (3, 4), (4,)), dtypes=HALVES)
    for operation, function, low, high, _ in UNARY:
        if operation in ("isnan", "logical_not"):
            continue
        draw = ((lambda s: [s.away_from_zero(3, 4)]) if low is None
                else lambda s, low=low, high=high: [s.uniform(3, 4, low=low, high=high)])
        recorder.add(f"{operation}_half", operation, function, draw, dtypes=HALVES)
