"""Writes Models/: a pico model of every family as transformers saves it, and what it computes.

usage: make_models.py [--only NAME,…] [--names FILE]

A folder a case of model_cases.py: config.json, generation_config.json and model.safetensors as
`save_pretrained` writes them; config_old.json, the same configuration as transformers 4 spelled it;
and expected.safetensors:

    ids         [2, time], two rows
    logits      [2, time, vocabulary], of the whole rows
    greedy      [12], what follows the first five ids of row 0
    beam        [10], the best of three beams after the same five ids
    beam_score  [], its mean log-probability
    greedy_uncached  [12], only where rotations depend on the length, so that a cache of rotated
                keys gives other tokens than none; `greedy` used the cache, as transformers does

BERT's has `token_types` and `attention_mask` instead of the continuations. No token ends a text.

Seeds are tried in turn until no choice is close: weights 1e-5 away, and float64, must give the same
continuations, and the best two greedy logits differ by more than 1e-3. `--names` writes a table of
all tensors.
"""

import argparse
import copy
import json
import shutil
import zlib
from pathlib import Path

import torch
import transformers
from model_cases import CASES
from safetensors import safe_open
from safetensors.torch import save_file

FOLDER = Path(__file__).parent / "Models"
PROMPT, GREEDY, BEAM, BEAMS = 5, 12, 10, 3


def randomize(model, generator):
    """Weights of which none is zero, one or alike, large enough for every part to matter."""
    def normal(parameter, mean, deviation):
        parameter.copy_(mean + deviation * torch.randn(parameter.shape, generator=generator))

    embeddings = {id(model.get_input_embeddings().weight)}
    with torch.no_grad():
        for module in model.modules():
            kind = type(module).__name__
            for name, parameter in module.named_parameters(recurse=False):
                if id(parameter) in embeddings:
                    normal(parameter, 0, 0.6)
                elif parameter.dim() > 1:  # the last axis is what a linear layer reads
                    normal(parameter, 0, 1.3 / parameter.shape[-1] ** 0.5)
                elif name == "weight" and "Norm" in kind:
                    # With a tied head and positive weights a token would mostly follow itself.
                    sign = torch.randint(2, parameter.shape, generator=generator) * 2 - 1
                    normal(parameter, sign - 1 if kind.startswith("Gemma") else sign, 0.2)
                else:
                    normal(parameter, 0, 0.3)
    return model.eval()


def load(folder, dtype=torch.float32, name="config.json"):
    """The model of a folder, without the tokens that end a text."""
    config = transformers.AutoConfig.from_pretrained(folder / name)
    kind = getattr(transformers, config.architectures[0])
    options = {"experts_implementation": "eager"} if hasattr(config, "num_experts_per_tok") else {}
    model = kind.from_pretrained(
        folder, config=config, dtype=dtype, attn_implementation="eager", **options)
    model.config.eos_token_id = None
    if model.can_generate():
        model.generation_config.eos_token_id = None
    return model.eval()


def generate(model, ids, count, **options):
    result = model.generate(
        ids[:1, :PROMPT], attention_mask=torch.ones(1, PROMPT, dtype=torch.long), do_sample=False,
        max_new_tokens=count, min_new_tokens=count, eos_token_id=None, pad_token_id=0,
        output_scores=True, return_dict_in_generate=True, **options)
    assert result.sequences.shape == (1, PROMPT + count)
    return result


def continuations(model, ids):
    """Greedy tokens and beams, and the smallest gap between the best two greedy logits."""
    greedy = generate(model, ids, GREEDY)
    plain = generate(model, ids, GREEDY, use_cache=False)
    beam = generate(model, ids, BEAM, num_beams=BEAMS)
    best = torch.cat(greedy.scores + plain.scores).topk(2).values
    tokens = {"greedy": greedy.sequences, "greedy_uncached": plain.sequences,
              "beam": beam.sequences}
    tokens = {name: value[0, PROMPT:].clone() for name, value in tokens.items()}
    return tokens, beam.sequences_scores[0].clone(), (best[:, 0] - best[:, 1]).min().item()


def nudged(model, generator):
    """A copy whose weights are all about 1e-5 of their size away."""
    model = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter *= 1 + 1e-5 * torch.randn(parameter.shape, generator=generator)
    return model


def inputs(case, model, generator):
    ids = torch.randint(3, model.config.vocab_size, (2, case.time), generator=generator)
    if case.model != "BertForMaskedLM":
        return {"input_ids": ids}
    mask, types = torch.ones_like(ids), torch.zeros_like(ids)
    mask[1, case.time - 5:] = 0
    ids[1, case.time - 5:] = 0
    types[0, 6:], types[1, 4:] = 1, 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


@torch.no_grad()
def expected(case, folder, generator):
    """What the saved model computes, or None and the reason why another seed is needed."""
    model = load(folder)
    given = inputs(case, model, generator)
    ids = given["input_ids"]
    logits = model(**given).logits
    errors = {}
    others = [("float64", load(folder, torch.float64))]
    others += [("nudged", nudged(load(folder), generator)) for _ in range(2)]
    for name, other in others:
        errors[name] = (other(**given).logits - logits).abs().max().item()
    if errors["float64"] > 1e-5 or errors["nudged"] > 5e-3:
        return None, f"logits differ by {errors}"
    result = {"ids": ids, "logits": logits.contiguous()}
    if len(given) > 1:
        result["attention_mask"] = given["attention_mask"]
        result["token_types"] = given["token_type_ids"]
        return result, f"float64 differs by {errors['float64']:.1e}"
    tokens, score, gap = continuations(load(folder), ids)
    if gap < 1e-3:
        return None, f"two candidates are only {gap:.1e} apart"
    for name, other in others:
        if any((tokens[key] != value).any() for key, value in continuations(other, ids)[0].items()):
            return None, f"{name} continues differently"
    if len(tokens["greedy"].unique()) < 4:
        return None, "few different tokens"
    same = torch.equal(tokens["greedy"], tokens["greedy_uncached"])
    if same != case.cached:
        return None, f"with and without a cache {'the same' if same else 'different'}"
    if same:
        del tokens["greedy_uncached"]
    spread = logits.std(-1).mean().item()
    return {**result, **tokens, "beam_score": score}, (
        f"logits spread by {spread:.2f}, float64 differs by {errors['float64']:.1e}, "
        f"nearest candidates {gap:.1e}")


def old_spelling(config, case):
    """The configuration as transformers 4 wrote it: flat, `rope_scaling`, `torch_dtype`."""
    old = {name: value for name, value in config.items() if name != "layer_types"}
    old["torch_dtype"], old["transformers_version"] = old.pop("dtype"), "4.40.0"
    rope = dict(old.pop("rope_parameters", None) or {})
    if "full_attention" in rope:
        old["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        rope = dict(rope["full_attention"])
    if rope:
        base = "rotary_emb_base" if config["model_type"] == "gpt_neox" else "rope_theta"
        part = "rotary_pct" if config["model_type"] == "gpt_neox" else "partial_rotary_factor"
        old[base] = rope.pop("rope_theta")
        if "partial_rotary_factor" in rope:
            old[part] = rope.pop("partial_rotary_factor")
        kind = rope.pop("rope_type")
        newer = kind == "llama3" or config["model_type"] == "gemma3_text"
        key = "rope_type" if newer else "type"
        old["rope_scaling"] = None if kind == "default" else {key: case.old_rope or kind, **rope}
        # transformers 5.23 does not look outside for the length of one called "su".
        if kind == "longrope" and case.old_rope is None:
            old["rope_scaling"].pop("original_max_position_embeddings")
    if "attn_config" in old:  # without what every configuration of transformers inherits
        known = ("alibi", "attn", "clip_qkv", "prefix_lm", "qk_ln", "softmax_scale")
        old["attn_config"] = {name: value for name, value in old["attn_config"].items()
                              if name.startswith(known)}
    old |= case.old
    return {name: value for name, value in old.items()
            if name != "_sliding_window_pattern" and (name not in case.old or value is not None)}


def write_old(case, folder, result):
    """Writes config_old.json, and has transformers read it."""
    config = json.loads((folder / "config.json").read_text())
    path = folder / "config_old.json"
    path.write_text(json.dumps(old_spelling(config, case), indent=2, sort_keys=True) + "\n")
    given = {"input_ids": result["ids"]}
    if "token_types" in result:
        given |= {"attention_mask": result["attention_mask"],
                  "token_type_ids": result["token_types"]}
    with torch.no_grad():
        logits = load(folder, name="config_old.json")(**given).logits
    assert torch.equal(logits, result["logits"]), f"{folder.name}: the old spelling differs"


def make(name, case):
    folder = FOLDER / name
    for attempt in range(200):
        generator = torch.Generator().manual_seed(zlib.crc32(name.encode()) + attempt)
        torch.manual_seed(0)
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        randomize(case.make(), generator).save_pretrained(folder)
        result, remark = expected(case, folder, generator)
        if result is not None:
            break
    assert result is not None, f"{name}: no seed will do: {remark}"
    save_file(result, folder / "expected.safetensors")
    write_old(case, folder, result)
    for file in folder.iterdir():
        file.chmod(0o644)
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert size < 61_000, f"{name} has {size} bytes"
    print(f"{name}: {size} bytes, seed {attempt}, {remark}", flush=True)
    return size


def write_names(path):
    """A line a tensor: case, model type, name, dtype, shape."""
    lines = []
    for folder in sorted(FOLDER.iterdir()):
        config = json.loads((folder / "config.json").read_text())
        with safe_open(folder / "model.safetensors", "pt") as file:
            for name in file.keys():
                tensor = file.get_slice(name)
                lines.append("\t".join([folder.name, config["model_type"], name,
                                        tensor.get_dtype(), str(tensor.get_shape())]))
    Path(path).write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(CASES))
    parser.add_argument("--names")
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    sizes = [make(name, CASES[name]) for name in options.only]
    print(f"models: {len(sizes)} cases, {sum(sizes)} bytes")
    if options.names:
        write_names(options.names)


if __name__ == "__main__":
    main()
