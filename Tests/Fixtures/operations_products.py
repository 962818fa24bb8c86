"""Golden cases of matrix products, linear layers and Einstein sums."""

import torch
import torch.nn.functional as F

MATMULS = {
    "square": ((3, 3), (3, 3)),
    "wide": ((2, 5), (5, 3)),
    "batched": ((2, 3, 4), (2, 4, 2)),
    "shared_right": ((2, 3, 4), (4, 2)),
    "shared_left": ((3, 4), (2, 4, 2)),
    "broadcast": ((2, 1, 2, 3), (3, 3, 2)),
    "vectors": ((5,), (5,)),
    "matrix_vector": ((3, 4), (4,)),
    "vector_matrix": ((4,), (4, 3)),
    "batch_vector": ((2, 3, 4), (4,)),
    "vector_batch": ((3,), (2, 3, 2)),
    "one": ((1, 1), (1, 1)),
    "no_inner": ((2, 0), (0, 3)),
    "no_rows": ((0, 3), (3, 2)),
    "no_batch": ((0, 2, 3), (0, 3, 2)),
}
EINSUMS = {
    "ij,jk->ik": ((2, 3), (3, 4)),
    "bij,bjk->bik": ((2, 2, 3), (2, 3, 2)),
    "bhid,bhjd->bhij": ((2, 2, 3, 2), (2, 2, 2, 2)),
    "bihd,bjhd->bhij": ((2, 3, 2, 2), (2, 2, 2, 2)),
    "bi,oi->bo": ((3, 4), (2, 4)),
    "ij->ji": ((2, 3),),
    "ij->": ((2, 3),),
    "ij->j": ((2, 3),),
    "ii->i": ((3, 3),),
    "ii": ((3, 3),),
    "i,j->ij": ((3,), (4,)),
    "i,i->": ((4,), (4,)),
    "ij,ij->i": ((3, 4), (3, 4)),
    "ij,jk": ((2, 3), (3, 2)),
    "ba,ca": ((2, 3), (2, 3)),
    "...ij,...jk->...ik": ((2, 1, 2, 3), (3, 3, 2)),
    "...i->...": ((2, 3, 4),),
    "ijk,kl,lm->ijm": ((2, 2, 3), (3, 2), (2, 3)),
    "ij,k->i": ((2, 3), (4,)),
    "a,b,c->abc": ((2,), (3,), (2,)),
}


def add_products(recorder):
    for label, (left, right) in MATMULS.items():
        recorder.add(f"matmul_{label}", "matmul", torch.matmul,
                     lambda s, l=left, r=right: [s.normal(*l), s.normal(*r)])
    for label, left, right in (("transposed", (4, 3), (2, 4)),
                               ("transposed_batch", (2, 4, 3), (2, 2, 4))):
        recorder.add(f"matmul_{label}", "matmul", torch.matmul,
                     lambda s, l=left, r=right: [s.normal(*l), s.normal(*r)],
                     {"transpose_input": True})
    recorder.add("matmul_bfloat16", "matmul", torch.matmul,
                 lambda s: [s.normal(3, 5), s.normal(5, 2)], dtypes=(torch.bfloat16,),
                 tolerance=3e-2)
    for label, shape, bias in (("matrix", (3, 4), True), ("no_bias", (3, 4), False),
                               ("vector", (4,), True), ("batched", (2, 3, 4), True),
                               ("batched_no_bias", (2, 2, 2, 4), False), ("empty", (0, 4), True)):
        recorder.add(f"linear_{label}", "linear", F.linear,
                     lambda s, shape=shape, bias=bias:
                     [s.normal(*shape), s.normal(5, 4)] + ([s.normal(5)] if bias else []),
                     comment="weight is [outputs, inputs]")
    for number, (equation, shapes) in enumerate(EINSUMS.items()):
        recorder.add(f"einsum_{number}", "einsum", lambda *xs, e=equation: torch.einsum(e, *xs),
                     lambda s, shapes=shapes: [s.normal(*shape) for shape in shapes],
                     {"equation": equation})
