"""Writes Blocks/blocks.safetensors: quantized blocks of every format and what they stand for.

For each format `<name>.blocks` are bytes and `<name>.values` the float32 that the gguf package makes
of them. `<name>.packed` are the blocks into which it rounds `numbers`.
"""

from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants
from safetensors.numpy import save_file

FOLDER = Path(__file__).parent / "Blocks"

# Where the float16 scales lie in a block; IQ1_M has its scale in pieces, MXFP4 only an exponent.
SCALES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82],
    "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0],
    "TQ1_0": [52], "TQ2_0": [64], "IQ1_S": [0], "IQ2_XXS": [0], "IQ2_XS": [0], "IQ2_S": [0],
    "IQ3_XXS": [0], "IQ3_S": [0], "MXFP4": [], "IQ1_M": [], "F16": [0], "BF16": [0], "F32": [2],
}
# An ordinary scale, a subnormal one, infinity, NaN, the largest, minus zero.
SPECIAL = [0x2E66, 0x8003, 0x7C00, 0xFE01, 0x7BFF, 0x8000]
PACKED = ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "MXFP4", "TQ1_0", "TQ2_0"]


def blocks(name, generator):
    """Random blocks, their scales replaced by each special one where there is room for that."""
    elements, size = GGML_QUANT_SIZES[GGMLQuantizationType[name]]
    count = 2 if elements == 256 else 6
    result = generator.integers(0, 256, (count, size), dtype=np.uint8)
    number = list(SCALES).index(name)
    for row, block in enumerate(result):
        for which, place in enumerate(SCALES[name]):
            # Large blocks are few: the first is ordinary, the second takes turns.
            scale = row if elements < 256 else row * (1 + (number + which) % 5)
            block[place:place + 2] = np.array([SPECIAL[scale]], "<u2").view(np.uint8)
        if name == "MXFP4":
            block[0] = [127, 0, 1, 2, 254, 255][row]
        if name == "IQ1_M" and row == 0:
            block[49:56:2] = block[49:56:2] & 0x0F | [0x60, 0x60, 0xE0, 0x20]
    return result


def numbers():
    """512 ordinary numbers, then 512 that lead encoders astray."""
    generator = np.random.default_rng(4)
    plain = generator.normal(size=512)
    odd = np.zeros((16, 32))
    odd[1] = 3.25
    odd[2] = np.arange(32) - 15.5
    odd[3] = generator.normal(size=32) * 1e-42
    odd[4] = generator.normal(size=32) * 1e38
    odd[5] = generator.normal(size=32) * 1e-7
    odd[6, 3], odd[6, 4] = np.inf, 1
    odd[7, ::2] = -1
    odd[8:] = generator.integers(-4, 5, (8, 32)) * np.exp2(generator.integers(-20, 20, (8, 1)))
    return np.concatenate([plain, odd.ravel()]).astype(np.float32)


def main():
    FOLDER.mkdir(exist_ok=True)
    generator = np.random.default_rng(1)
    tensors = {"numbers": numbers()}
    for name in SCALES:
        kind = GGMLQuantizationType[name]
        data = blocks(name, generator)
        tensors[f"{name}.blocks"] = data
        with np.errstate(all="ignore"):
            tensors[f"{name}.values"] = np.array(quants.dequantize(data, kind), dtype=np.float32)
            if name in PACKED:
                packed = quants.quantize(tensors["numbers"].reshape(4, 256), kind)
                tensors[f"{name}.packed"] = np.ascontiguousarray(packed).view(np.uint8)
    save_file(tensors, FOLDER / "blocks.safetensors")
    print(f"blocks: {len(SCALES)} formats")


if __name__ == "__main__":
    main()
