"""Writes LinearAlgebra/: golden values and gradients of matrix factorisations and solvers.

Factors are unique only up to signs, so they are recorded in one convention: QR has a positive
diagonal of R; each eigenvector and each left singular vector has its largest entry in magnitude
positive. A test brings its own result into that convention, or compares the reconstruction.
"""

from pathlib import Path

import torch

from fixture_recorder import Recorder

BATCHES = {"single": (), "batched": (3,), "grid": (2, 1)}


def well_conditioned(source, *shape):
    """Random matrices whose diagonal dominates, with determinants of either sign."""
    matrix = source.normal(*shape, scale=0.5)
    n = shape[-1]
    signs = torch.where(torch.arange(n) % 2 == 0, 2.0, -2.0).double()
    return matrix + torch.diag(signs * (1 + 0.2 * torch.arange(n)))


def positive_definite(source, *shape):
    root = source.normal(*shape)
    return root @ root.mT + torch.eye(shape[-1], dtype=torch.float64)


def column_signs(vectors):
    """Signs that make the entry of largest magnitude in every column positive."""
    largest = vectors.abs().argmax(-2, keepdim=True)
    return vectors.gather(-2, largest).sign()


def qr(matrix):
    q, r = torch.linalg.qr(matrix, mode="reduced")
    signs = torch.diagonal(r, 0, -2, -1).sign()
    return q * signs.unsqueeze(-2), r * signs.unsqueeze(-1)


def svd(matrix):
    u, s, vt = torch.linalg.svd(matrix, full_matrices=False)
    signs = column_signs(u)
    return u * signs, s, vt * signs.mT


def symmetric_eigen(matrix):
    values, vectors = torch.linalg.eigh(matrix)
    return values, vectors * column_signs(vectors)


def cholesky(matrix):
    """PyTorch reads the lower triangle; the symmetric part makes its gradient symmetric, too."""
    return torch.linalg.cholesky(matrix)


def determinants(recorder, batch, label):
    recorder.add(f"inverse_{label}", "inverse", torch.linalg.inv,
                 lambda s: [well_conditioned(s, *batch, 4, 4)])
    recorder.add(f"determinant_{label}", "determinant", torch.linalg.det,
                 lambda s: [well_conditioned(s, *batch, 4, 4)])


def main():
    torch.set_num_threads(1)
    recorder = Recorder()
    for label, batch in BATCHES.items():
        recorder.add(f"cholesky_{label}", "cholesky", cholesky,
                     lambda s: [positive_definite(s, *batch, 4, 4)],
                     comment="lower factor; the gradient is symmetric")
        determinants(recorder, batch, label)
        for upper in (False, True):
            for transposed in (False, True):
                for unit in (False, True):
                    add_triangular(recorder, label, batch, upper, transposed, unit)
        for columns in ("matrix", "vector"):
            if columns == "vector" and batch:
                continue
            shape = (4,) if columns == "vector" else (*batch, 4, 2)
            recorder.add(f"solve_{label}_{columns}", "solve", torch.linalg.solve,
                         lambda s, shape=shape:
                         [well_conditioned(s, *batch, 4, 4), s.normal(*shape)])
        for kind, rows, width in (("tall", 5, 3), ("square", 3, 3), ("wide", 2, 4)):
            recorder.add(f"qr_{label}_{kind}", "qr", qr,
                         lambda s, r=rows, w=width: [s.normal(*batch, r, w)], {"mode": "reduced"},
                         gradient=False, tolerance={"float32": 2e-5})
            recorder.add(f"svd_{label}_{kind}", "svd", svd,
                         lambda s, r=rows, w=width: [s.normal(*batch, r, w)],
                         {"full": False}, gradient=False, tolerance={"float32": 2e-5},
                         comment="U, singular values in descending order, V transposed")
        recorder.add(f"symmetric_eigen_{label}", "symmetric_eigen", symmetric_eigen,
                     lambda s: [symmetric(s, *batch, 4, 4)], gradient=False,
                     tolerance={"float32": 2e-5},
                     comment="values in ascending order, vectors in the columns")
        recorder.add(f"least_squares_{label}", "least_squares",
                     lambda a, b: torch.linalg.lstsq(a, b, driver="gelsd").solution,
                     lambda s: [s.normal(*batch, 6, 3), s.normal(*batch, 6, 2)], gradient=False,
                     tolerance={"float32": 2e-5})
    for label, matrix in (("one", [[3.0]]), ("singular", [[1.0, 2.0], [2.0, 4.0]])):
        recorder.add(f"determinant_{label}", "determinant", torch.linalg.det,
                     [torch.tensor(matrix, dtype=torch.float64)], gradient=False)
    recorder.write(Path(__file__).parent / "LinearAlgebra", "linear_algebra")


def symmetric(source, *shape):
    root = source.normal(*shape)
    return root + root.mT


def add_triangular(recorder, label, batch, upper, transposed, unit):
    """Solves A x = b, or A^T x = b; the unused triangle holds values that must be ignored."""
    def solve(a, b):
        triangle = a.triu() if upper else a.tril()
        if transposed:
            triangle = triangle.mT
        return torch.linalg.solve_triangular(triangle, b, upper=upper != transposed,
                                             unitriangular=unit)

    name = "_".join(["triangular_solve", label, "upper" if upper else "lower"]
                    + ["transposed"] * transposed + ["unit"] * unit)
    recorder.add(name, "triangular_solve", solve,
                 lambda s: [well_conditioned(s, *batch, 4, 4), s.normal(*batch, 4, 2)],
                 {"upper": upper, "transposed": transposed, "unitDiagonal": unit})


if __name__ == "__main__":
    main()
