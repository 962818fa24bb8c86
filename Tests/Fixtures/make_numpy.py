"""Writes Numpy/: .npy files of every version, order and dtype, and arrays as NumPy prints them."""

import json
import math
import warnings
from pathlib import Path

import numpy as np

from fixture_recorder import write_json

FOLDER = Path(__file__).parent / "Numpy"
DTYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "b1"]


def number(value):
    """A JSON value; what JSON cannot write as a number becomes a string."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan")
    return value


def save(rows, name, array, version):
    path = FOLDER / f"{name}.npy"
    with open(path, "wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy advises against version 3 for plain arrays
        np.lib.format.write_array(file, array, version=version)
    rows.append({
        "file": path.name, "dtype": array.dtype.name, "shape": list(array.shape),
        "version": list(version), "descr": array.dtype.str,
        "fortran_order": bool(array.flags.f_contiguous and not array.flags.c_contiguous),
        "values": [number(v) for v in array.ravel(order="C")],
    })


def sample(code, shape):
    count = math.prod(shape)
    if code == "b1":
        values = np.arange(count) % 3 == 1
    elif code[0] == "f":
        values = (np.arange(count) - count / 2) * 0.75
    else:
        values = np.arange(count) * 7 - (0 if code[0] == "u" else 30)
    return values.reshape(shape).astype(code)


def write_files():
    rows = []
    for code in DTYPES:
        save(rows, f"c_{code}", sample(code, (2, 3)), (1, 0))
        save(rows, f"fortran_{code}", np.asfortranarray(sample(code, (3, 2))), (1, 0))
        if code not in ("i1", "u1", "b1"):
            save(rows, f"big_endian_{code}", sample(code, (2, 2)).astype(">" + code), (1, 0))
    for version in ((2, 0), (3, 0)):
        save(rows, f"version{version[0]}", sample("f4", (2, 2, 3)), version)
    for code in ("f4", "i8", "b1"):
        save(rows, f"scalar_{code}", sample(code, ()), (1, 0))
    save(rows, "empty", sample("f4", (0,)), (1, 0))
    save(rows, "empty_middle", sample("f8", (2, 0, 3)), (1, 0))
    save(rows, "vector", sample("f4", (5,)), (1, 0))
    save(rows, "fortran_cube", np.asfortranarray(sample("f4", (2, 3, 4))), (1, 0))
    save(rows, "special_f4", np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38], "f4"), (1, 0))
    save(rows, "special_f2", np.array([np.nan, np.inf, -np.inf, -0.0, 6e-8, 65504], "f2"), (1, 0))
    save(rows, "extreme_i8", np.array([-2**63, 2**63 - 1, 2**53 + 1], "i8"), (1, 0))
    np.save(FOLDER / "unsupported_complex.npy", np.array([1 + 2j], "c8"))
    write_json(FOLDER / "files.json", {"numpy": np.__version__,
                                       "unsupported": ["unsupported_complex.npy"]}, "files", rows)
    return len(rows)


def printed_arrays():
    """Name and array of every printed form under NumPy's default options."""
    yield "vector", np.array([1.0, 2.5, -3.25], "f4")
    yield "whole_floats", np.array([1.0, 2.0, 30.0], "f4")
    yield "thirds_f4", np.arange(6, dtype="f4").reshape(2, 3) / 3
    yield "thirds_f8", np.arange(6, dtype="f8").reshape(2, 3) / 3
    yield "thirds_f2", (np.arange(6) / 3).reshape(2, 3).astype("f2")
    yield "decimals", np.array([0.1, 0.12, 0.123456789, 100.5], "f8")
    yield "shortest_f4", np.array([0.1, 0.2, 0.7, 3.1415927, 2.7182817], "f4")
    yield "negative_zero", np.array([0.0, -0.0], "f4")
    yield "negatives", np.array([[-1.5, 2.0], [3.25, -40.125]], "f4")
    yield "large", np.array([1e10, 2.0], "f4")
    yield "scientific_large", np.array([1e8, 1.0], "f8")
    yield "below_scientific", np.array([99999999.0, 1.0], "f8")
    yield "scientific_small", np.array([1e-5, 1.0], "f8")
    yield "not_small_enough", np.array([0.0001, 0.05], "f8")
    yield "scientific_ratio", np.array([0.0005, 1.0], "f8")
    yield "ratio_limit", np.array([1.0, 1000.0, 0.5], "f8")
    yield "ratio_above", np.array([0.5, 600.0], "f8")
    yield "scientific_f4", np.array([1.5e-7, -2.25e12, 3.0], "f4")
    yield "scientific_exponent", np.array([1e-100, 1e100], "f8")
    yield "scientific_whole", np.array([1e20, 2e20], "f8")
    yield "nan_only", np.array([np.nan], "f4")
    yield "not_finite", np.array([np.nan, np.inf, -np.inf, 1.0], "f4")
    yield "not_finite_wide", np.array([np.nan, np.inf, -np.inf, 1.125, 1000.0], "f4")
    yield "not_finite_scientific", np.array([np.nan, -np.inf, 1e-9], "f4")
    yield "infinities", np.array([np.inf, -np.inf], "f8")
    yield "zeros", np.zeros((2, 2), "f4")
    yield "half", np.array([0.1, 65504, -6e-8], "f2")
    yield "integers", np.array([[1, -20], [300, 4]], "i4")
    yield "int64", np.array([-2**63, 0, 2**63 - 1], "i8")
    yield "int8", np.array([-128, 127], "i1")
    yield "uint8", np.array([0, 9, 255], "u1")
    yield "booleans", np.array([[True, False], [False, True]])
    yield "booleans_all_true", np.array([True, True])
    yield "cube", np.arange(24, dtype="i8").reshape(2, 3, 4)
    yield "cube_floats", np.arange(8, dtype="f4").reshape(2, 2, 2) / 8
    yield "four_axes", np.arange(8, dtype="i4").reshape(2, 1, 2, 2)
    yield "scalar", np.array(3.5, "f4")
    yield "scalar_third", np.array(1 / 3, "f4")
    yield "scalar_double", np.array(1 / 3, "f8")
    yield "scalar_large", np.array(1e20, "f8")
    yield "scalar_whole", np.array(7, "i8")
    yield "scalar_bool", np.array(True)
    yield "scalar_nan", np.array(np.nan, "f4")
    yield "empty", np.zeros((0,), "f4")
    yield "empty_rows", np.zeros((0, 3), "f4")
    yield "empty_columns", np.zeros((2, 0), "f4")
    yield "wrapped_floats", np.arange(20, dtype="f4") / 7
    yield "wrapped_integers", np.arange(40, dtype="i4") * 100
    yield "wrapped_rows", np.arange(60, dtype="i4").reshape(2, 30)
    yield "full_at_1000", np.arange(1000, dtype="i4")
    yield "summarised_vector", np.arange(1001, dtype="i4")
    yield "summarised_floats", np.arange(2000, dtype="f4") / 3
    yield "summarised_matrix", np.arange(10000, dtype="i4").reshape(100, 100)
    yield "summarised_matrix_floats", np.arange(1600, dtype="f4").reshape(40, 40) / 16
    yield "summarised_rows", np.arange(1200, dtype="i4").reshape(400, 3)
    yield "summarised_cube", np.arange(1728, dtype="i4").reshape(12, 12, 12)
    yield "summarised_bools", np.arange(1500) % 2 == 0


def generator_of(name, array):
    """Values in full, or for long arrays the rule `arange(count) * scale` that rebuilds them."""
    if array.size <= 100:
        return {"values": [number(v) for v in array.ravel()]}
    rules = {"full_at_1000": "i", "summarised_vector": "i", "summarised_floats": "i / 3",
             "summarised_matrix": "i", "summarised_matrix_floats": "i / 16",
             "summarised_rows": "i", "summarised_cube": "i", "summarised_bools": "i % 2 == 0"}
    return {"rule": rules[name]}


def write_printed():
    rows = []
    for name, array in printed_arrays():
        rows.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape),
                     **generator_of(name, array), "text": str(array), "repr": repr(array),
                     "array2string": np.array2string(array)})
    write_json(FOLDER / "printed.json", {"numpy": np.__version__,
                                         "options": json.loads(json.dumps(
                                             np.get_printoptions(), default=str))},
               "printed", rows)
    return len(rows)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    print(f"numpy: {write_files()} files, {write_printed()} printed arrays")
