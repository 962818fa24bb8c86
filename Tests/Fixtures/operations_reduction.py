"""Golden cases of reductions, cumulative operations and the softmax family."""

import torch

from fixture_recorder import HALVES, INTEGERS

# Shape, axes (None for every axis) and whether the reduced axes are kept.
PLACES = [
    ((3, 4), None, False),
    ((3, 4), [0], False),
    ((3, 4), [1], True),
    ((2, 3, 4), [-1], False),
    ((2, 3, 4), [0, 2], False),
    ((2, 3, 4), [-3, -2], True),
    ((2, 3, 4), None, True),
    ((), None, False),
    ((5, 1), [1], False),
]
INFINITY, NAN = float("inf"), float("nan")


def add_reductions(recorder):
    add_sums(recorder)
    add_order(recorder)
    add_products(recorder)
    add_truth(recorder)
    add_cumulative(recorder)
    add_softmax(recorder)


def all_axes(x, axes):
    return list(range(x.dim())) if axes is None else axes


def settings(axes, keepdims, **more):
    found = {} if axes is None else {"axes": axes}
    return {**found, "keepdims": keepdims, **more}


def at_places(recorder, label, operation, function, draw, places=PLACES, **more):
    """Adds a case per place; `function` takes the tensor, all axes as a list, and keepdims."""
    arguments = more.pop("arguments", {})
    for shape, axes, keepdims in places:
        place = "all" if axes is None else "_".join(str(a).replace("-", "m") for a in axes)
        size = "x".join(map(str, shape)) or "scalar"
        suffix = "_keep" if keepdims else ""
        recorder.add(f"{label}_{size}_axes_{place}{suffix}", operation,
                     lambda x, a=axes, k=keepdims: function(x, all_axes(x, a), k),
                     lambda s, shape=shape: [draw(s, shape)],
                     settings(axes, keepdims, **arguments), **more)


def add_sums(recorder):
    normal = lambda s, shape: s.normal(*shape)
    plain = lambda f: lambda x, a, k: f(x, dim=a, keepdim=k) if a else f(x)
    at_places(recorder, "sum", "sum", plain(torch.sum), normal)
    at_places(recorder, "mean", "mean", plain(torch.mean), normal)
    spread = [p for p in PLACES if p[0] not in ((), (5, 1))]
    for operation, function in (("variance", torch.var), ("std", torch.std)):
        for correction in (0, 1):
            at_places(recorder, f"{operation}_correction{correction}", operation,
                      lambda x, a, k, f=function, c=correction:
                      f(x, dim=a, correction=c, keepdim=k),
                      normal, spread, arguments={"correction": correction})
    for label, p in (("1", 1), ("2", 2), ("infinity", INFINITY)):
        at_places(recorder, f"norm_{label}", "norm",
                  lambda x, a, k, p=p: torch.linalg.vector_norm(x, p, dim=a or None, keepdim=k),
                  lambda s, shape: s.distinct(*shape), PLACES[:7],
                  arguments={"p": "infinity" if p == INFINITY else p})
    for shape, axis in (((0, 3), 0), ((0, 3), 1), ((2, 0, 3), 1)):
        size = "x".join(map(str, shape))
        recorder.add(f"sum_{size}_axis{axis}", "sum", lambda x, a=axis: x.sum(a),
                     lambda s, shape=shape: [s.normal(*shape)], settings([axis], False))
        recorder.add(f"mean_{size}_axis{axis}", "mean", lambda x, a=axis: x.mean(a),
                     lambda s, shape=shape: [s.normal(*shape)], settings([axis], False),
                     comment="the mean of nothing is NaN")
    for operation, function in (("sum", torch.sum), ("mean", torch.mean)):
        recorder.add(f"{operation}_transposed", operation, lambda x, f=function: f(x, dim=1),
                     lambda s: [s.normal(2, 3, 4)],
                     settings([1], False, transpose_input=True))
        recorder.add(f"{operation}_half", operation, lambda x, f=function: f(x, dim=1),
                     lambda s: [s.normal(3, 8)], settings([1], False), dtypes=HALVES)
    recorder.add("norm_2_zero", "norm", lambda x: torch.linalg.vector_norm(x, 2, dim=1),
                 [torch.tensor([[0.0, 0.0], [3.0, 4.0]], dtype=torch.float64)],
                 settings([1], False, p=2), comment="the gradient at the zero vector is zero")
    recorder.add("variance_offset", "variance", lambda x: x.var(1, correction=0),
                 lambda s: [s.normal(2, 16) + 1000], settings([1], False, correction=0),
                 tolerance={"float32": 1e-4, "float64": 1e-10},
                 comment="needs a two-pass or compensated algorithm")
    recorder.add("sum_integer", "sum", lambda x: x.sum(1), lambda s: [s.whole(3, 4) + 40],
                 settings([1], False), dtypes=INTEGERS, gradient=False,
                 comment="integers add up in int64")
    recorder.add("sum_bool", "sum", lambda x: x.sum(1), lambda s: [s.mask(3, 4)],
                 settings([1], False), dtypes=(torch.bool,), gradient=False)


def add_order(recorder):
    distinct = lambda s, shape: s.distinct(*shape)
    tie = torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]], dtype=torch.float64)
    nan = torch.tensor([[1.0, NAN, 3.0, NAN], [INFINITY, 2.0, -INFINITY, 0.0]],
                       dtype=torch.float64)
    for operation, function in (("max", torch.amax), ("min", torch.amin)):
        at_places(recorder, operation, operation,
                  lambda x, a, k, f=function: f(x, dim=a, keepdim=k), distinct)
        recorder.add(f"{operation}_transposed", operation, lambda x, f=function: f(x, dim=1),
                     lambda s: [s.distinct(2, 3, 4)], settings([1], False, transpose_input=True))
        sign = 1 if operation == "max" else -1
        recorder.add(f"{operation}_tie", operation, lambda x, f=function: f(x, dim=1),
                     [sign * tie], settings([1], False),
                     comment="ties share the gradient equally")
        recorder.add(f"{operation}_nan", operation, lambda x, f=function: f(x, dim=1), [nan],
                     settings([1], False), gradient=False, comment="NaN wins")
        recorder.add(f"{operation}_integer", operation, lambda x, f=function: f(x, dim=1),
                     lambda s: [s.whole(3, 4)], settings([1], False), gradient=False,
                     dtypes=INTEGERS[:4])
    for operation, function in (("argmax", torch.argmax), ("argmin", torch.argmin)):
        for shape, axes, keepdims in PLACES:
            if axes is not None and len(axes) > 1 or axes is None and keepdims:
                continue
            place = "all" if axes is None else str(axes[0]).replace("-", "m")
            size = "x".join(map(str, shape)) or "scalar"
            recorder.add(f"{operation}_{size}_axes_{place}", operation,
                         lambda x, f=function, a=axes, k=keepdims:
                         f(x) if a is None else f(x, dim=a[0], keepdim=k),
                         lambda s, shape=shape: [s.distinct(*shape)], settings(axes, keepdims),
                         gradient=False)
        recorder.add(f"{operation}_tie", operation, lambda x, f=function: f(x, dim=1), [tie],
                     settings([1], False), gradient=False, comment="the first of equals")
        recorder.add(f"{operation}_nan", operation, lambda x, f=function: f(x, dim=1), [nan],
                     settings([1], False), gradient=False, comment="the first NaN wins")


def add_products(recorder):
    def product(x, axes, keepdims):
        for axis in sorted((a % x.dim() for a in axes), reverse=True):
            x = x.prod(axis, keepdim=keepdims)
        return x

    at_places(recorder, "prod", "prod", product, lambda s, shape: s.away_from_zero(*shape))
    one_zero = torch.tensor([[1.5, 0.0, 2.0], [0.0, 3.0, 0.0], [1.0, 2.0, 3.0]],
                            dtype=torch.float64)
    recorder.add("prod_zero", "prod", lambda x: x.prod(1), [one_zero], settings([1], False),
                 comment="the gradient stays finite where a factor is zero")
    recorder.add("prod_empty", "prod", lambda x: x.prod(1), lambda s: [s.normal(2, 0)],
                 settings([1], False))
    recorder.add("prod_integer", "prod", lambda x: x.prod(1),
                 lambda s: [s.whole(3, 4, low=1, high=5)], settings([1], False),
                 dtypes=INTEGERS, gradient=False)


def add_truth(recorder):
    for operation, function in (("all", torch.all), ("any", torch.any)):
        for shape, axes, keepdims in PLACES[:4]:
            place = "all" if axes is None else str(axes[0]).replace("-", "m")
            size = "x".join(map(str, shape))
            share = 0.8 if operation == "all" else 0.2
            recorder.add(f"{operation}_{size}_axes_{place}", operation,
                         lambda x, f=function, a=axes, k=keepdims:
                         f(x) if a is None else f(x, dim=a[0], keepdim=k),
                         lambda s, shape=shape, p=share: [s.mask(*shape, share=p).double()],
                         settings(axes, keepdims), dtypes=(torch.bool, torch.float32),
                         gradient=False)
        recorder.add(f"{operation}_empty", operation, lambda x, f=function: f(x, dim=1),
                     lambda s: [s.mask(2, 0)], settings([1], False), dtypes=(torch.bool,),
                     gradient=False)


def add_cumulative(recorder):
    shapes = [((6,), 0), ((3, 4), 0), ((3, 4), 1), ((2, 3, 4), -2), ((2, 0), 1)]
    for operation, function in (("cumsum", torch.cumsum), ("cumprod", torch.cumprod)):
        for shape, axis in shapes:
            size = "x".join(map(str, shape))
            recorder.add(f"{operation}_{size}_axis{str(axis).replace('-', 'm')}", operation,
                         lambda x, f=function, a=axis: f(x, a),
                         lambda s, shape=shape: [s.away_from_zero(*shape)], {"axis": axis})
        recorder.add(f"{operation}_transposed", operation, lambda x, f=function: f(x, 1),
                     lambda s: [s.away_from_zero(3, 4)], {"axis": 1, "transpose_input": True})
        recorder.add(f"{operation}_integer", operation, lambda x, f=function: f(x, 1),
                     lambda s: [s.whole(3, 4, low=1, high=5)], {"axis": 1},
                     dtypes=(torch.int32, torch.uint8), gradient=False)
    recorder.add("cumprod_zero", "cumprod", lambda x: x.cumprod(1),
                 [torch.tensor([[2.0, 0.0, 3.0, 4.0], [0.0, 1.5, 0.0, 2.0]],
                               dtype=torch.float64)], {"axis": 1})


def add_softmax(recorder):
    operations = {
        "softmax": lambda x, axis, k: torch.softmax(x, axis),
        "log_softmax": lambda x, axis, k: torch.log_softmax(x, axis),
        "logsumexp": lambda x, axis, k: torch.logsumexp(x, axis, keepdim=k),
    }
    special = torch.tensor([[0.0, -INFINITY, 1.0], [1e4, 1e4 + 1, -1e4],
                            [-INFINITY, -INFINITY, 2.0]], dtype=torch.float64)
    for operation, function in operations.items():
        keeps = operation == "logsumexp"
        for shape, axis in (((7,), 0), ((3, 5), 0), ((3, 5), 1), ((2, 3, 4), -2), ((3, 1), 1),
                            ((0, 4), 1)):
            size = "x".join(map(str, shape))
            arguments = {"axis": axis, **({"keepdims": axis == 0} if keeps else {})}
            recorder.add(f"{operation}_{size}_axis{str(axis).replace('-', 'm')}", operation,
                         lambda x, f=function, a=axis: f(x, a, a == 0),
                         lambda s, shape=shape: [s.normal(*shape, scale=2)], arguments)
        recorder.add(f"{operation}_transposed", operation,
                     lambda x, f=function: f(x, 1, False), lambda s: [s.normal(4, 3)],
                     {"axis": 1, "transpose_input": True})
        recorder.add(f"{operation}_masked", operation, lambda x, f=function: f(x, 1, False),
                     [torch.tensor([[0.5, -INFINITY, 1.0], [-INFINITY, -INFINITY, 2.0]],
                                   dtype=torch.float64)], {"axis": 1},
                     comment="entries of minus infinity receive a finite gradient")
        recorder.add(f"{operation}_special", operation, lambda x, f=function: f(x, 1, False),
                     [special], {"axis": 1}, gradient=False)
        recorder.add(f"{operation}_half", operation, lambda x, f=function: f(x, 1, False),
                     lambda s: [s.normal(3, 6)], {"axis": 1}, dtypes=HALVES)
