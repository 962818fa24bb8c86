"""Golden cases of views and of operations that rearrange, join, repeat or pad."""

import torch
import torch.nn.functional as F


def add_shapes(recorder):
    add_views(recorder)
    add_slices(recorder)
    add_joins(recorder)
    add_repetition(recorder)
    add_triangles(recorder)


def one(recorder, label, operation, function, shape, arguments, **more):
    recorder.add(f"{operation}_{label}", operation, function,
                 lambda s: [s.normal(*shape)], arguments, **more)


def add_views(recorder):
    for label, shape, target in (("flat", (2, 3), [6]), ("infer", (2, 6), [3, -1, 2]),
                                 ("scalar", (1, 1), []), ("empty", (0, 4), [2, 0, 2])):
        one(recorder, label, "reshape", lambda x, t=target: x.reshape(t), shape,
            {"shape": target})
    one(recorder, "transposed", "reshape", lambda x: x.reshape(2, 6), (4, 3),
        {"shape": [2, 6], "transpose_input": True}, comment="cannot be a view")
    for label, shape, axes in (("matrix", (2, 3), [0, 1]), ("negative", (2, 3, 4), [-1, 0]),
                               ("same", (2, 3), [1, 1])):
        one(recorder, label, "transpose", lambda x, a=axes: x.transpose(*a), shape,
            {"axes": axes})
    for label, shape, axes in (("cycle", (2, 3, 4), [2, 0, 1]), ("negative", (2, 3, 4), [-1, 0, 1]),
                               ("four", (2, 3, 2, 2), [0, 2, 1, 3])):
        one(recorder, label, "permute", lambda x, a=axes: x.permute(a), shape, {"axes": axes})
    for label, shape, target in (("row", (1, 3), [4, 3]), ("rank", (3, 1), [2, 3, 4]),
                                 ("scalar", (), [2, 2]), ("empty", (1, 3), [0, 3])):
        one(recorder, label, "expand", lambda x, t=target: x.expand(t), shape, {"shape": target})
    for label, shape, axis in (("first", (1, 3), 0), ("last", (3, 1), -1), ("middle", (2, 1, 3), 1)):
        one(recorder, label, "squeeze", lambda x, a=axis: x.squeeze(a), shape, {"axis": axis})
    one(recorder, "every", "squeeze", lambda x: x.squeeze(), (1, 3, 1), {},
        comment="without an axis every axis of length one goes")
    for label, shape, axis in (("first", (2, 3), 0), ("last", (2, 3), -1), ("middle", (2, 3), 1),
                               ("scalar", (), 0)):
        one(recorder, label, "unsqueeze", lambda x, a=axis: x.unsqueeze(a), shape, {"axis": axis})
    for label, shape, axes in (("last", (2, 3), [-1]), ("both", (2, 3), [0, 1]),
                               ("middle", (2, 3, 2), [1])):
        one(recorder, label, "flip", lambda x, a=axes: x.flip(a), shape, {"axes": axes})
    for label, shape, offset, axes in (
            ("main", (3, 4), 0, [0, 1]), ("above", (3, 4), 2, [0, 1]), ("below", (4, 3), -1, [0, 1]),
            ("batched", (2, 3, 3), 0, [-2, -1]), ("outside", (2, 2), 2, [0, 1])):
        one(recorder, label, "diagonal",
            lambda x, o=offset, a=axes: torch.diagonal(x, o, a[0], a[1]), shape,
            {"offset": offset, "axes": axes})


def add_slices(recorder):
    for label, shape, axis, start, length in (("first", (4, 3), 0, 1, 2), ("last", (2, 5), -1, 2, 3),
                                              ("empty", (4, 3), 0, 4, 0)):
        one(recorder, label, "narrow",
            lambda x, a=axis, b=start, n=length: x.narrow(a, b, n), shape,
            {"axis": axis, "start": start, "length": length})
    one(recorder, "transposed", "narrow", lambda x: x.narrow(0, 1, 2), (3, 4),
        {"axis": 0, "start": 1, "length": 2, "transpose_input": True})
    for label, shape, ranges in (
            ("steps", (5, 6), [[0, 5, 2], [1, 6, 3]]), ("partial", (4, 3), [[1, 3, 1]]),
            ("uneven", (7,), [[1, 7, 4]]), ("empty", (4, 3), [[2, 2, 1], [0, 3, 1]])):
        one(recorder, label, "slice",
            lambda x, r=ranges: x[tuple(slice(*bounds) for bounds in r)], shape,
            {"ranges": ranges}, comment="[start, end, step] for the leading axes")
    for label, shape, axis, size in (("even", (4, 3), 0, 2), ("rest", (2, 5), 1, 2)):
        one(recorder, label, "split", lambda x, a=axis, n=size: x.split(n, a), shape,
            {"axis": axis, "size": size})
    one(recorder, "sizes", "split", lambda x: x.split([1, 3, 2], -1), (2, 6),
        {"axis": -1, "sizes": [1, 3, 2]})
    for label, shape, axis, count in (("even", (2, 6), 1, 3), ("rest", (7, 2), 0, 3)):
        one(recorder, label, "chunk", lambda x, a=axis, n=count: x.chunk(n, a), shape,
            {"axis": axis, "count": count})


def add_joins(recorder):
    for label, shapes, axis in (("rows", [(2, 3), (1, 3), (3, 3)], 0),
                                ("columns", [(2, 3), (2, 1)], -1),
                                ("empty", [(2, 3), (0, 3)], 0), ("single", [(2, 3)], 1)):
        recorder.add(f"concatenate_{label}", "concatenate",
                     lambda *xs, a=axis: torch.cat(xs, a),
                     lambda s, shapes=shapes: [s.normal(*shape) for shape in shapes],
                     {"axis": axis})
    recorder.add("concatenate_transposed", "concatenate", lambda *xs: torch.cat(xs, 0),
                 lambda s: [s.normal(3, 2), s.normal(3, 4)], {"axis": 0, "transpose_input": True})
    for label, count, axis in (("first", 3, 0), ("last", 2, -1), ("middle", 2, 1)):
        recorder.add(f"stack_{label}", "stack", lambda *xs, a=axis: torch.stack(xs, a),
                     lambda s, n=count: [s.normal(2, 3) for _ in range(n)], {"axis": axis})


def add_repetition(recorder):
    for label, shape, counts in (("matrix", (2, 3), [2, 3]), ("rank", (3,), [2, 1, 2]),
                                 ("zero", (2, 3), [0, 1])):
        one(recorder, label, "repeat", lambda x, n=counts: x.repeat(n), shape, {"counts": counts},
            comment="tiles the whole tensor, as torch.Tensor.repeat does")
    for label, shape, shifts, axes in (("one", (2, 5), [2], [1]), ("back", (2, 5), [-1], [-1]),
                                       ("both", (3, 4), [1, -2], [0, 1]), ("wrap", (5,), [12], [0])):
        one(recorder, label, "roll", lambda x, n=shifts, a=axes: x.roll(n, a), shape,
            {"shifts": shifts, "axes": axes})
    for label, shape, widths, value in (("matrix", (2, 3), [[1, 0], [2, 1]], 0.0),
                                        ("value", (2, 3), [[0, 0], [1, 1]], -1.5),
                                        ("vector", (3,), [[2, 2]], 7.0),
                                        ("empty", (0, 2), [[1, 1], [0, 0]], 0.5)):
        flat = [n for pair in reversed(widths) for n in pair]
        one(recorder, label, "pad", lambda x, w=flat, v=value: F.pad(x, w, value=v), shape,
            {"widths": widths, "value": value},
            comment="[before, after] for each axis, outermost first")


def add_triangles(recorder):
    for operation, function in (("tril", torch.tril), ("triu", torch.triu)):
        for label, shape, diagonal in (("main", (3, 4), 0), ("above", (3, 4), 1),
                                       ("below", (4, 3), -2), ("batched", (2, 3, 3), 0)):
            one(recorder, label, operation, lambda x, f=function, d=diagonal: f(x, d), shape,
                {"diagonal": diagonal})
