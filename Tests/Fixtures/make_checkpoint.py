#!/usr/bin/env python3
"""Makes Tests/Fixtures/Checkpoint with the reference implementation of safetensors.

    pip install safetensors==0.8.0 numpy==2.4.6 huggingface_hub==2.4.0
    python3 Tests/Fixtures/make_checkpoint.py

Files: `*.safetensors` and what the reference reads from them (`contents.json`); headers with one
fault each and the reference's verdict (`headers.json`); a sharded checkpoint (`sharded/`).
"""

import ctypes
import json
import pathlib
import shutil
import struct

import numpy
from huggingface_hub.serialization._base import split_state_dict_into_shards_factory
from safetensors import deserialize, serialize_file
from safetensors._safetensors_rust import TensorSpec

folder = pathlib.Path(__file__).parent / "Checkpoint"
random = numpy.random.Generator(numpy.random.PCG64(2))
alive = []


def spec(dtype, shape, data):
    buffer = (ctypes.c_uint8 * max(len(data), 1)).from_buffer_copy(data or b"\0")
    alive.append(buffer)
    return TensorSpec(
        dtype=dtype, shape=shape, data_ptr=ctypes.addressof(buffer), data_len=len(data)
    )


SIZES = {
    "bool": 1, "uint8": 1, "int8": 1, "float8_e5m2": 1, "float8_e4m3fn": 1, "float8_e8m0fnu": 1,
    "float8_e4m3fnuz": 1, "float8_e5m2fnuz": 1, "float4_e2m1fn_x2": 1, "int16": 2, "uint16": 2,
    "float16": 2, "bfloat16": 2, "int32": 4, "uint32": 4, "float32": 4, "complex64": 8,
    "float64": 8, "int64": 8, "uint64": 8,
}  # fmt: skip


def tensor(dtype, shape):
    count = int(numpy.prod(shape, dtype=numpy.int64)) * SIZES[dtype]
    data = random.integers(0, 2 if dtype == "bool" else 256, count, numpy.uint8).tobytes()
    return spec(dtype, shape, data)


def container(header, data=b""):
    text = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype, shape, begin, end, **more):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end], **more}


def reading(data):
    """What the reference reads, or its complaint."""
    try:
        return {
            "tensors": {
                name: [view["dtype"], view["shape"], bytes(view["data"]).hex()]
                for name, view in deserialize(data)
            }
        }
    except Exception as error:
        return {"error": str(error)}


def write_files():
    every = {}
    for dtype in SIZES:
        every[f"b.{dtype}"] = tensor(dtype, [2, 3])
        every[f"a.{dtype}"] = tensor(dtype, [2])
    odd = {
        "scalar": tensor("float32", []),
        "nothing": tensor("float32", [0]),
        "nothing either": tensor("int64", [3, 0, 2]),
        "": tensor("uint8", [3]),
        "\"\\/\b\f\n\r\t\x01\x1f\x7f": tensor("float16", [1, 1, 1, 3]),
        "é 漢字 😀": tensor("uint8", [5]),
        "e\u0301": tensor("uint8", [1]),
        "\u00e9": tensor("uint8", [1]),
        "Z": tensor("uint8", [1]),
        "a": tensor("uint8", [1]),
    }
    serialize_file(every, folder / "every_type.safetensors", {"format": "pt"})
    serialize_file(odd, folder / "odd_names.safetensors", {"note": "a \"quoted\"\nline é"})
    serialize_file({}, folder / "empty.safetensors", None)
    serialize_file({"x": tensor("float32", [2])}, folder / "one.safetensors", None)
    # The writer above has no six-bit types and always aligns; readers must take both.
    header = {
        "six": entry("F6_E2M3", [4], 0, 3),
        "other six": entry("F6_E3M2", [2, 4], 3, 9),
        "crooked": entry("F32", [2], 9, 17),
        "__metadata__": {"b": "2", "a": "1"},
        "four": entry("F4", [2, 3], 17, 20),
    }
    data = random.integers(0, 256, 20, numpy.uint8).tobytes()
    (folder / "crooked.safetensors").write_bytes(container(json.dumps(header), data))
    contents = {
        path.name: reading(path.read_bytes())["tensors"]
        for path in sorted(folder.glob("*.safetensors"))
    }
    (folder / "contents.json").write_text(json.dumps(contents, indent=1, ensure_ascii=False))


def write_headers():
    """Headers by name; all but the first few have one fault."""
    one = json.dumps({"x": entry("U8", [1], 0, 1)})
    big = 2**63 - 1
    field = '{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]%s}}'
    cases = {
        "valid": container(one, b"1"),
        "no tensors": container("{}"),
        "space after": container(one + " \n\t\r", b"1"),
        "null metadata": container('{"__metadata__":null}'),
        "unknown field": container(field % ',"more":[{}]', b"1"),
        "zero times large": container(json.dumps({"x": entry("U8", [0, big, big], 0, 0)})),
        "empty tensors at one place": container(
            json.dumps({"x": entry("U8", [0], 0, 0), "y": entry("F32", [2, 0], 0, 0)})
        ),
        "no bytes": b"",
        "seven bytes": b"1234567",
        "length 100000001": struct.pack("<Q", 100_000_001) + b"{}",
        "length 2^63": struct.pack("<Q", 2**63) + b"{}",
        "length 2^64-1": struct.pack("<Q", 2**64 - 1) + b"{}",
        "length 100000000 of 2": struct.pack("<Q", 100_000_000) + b"{}",
        "length 3 of 2": struct.pack("<Q", 3) + b"{}",
        "length 0": container(""),
        "space before": container(" " + one, b"1"),
        "array": container("[]"),
        "text": container("hello, world"),
        "number": container("1"),
        "null": container("null"),
        "zip archive": b"PK\x03\x04\x00\x00\x08\x08" + bytes(64),
        "invalid UTF-8": container(b'{"\xff":{}}'),
        "encoded surrogate": container(b'{"\xed\xa0\x80":{}}'),
        "byte order mark": container(b"\xef\xbb\xbf{}"),
        "unfinished": container("{"),
        "two objects": container("{}{}"),
        "zero byte after": container("{}\0"),
        "trailing comma": container(one[:-1] + ",}", b"1"),
        "lone surrogate": container(field.replace('"x"', '"\\ud800"') % "", b"1"),
        "control character": container(field.replace('"x"', '"\n"') % "", b"1"),
        "deep nesting": container(field % (',"m":' + "[" * 200 + "]" * 200), b"1"),
        "same tensor twice": container(one[:-1] + "," + one[1:], b"1"),
        "same field twice": container(field % ',"dtype":"U8"', b"1"),
        "same metadata key twice": container('{"__metadata__":{"a":"b","a":"c"}}'),
        "metadata twice": container('{"__metadata__":{},"__metadata__":{}}'),
        "metadata number": container('{"__metadata__":{"a":1}}'),
        "metadata null value": container('{"__metadata__":{"a":null}}'),
        "metadata array": container('{"__metadata__":["a"]}'),
        "metadata text": container('{"__metadata__":"a"}'),
        "entry null": container('{"x":null}'),
        "entry number": container('{"x":1}'),
        "entry empty": container('{"x":{}}'),
        "no dtype": container('{"x":{"shape":[1],"data_offsets":[0,1]}}', b"1"),
        "no shape": container('{"x":{"dtype":"U8","data_offsets":[0,1]}}', b"1"),
        "no offsets": container('{"x":{"dtype":"U8","shape":[1]}}', b"1"),
        "offsets named offsets": container('{"x":{"dtype":"U8","shape":[1],"offsets":[0,1]}}', b"1"),
        "dtype number": container('{"x":{"dtype":8,"shape":[1],"data_offsets":[0,1]}}', b"1"),
        "dtype lower case": container(json.dumps({"x": entry("u8", [1], 0, 1)}), b"1"),
        "dtype unknown": container(json.dumps({"x": entry("Q4_0", [1], 0, 1)}), b"1"),
        "dtype empty": container(json.dumps({"x": entry("", [1], 0, 1)}), b"1"),
        "shape number": container(json.dumps({"x": entry("U8", 1, 0, 1)}), b"1"),
        "shape null": container(json.dumps({"x": entry("U8", None, 0, 1)}), b"1"),
        "shape negative": container(json.dumps({"x": entry("U8", [-1], 0, 1)}), b"1"),
        "shape two negatives": container(json.dumps({"x": entry("U8", [-1, -1], 0, 1)}), b"1"),
        "shape fraction": container(json.dumps({"x": entry("U8", [1.0], 0, 1)}), b"1"),
        "shape text": container(json.dumps({"x": entry("U8", ["1"], 0, 1)}), b"1"),
        "shape 2^64": container(json.dumps({"x": entry("U8", [2**64], 0, 1)}), b"1"),
        "shape 10^40": container(json.dumps({"x": entry("U8", [10**40], 0, 1)}), b"1"),
        "offsets one": container('{"x":{"dtype":"U8","shape":[1],"data_offsets":[0]}}', b"1"),
        "offsets three": container('{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}', b"1"),
        "offsets text": container('{"x":{"dtype":"U8","shape":[1],"data_offsets":"01"}}', b"1"),
        "offsets negative": container(json.dumps({"x": entry("U8", [1], -1, 0)}), b"1"),
        "offsets reversed": container(json.dumps({"x": entry("U8", [1], 1, 0)}), b"1"),
        "offsets too far apart": container(json.dumps({"x": entry("U8", [1], 0, 2)}), b"12"),
        "offsets too close": container(json.dumps({"x": entry("F32", [1], 0, 2)}), b"12"),
        "offsets of a scalar": container(json.dumps({"x": entry("F32", [], 0, 0)})),
        "offsets 2^63-1": container(json.dumps({"x": entry("U8", [1], big - 1, big)}), b"1"),
        "size over 64 bits": container(json.dumps({"x": entry("U8", [2**32, 2**32], 0, 0)})),
        "size over 64 bits by type": container(json.dumps({"x": entry("F64", [2**61], 0, 0)})),
        "size over 64 bits by bits": container(json.dumps({"x": entry("F4", [2**62], 0, 2**61)})),
        "large times large times zero": container(json.dumps({"x": entry("U8", [big, big, 0], 0, 0)})),
        "half a byte": container(json.dumps({"x": entry("F4", [3], 0, 2)}), b"12"),
        "six bits": container(json.dumps({"x": entry("F6_E2M3", [1], 0, 1)}), b"1"),
        "overlap": container(
            json.dumps({"x": entry("U8", [2], 0, 2), "y": entry("U8", [2], 1, 3)}), b"123"
        ),
        "same place": container(
            json.dumps({"x": entry("U8", [2], 0, 2), "y": entry("U8", [2], 0, 2)}), b"12"
        ),
        "inside": container(
            json.dumps({"x": entry("U8", [4], 0, 4), "y": entry("U8", [1], 1, 2)}), b"1234"
        ),
        "empty tensor inside": container(
            json.dumps({"x": entry("U8", [2], 0, 2), "y": entry("U8", [0], 1, 1)}), b"12"
        ),
        "gap": container(
            json.dumps({"x": entry("U8", [1], 0, 1), "y": entry("U8", [1], 2, 3)}), b"123"
        ),
        "gap at the beginning": container(json.dumps({"x": entry("U8", [1], 1, 2)}), b"12"),
        "bytes after": container(one, b"12"),
        "bytes after nothing": container("{}", b"1"),
        "bytes missing": container(one),
    }  # fmt: skip
    table = {
        name: {"file": data.hex(), "reference": reading(data).get("error")}
        for name, data in cases.items()
    }
    (folder / "headers.json").write_text(json.dumps(table, indent=1, ensure_ascii=False))


def write_shards():
    sharded = folder / "sharded"
    shutil.rmtree(sharded, ignore_errors=True)
    sharded.mkdir()
    sizes = [6, 6, 2, 6, 2, 2, 40, 1, 0]  # huggingface_hub's own example, a giant, and nothing
    names = [f"layers.{8 - index}.weight" for index in range(len(sizes))]
    arrays = {name: tensor("float32", [size]) for name, size in zip(names, sizes)}
    split = split_state_dict_into_shards_factory(
        arrays, get_storage_size=lambda spec: spec.data_len,
        filename_pattern="model{suffix}.safetensors", max_shard_size=40,
    )  # fmt: skip
    for filename, tensors in split.filename_to_tensors.items():
        serialize_file({name: arrays[name] for name in tensors}, sharded / filename, {"format": "pt"})
    # As transformers' save_pretrained writes it.
    index = {"metadata": split.metadata, "weight_map": split.tensor_to_filename}
    text = json.dumps(index, indent=2, sort_keys=True) + "\n"
    (sharded / "model.safetensors.index.json").write_text(text)


folder.mkdir(exist_ok=True)
write_files()
write_headers()
write_shards()
