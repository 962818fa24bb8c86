"""Golden cases of indexing, scattering, ordering and one-hot encoding."""

import torch
import torch.nn.functional as F

NAN = float("nan")


def add_indexing(recorder):
    add_gathering(recorder)
    add_scattering(recorder)
    add_masks(recorder)
    add_ordering(recorder)


def add_gathering(recorder):
    for label, shape, index, axis in (("columns", (3, 5), (3, 4), 1), ("rows", (4, 3), (2, 3), 0),
                                      ("smaller", (3, 5), (2, 2), -1), ("deep", (2, 3, 4), (2, 2, 4), 1),
                                      ("empty", (3, 5), (3, 0), 1)):
        recorder.add(f"gather_{label}", "gather", lambda x, i, a=axis: torch.gather(x, a, i),
                     lambda s, shape=shape, index=index, axis=axis:
                     [s.normal(*shape), s.integers(*index, high=shape[axis])], {"axis": axis})
    for label, shape, count, axis in (("rows", (4, 3), 6, 0), ("columns", (2, 5), 3, -1),
                                      ("middle", (2, 4, 3), 5, 1), ("empty", (4, 3), 0, 0)):
        recorder.add(f"index_select_{label}", "index_select",
                     lambda x, i, a=axis: torch.index_select(x, a, i),
                     lambda s, shape=shape, n=count, axis=axis:
                     [s.normal(*shape), s.integers(n, high=shape[axis])], {"axis": axis})
    for label, shape in (("vector", (5,)), ("matrix", (2, 3)), ("scalar", ()), ("empty", (0, 2))):
        recorder.add(f"embedding_{label}", "embedding", F.embedding,
                     lambda s, shape=shape: [s.integers(*shape, high=6), s.normal(6, 4)])
    for label, shape, classes in (("vector", (5,), 4), ("matrix", (2, 3), 5)):
        recorder.add(f"one_hot_{label}", "one_hot", lambda i, n=classes: F.one_hot(i, n),
                     lambda s, shape=shape, n=classes: [s.integers(*shape, high=n)],
                     {"classes": classes}, dtypes=(torch.int64,), gradient=False)


def unique_positions(source, length, index, axis):
    """Index tensor without repetition along `axis`, where scatter is well defined."""
    order = source.uniform(*[length if a == axis else n for a, n in enumerate(index)])
    return order.argsort(axis).narrow(axis, 0, index[axis]).contiguous()


def add_scattering(recorder):
    for label, shape, index, axis in (("columns", (3, 5), (3, 4), 1), ("rows", (4, 3), (2, 3), 0),
                                      ("smaller", (3, 5), (2, 2), 1)):
        recorder.add(f"scatter_{label}", "scatter",
                     lambda x, i, y, a=axis: torch.scatter(x, a, i, y),
                     lambda s, shape=shape, index=index, axis=axis:
                     [s.normal(*shape), unique_positions(s, shape[axis], index, axis),
                      s.normal(*index)], {"axis": axis})
    for label, shape, index, axis in (("columns", (3, 4), (3, 7), 1), ("rows", (3, 2), (6, 2), 0),
                                      ("deep", (2, 3, 2), (2, 5, 2), -2)):
        recorder.add(f"scatter_add_{label}", "scatter_add",
                     lambda x, i, y, a=axis: torch.scatter_add(x, a, i, y),
                     lambda s, shape=shape, index=index, axis=axis:
                     [s.normal(*shape), s.integers(*index, high=shape[axis]), s.normal(*index)],
                     {"axis": axis}, comment="indices repeat")
    recorder.add("scatter_add_integer", "scatter_add",
                 lambda x, i, y: torch.scatter_add(x, 0, i, y),
                 lambda s: [s.whole(4), s.integers(9, high=4), s.whole(9)], {"axis": 0},
                 dtypes=(torch.int32, torch.int64), gradient=False)


def add_masks(recorder):
    for label, shape, mask in (("same", (3, 4), (3, 4)), ("row", (3, 4), (4,)),
                               ("column", (2, 3, 4), (3, 1))):
        recorder.add(f"masked_fill_{label}", "masked_fill",
                     lambda x, m: torch.masked_fill(x, m, -2.5),
                     lambda s, shape=shape, mask=mask: [s.normal(*shape), s.mask(*mask)],
                     {"value": -2.5})
    recorder.add("masked_select_same", "masked_select", torch.masked_select,
                 lambda s: [s.normal(3, 4), s.mask(3, 4)])
    recorder.add("masked_select_row", "masked_select", torch.masked_select,
                 lambda s: [s.normal(3, 4), torch.tensor([True, False, True, False])])
    recorder.add("masked_select_none", "masked_select", torch.masked_select,
                 lambda s: [s.normal(2, 3), torch.zeros(2, 3, dtype=torch.bool)])


def add_ordering(recorder):
    ties = torch.tensor([[2.0, 1.0, 2.0, 1.0, 3.0], [5.0, 5.0, 5.0, 4.0, 4.0]],
                        dtype=torch.float64)
    nans = torch.tensor([3.0, NAN, -1.0, float("inf"), NAN, float("-inf")], dtype=torch.float64)
    for descending in (False, True):
        way = "descending" if descending else "ascending"
        sort = lambda x, a, d=descending: torch.sort(x, dim=a, descending=d, stable=True)
        argsort = lambda x, a, d=descending: torch.argsort(x, dim=a, descending=d, stable=True)
        for label, shape, axis in (("vector", (9,), 0), ("columns", (4, 3), 0),
                                   ("rows", (3, 6), -1), ("empty", (2, 0), 1)):
            draw = lambda s, shape=shape: [s.distinct(*shape)]
            arguments = {"axis": axis, "descending": descending}
            recorder.add(f"sort_{label}_{way}", "sort", lambda x, a=axis, f=sort: tuple(f(x, a)),
                         draw, arguments)
            recorder.add(f"argsort_{label}_{way}", "argsort", lambda x, a=axis, f=argsort: f(x, a),
                         draw, arguments, gradient=False)
        arguments = {"axis": 1, "descending": descending}
        recorder.add(f"sort_transposed_{way}", "sort", lambda x, f=sort: tuple(f(x, 1)),
                     lambda s: [s.distinct(4, 3)], {**arguments, "transpose_input": True})
        recorder.add(f"sort_ties_{way}", "sort", lambda x, f=sort: tuple(f(x, 1)), [ties],
                     arguments, gradient=False, comment="equal values keep their order",
                     dtypes=(torch.float32, torch.float64, torch.int32, torch.uint8))
        recorder.add(f"sort_nan_{way}", "sort", lambda x, f=sort: tuple(f(x, 0)), [nans],
                     {"axis": 0, "descending": descending}, gradient=False,
                     comment="NaN counts as larger than everything")
    for label, shape, k, axis, largest in (
            ("vector", (8,), 3, 0, True), ("rows", (3, 6), 2, -1, True),
            ("columns", (5, 3), 2, 0, False), ("whole", (2, 4), 4, 1, True)):
        recorder.add(f"topk_{label}", "topk",
                     lambda x, k=k, a=axis, l=largest: tuple(torch.topk(x, k, a, largest=l)),
                     lambda s, shape=shape: [s.distinct(*shape)],
                     {"k": k, "axis": axis, "largest": largest}, comment="best first")
