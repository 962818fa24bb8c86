"""Writes Positions/: rotary frequencies of realistic sizes, rotations, sinusoids and ALiBi slopes.

`frequencies` in positions.json lists configurations with the name of their inverse frequencies in
positions.safetensors and the factor that multiplies sines and cosines, from transformers'
ROPE_INIT_FUNCTIONS (and LlamaRotaryEmbedding for plain ones). `length` is that of the sequence, or
null where the type does not ask for it. Slopes come from BLOOM's and MPT's functions, which order
them differently when the heads are no power of two: `alibi.bloom` and `alibi.mpt` hold those of
1 head, then of 2, up to 64. `half` and `interleaved` rotate `vectors` `[1, heads, time, width]`
at `positions` as Llama and GPT-J do, the latter only the first `partial` of each vector.
"""

from pathlib import Path

import torch
import transformers
from fixture_recorder import write_json
from safetensors.torch import save_file
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.distilbert.modeling_distilbert import create_sinusoidal_embeddings
from transformers.models.gptj import modeling_gptj
from transformers.models.llama import modeling_llama
from transformers.models.mpt.modeling_mpt import build_mpt_alibi_tensor

FOLDER = Path(__file__).parent / "Positions"
HEADS = 64
LLAMA3 = {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
          "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
YARN = {"rope_type": "yarn", "rope_theta": 1000000.0, "original_max_position_embeddings": 32768}


def longrope(width, **more):
    """Factors that grow with the wavelength, about as those of Phi-3."""
    count = width // 2
    short = [round(1.0 + 1.8 * (i / count) ** 2, 4) for i in range(count)]
    long = [round(1.03 + 62.0 * (i / count) ** 1.7, 4) for i in range(count)]
    return {"rope_type": "longrope", "rope_theta": 10000.0, "short_factor": short,
            "long_factor": long, "original_max_position_embeddings": 4096, **more}


def settings():
    """Name, rotary parameters, head width, longest context, lengths of the sequence."""
    for width in (64, 128):
        yield "default", {"rope_type": "default", "rope_theta": 10000.0}, width, 4096, [None]
        yield "base", {"rope_type": "default", "rope_theta": 1000000.0}, width, 32768, [None]
        fourfold = {"rope_theta": 10000.0, "factor": 4.0}
        yield "linear", {"rope_type": "linear", **fourfold}, width, 16384, [None]
        yield "dynamic", {"rope_type": "dynamic", **fourfold}, width, 2048, [
            1, 2048, 2049, 3000, 8192, 65536]
        yield "llama3", LLAMA3, width, 131072, [None]
        for factor in (4, 8, 16):
            yield f"yarn_{factor}", {**YARN, "factor": float(factor)}, width, 32768 * factor, [None]
        yield "longrope", longrope(width), width, 131072, [4096, 4097]
    yield "partial", {"rope_type": "default", "rope_theta": 10000.0,
                      "partial_rotary_factor": 0.4}, 80, 2048, [None]
    yield "llama3_small", {**LLAMA3, "factor": 32.0}, 64, 131072, [None]
    yield "yarn_mscale", {**YARN, "factor": 40.0, "rope_theta": 10000.0, "mscale": 1.0,
                          "mscale_all_dim": 0.707,
                          "original_max_position_embeddings": 4096}, 64, 163840, [None]
    yield "yarn_untruncated", {**YARN, "factor": 32.0, "rope_theta": 150000.0, "truncate": False,
                               "original_max_position_embeddings": 4096}, 64, 131072, [None]
    yield "yarn_betas", {**YARN, "factor": 4.0, "beta_fast": 16.0, "beta_slow": 2.0,
                         "attention_factor": 0.9}, 128, 131072, [None]
    yield "longrope_factor", longrope(64, factor=16.0), 64, 131072, [8192]
    yield "longrope_attention", longrope(64, attention_factor=1.5), 64, 131072, [8192]
    yield "longrope_partial", longrope(96, partial_rotary_factor=0.75), 128, 131072, [100, 5000]


def frequencies(tensors):
    rows = []
    for name, rope, width, longest, lengths in settings():
        for length in lengths:
            config = transformers.LlamaConfig(
                hidden_size=width * 2, num_attention_heads=2, head_dim=width,
                max_position_embeddings=longest, rope_parameters=dict(rope))
            if rope["rope_type"] == "default":
                values, factor = default_frequencies(config)
            else:
                values, factor = ROPE_INIT_FUNCTIONS[rope["rope_type"]](config, None, length)
            key = f"frequencies.{name}.{width}" + ("" if length is None else f".{length}")
            assert key not in tensors
            tensors[key] = values.float().contiguous().clone()
            rows.append({"name": key, "head_width": width, "max_position_embeddings": longest,
                         "length": length, "attention_factor": float(factor),
                         "rope_parameters": rope})
    return rows


def default_frequencies(config):
    if "partial_rotary_factor" in config.rope_parameters:  # Llama knows no part of a head
        module = transformers.models.phi.modeling_phi.PhiRotaryEmbedding
    else:
        module = modeling_llama.LlamaRotaryEmbedding
    return module.compute_default_rope_parameters(config)


def slopes(tensors):
    bloom, mpt = [], []
    for heads in range(1, HEADS + 1):
        # One step apart the biases differ by the slope.
        bloom.append(build_alibi_tensor(torch.ones(1, 2), heads, torch.float32)[:, 0, 1])
        mpt.append(-build_mpt_alibi_tensor(heads, 2)[:, 0, 0])
        assert bloom[-1].shape == mpt[-1].shape == (heads,)
    tensors["alibi.bloom"], tensors["alibi.mpt"] = torch.cat(bloom), torch.cat(mpt)


def rotations(tensors):
    generator = torch.Generator().manual_seed(11)
    width, partial = 16, 12
    vectors = torch.randn(1, 3, 5, width, generator=generator)
    positions = torch.tensor([[0, 1, 2, 7, 100]])
    config = transformers.LlamaConfig(hidden_size=width, num_attention_heads=1,
                                      rope_parameters={"rope_type": "default", "rope_theta": 1e4})
    cosine, sine = modeling_llama.LlamaRotaryEmbedding(config)(vectors, positions)
    tensors["rotation.vectors"], tensors["rotation.positions"] = vectors, positions[0]
    turned, _ = modeling_llama.apply_rotary_pos_emb(vectors, vectors, cosine, sine)
    tensors["rotation.half"] = turned
    table = modeling_gptj.create_sinusoidal_positions(128, partial)[positions]
    sine, cosine = table.split(partial // 2, -1)
    turned = modeling_gptj.apply_rotary_pos_emb(  # [batch, time, heads, width]
        vectors.transpose(1, 2)[..., :partial], sine, cosine).transpose(1, 2)
    tensors["rotation.interleaved"] = torch.cat([turned, vectors[..., partial:]], -1).contiguous()
    return {"rope_theta": 10000.0, "partial": partial}


def sinusoids(tensors):
    table = torch.nn.Parameter(torch.empty(40, 24))
    create_sinusoidal_embeddings(40, 24, table)
    tensors["sinusoids"] = table.detach().clone()


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    FOLDER.mkdir(exist_ok=True)
    tensors = {}
    rows = frequencies(tensors)
    slopes(tensors)
    sinusoids(tensors)
    head = {"torch": torch.__version__, "transformers": transformers.__version__,
            "alibi": {"heads": HEADS}, "rotation": rotations(tensors)}
    save_file(tensors, FOLDER / "positions.safetensors")
    (FOLDER / "positions.safetensors").chmod(0o644)
    write_json(FOLDER / "positions.json", head, "frequencies", rows)
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"positions: {len(rows)} configurations, {len(tensors)} tensors, {size} bytes")


if __name__ == "__main__":
    main()
