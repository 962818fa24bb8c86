"""Writes GGUF/: files of the gguf package's own writer, and what its reader finds in them.

`values.gguf` has metadata of every type and plain tensors, `blocks.gguf` a tensor of every block
format, `none.gguf` no tensor, `split-*.gguf` are the parts of one file. `names.json` has what the
package makes of models' names and sizes.
"""

import json
from pathlib import Path

import numpy as np
from gguf import (GGML_QUANT_SIZES, GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter,
                  Metadata, quants, size_label)

FOLDER = Path(__file__).parent / "GGUF"
FORMATS = """Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K IQ2_XXS IQ2_XS IQ3_XXS IQ1_S IQ4_NL
IQ3_S IQ2_S IQ4_XS IQ1_M TQ1_0 TQ2_0 MXFP4 BF16""".split()


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def values():
    writer = GGUFWriter(FOLDER / "values.gguf", "none")
    writer.add_custom_alignment(64)
    writer.add_uint8("a.uint8", 255)
    writer.add_int8("a.int8", -128)
    writer.add_uint16("a.uint16", 65535)
    writer.add_int16("a.int16", -32768)
    writer.add_uint32("a.uint32", 2**32 - 1)
    writer.add_int32("a.int32", -(2**31))
    writer.add_float32("a.float32", 0.1)
    writer.add_uint64("a.uint64", 2**64 - 1)
    writer.add_int64("a.int64", -(2**63))
    writer.add_float64("a.float64", 1e-300)
    writer.add_bool("a.bool", True)
    writer.add_string("a.string", "naïve ✓ 燕")
    for kind in GGUFValueType:
        if kind in (GGUFValueType.ARRAY, GGUFValueType.STRING, GGUFValueType.BOOL):
            continue
        items = [0, 1, 100]
        if kind in (GGUFValueType.FLOAT32, GGUFValueType.FLOAT64):
            items = [0.5, -2.25, 3e30]
        writer.add_key_value(f"b.{kind.name.lower()}", items, GGUFValueType.ARRAY, kind)
    writer.add_array("b.string", ["", "é", "a\nb"])
    writer.add_array("b.bool", [True, False, True])
    writer.add_array("b.array", [[1, 2], [3], [4, 5, 6]])
    writer.add_array("b.deeper", [[["x"], ["y", "z"]], [["w"]]])
    generator = np.random.default_rng(7)
    writer.add_tensor("scalar", np.array(3.5, np.float32))
    writer.add_tensor("vector", generator.normal(size=5).astype(np.float32))
    writer.add_tensor("matrix", generator.normal(size=(3, 7)).astype(np.float16))
    writer.add_tensor("cube", generator.normal(size=(2, 3, 4)))
    writer.add_tensor("four", generator.integers(-9, 9, (2, 1, 3, 2)).astype(np.int8))
    writer.add_tensor("empty", np.zeros((0, 4), np.float32))
    for kind in (np.int16, np.int32, np.int64):
        writer.add_tensor(np.dtype(kind).name, generator.integers(-99, 99, (2, 2)).astype(kind))
    finish(writer)


def blocks():
    writer = GGUFWriter(FOLDER / "blocks.gguf", "none")
    generator = np.random.default_rng(8)
    for name in FORMATS:
        kind = GGMLQuantizationType[name]
        size = GGML_QUANT_SIZES[kind][1]
        data = generator.integers(0, 128, (2, size if size > 2 else 6), dtype=np.uint8)
        writer.add_tensor(name, data, raw_dtype=kind)
    finish(writer)


def split():
    writer = GGUFWriter(FOLDER / "split.gguf", "none", split_max_tensors=2)
    writer.add_uint32("none.block_count", 1)
    for number in range(5):
        writer.add_tensor(f"t{number}", np.arange(number, number + 6, dtype=np.float32).reshape(2, 3))
    finish(writer)


def none():
    writer = GGUFWriter(FOLDER / "none.gguf", "none")
    writer.add_string("general.name", "nothing")
    finish(writer)


def number(value):
    value = value.item() if hasattr(value, "item") else value
    return str(value) if isinstance(value, int) and abs(value) > 2**53 else value


def described(path):
    """What the package's reader finds; its reader has no nested arrays."""
    reader = GGUFReader(path)
    metadata = {}
    for key, field in reader.fields.items():
        if key.startswith("GGUF.") or key in ("b.array", "b.deeper"):
            continue
        found = field.contents()
        metadata[key] = [number(v) for v in found] if isinstance(found, list) else number(found)
    tensors = []
    for tensor in reader.tensors:
        data = np.asarray(tensor.data)
        with np.errstate(all="ignore"):
            if tensor.tensor_type.name in FORMATS:
                data = quants.dequantize(data, tensor.tensor_type)
        flat = data.reshape(-1)
        tensors.append({
            "name": tensor.name, "type": tensor.tensor_type.name,
            "shape": [int(n) for n in reversed(tensor.shape)], "offset": int(tensor.data_offset),
            "bytes": int(tensor.n_bytes), "first": [float(v) for v in flat[:3]],
            "last": [float(v) for v in flat[-3:]],
        })
    return {"file": path.name, "metadata": metadata, "tensors": tensors}


def names():
    identifiers = """Qwen/Qwen2.5-0.5B-Instruct SmolLM2-135M-Instruct meta-llama/Llama-3.2-1B bloom-7b1
    Mixtral-8x7B-v0.1 gpt2 Phi-3-mini-4k-instruct gemma-3-270m Qwen1.5-MoE-A2.7B llama_yarn mpt-7b-8k
    TinyLlama-1.1B-Chat-v1.0 OLMo-2-0425-1B Llama-2-7b-hf pythia-160m-deduped gpt2-xl small-7B v2-7B
    Qwen3-30B-A3B-Instruct-2507 Yarn-Llama-2-7b-128k bert-base-uncased foo-fp16 foo-iq2_xxs-1_5b ./x
    a--b -7B x-1.5B2 - /x x/ my-org/Foo-xxl-3B-iter5-q4_k_m é-7b""".split() + ["a title 7B", " "]
    found = []
    for identifier in identifiers:
        for parameters in (50_000, 134_515_008, 7_241_732_096):
            name, owner, *rest = Metadata.get_model_id_components(identifier, parameters)
            titles = [text and Metadata.id_to_title(text) for text in (name, owner)]
            found.append({"id": identifier, "parameters": parameters,
                          "parts": [text or None for text in titles + rest]})
    counts = [1, 5, 25, 295, 445, 950, 999, 1000, 3150, 9949, 9950, 50_000, 134_515_008, 999_999_999,
              10**9, 1_100_048_384, 9_950_000_000, 7_241_732_096, 10**12 + 1, 15 * 10**11]
    return {"names": found, "sizes": [[count, size_label(count, 0, 0, 0)] for count in counts],
            "experts": [46_702_792_704, size_label(46_702_792_704, 1_605_644_288, 5_637_144_576, 8)]}


def main():
    FOLDER.mkdir(exist_ok=True)
    for make in (values, blocks, split, none):
        make()
    files = [described(path) for path in sorted(FOLDER.glob("*.gguf"))]
    (FOLDER / "contents.json").write_text(json.dumps(files, indent=1, ensure_ascii=False) + "\n")
    text = json.dumps(names(), ensure_ascii=False)
    (FOLDER / "names.json").write_text(text.replace("}, {", "},\n {") + "\n")
    print(f"gguf: {len(files)} files")


if __name__ == "__main__":
    main()
