"""Converts pico models to GGUF with apus and with llama.cpp's converter and compares the files.

usage: check_convert.py APUS LLAMA_CPP [MODELS] [--completion PROGRAM]
       APUS       the program, e.g. .build/release/apus
       LLAMA_CPP  a source tree of llama.cpp, with convert_hf_to_gguf.py and conversion/
       MODELS     the folder of models (Tests/Fixtures/Models)
       PROGRAM    llama-completion, which then loads and runs each file

Both files must have the same tensors: names, shapes, types and bytes. Every key about the
architecture and every `general.` key that llama.cpp's converter writes must be there with the same
value; keys that only apus writes, because llama.cpp's file would not say what the model is, are
listed. Models that apus refuses, because llama.cpp would run them otherwise, are listed with its
reason. Each file is then converted back, and transformers must load the folder and compute
`expected.safetensors` logits.

The models get a small tokenizer, which BERT's converter wants; what the files say of tokenizers is
not compared here.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import load_file

arguments = argparse.ArgumentParser()
arguments.add_argument("apus")
arguments.add_argument("llama")
arguments.add_argument(
    "models", nargs="?", default=Path(__file__).parents[2] / "Tests/Fixtures/Models")
arguments.add_argument("--completion")
arguments = arguments.parse_args()
llama = Path(arguments.llama)
sys.path[:0] = [str(llama / "gguf-py"), str(llama)]
import gguf  # noqa: E402
import logging  # noqa: E402

logging.disable(logging.WARNING)
from conversion import get_model_class  # noqa: E402
from conversion.base import ModelBase, TextModel  # noqa: E402

# Where llama.cpp's converter writes a constant or a default instead of what the model has.
KNOWN = {
    ("mpt", "mpt.attention.layer_norm_epsilon"): "it writes 1e-5 whatever the configuration says",
    ("bloom", "bloom.context_length"): "it takes the width where seq_length is missing",
    ("phi2", "phi2.feed_forward_length"): "it writes four times the width",
    ("gpt2", "gpt2.feed_forward_length"): "it writes four times the width",
}


def tokenizer(folder, size):
    """A byte-level BPE of `size` tokens, most of them single letters."""
    alphabet = [chr(code) for code in range(ord("!"), ord("~"))]
    tokens = ["<unk>", "<s>", "</s>"] + alphabet[: size - 5]
    tokens += [alphabet[0] + alphabet[1], alphabet[2] + alphabet[3]][: size - len(tokens)]
    merges = [[alphabet[0], alphabet[1]], [alphabet[2], alphabet[3]]]
    special = [{"id": number, "content": tokens[number], "single_word": False, "lstrip": False,
                "rstrip": False, "normalized": False, "special": True} for number in range(3)]
    json.dump({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
                          "use_regex": True},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                    "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None,
                  "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False,
                  "byte_fallback": False, "ignore_merges": False,
                  "vocab": {token: number for number, token in enumerate(tokens)},
                  "merges": merges}}, open(folder / "tokenizer.json", "w"))
    json.dump({"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>",
               "eos_token": "</s>", "unk_token": "<unk>"},
              open(folder / "tokenizer_config.json", "w"))


def reference(folder, path):
    """llama.cpp's converter, in float32."""
    config = json.load(open(folder / "config.json"))
    name = config["architectures"][0]
    if name == "MptForCausalLM":
        name = "MPTForCausalLM"  # the name of the remote code that it knows
    kind = get_model_class(name)
    # The tokenizers are not what is compared here.
    saved = kind.set_vocab, TextModel.get_vocab_base_pre
    TextModel.get_vocab_base_pre = lambda self, tokenizer: "gpt-2"
    if name != "BertForMaskedLM":
        kind.set_vocab = TextModel._set_vocab_none
    try:
        converter = kind(folder, gguf.LlamaFileType.ALL_F32, path, eager=True)
        if config["model_type"] == "gpt_neox":  # keys that transformers 5 no longer has
            converter.hparams.setdefault(
                "rotary_pct", converter.hparams["rope_parameters"]["partial_rotary_factor"])
        converter.write()
    finally:
        kind.set_vocab, TextModel.get_vocab_base_pre = saved


def add_old_keys(folder):
    """A key that the converter needs and transformers 5 no longer writes."""
    config = json.load(open(folder / "config.json"))
    if config["model_type"] == "gpt2":
        config["n_ctx"] = config["n_positions"]
    json.dump(config, open(folder / "config.json", "w"))


@torch.no_grad()
def back(name, folder, expected):
    """What is wrong with the folder that a file was converted back to."""
    config = transformers.AutoConfig.from_pretrained(folder)
    if config.architectures == ["BertModel"]:
        model = transformers.BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
        original = transformers.BertForMaskedLM.from_pretrained(
            Path(arguments.models) / name).bert.eval()
        ids = expected["ids"]
        difference = model(ids)[0] - original(ids)[0]
    else:
        model, info = transformers.AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
        if any(info[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")):
            return [f"transformers: {info}"]
        if name == "llama_dynamic":  # the file cannot say it
            return []
        difference = model.eval()(expected["ids"]).logits - expected["logits"]
    worst = difference.abs().max().item()
    return [f"transformers: logits differ by {worst:.2g}"] if worst > 1e-4 else []


def run_in_llama(path):
    """What is wrong with a file for llama.cpp."""
    run = subprocess.run(
        [arguments.completion, "-m", str(path), "-p", '!"#', "-n", "2", "-no-cnv", "-t", "1",
         "--no-warmup", "--temp", "0"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if run.returncode == 0:
        return []
    lines = [line for line in run.stderr.splitlines() if "error" in line.lower()]
    return [f"llama.cpp: {(lines or [str(run.returncode)])[0]}"]


def read(path):
    reader = gguf.GGUFReader(path)
    tensors = {tensor.name: (tuple(int(n) for n in tensor.shape), tensor.tensor_type.name,
                             np.asarray(tensor.data).tobytes()) for tensor in reader.tensors}
    fields = {name: field.contents() for name, field in reader.fields.items()}
    return tensors, fields, fields["general.architecture"]


failures = compared = 0
for model in sorted(Path(arguments.models).iterdir()):
    if not (model / "config.json").exists():
        continue
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pico"  # llama.cpp takes tokens for granted by names of models
        folder.mkdir()
        for file in ["config.json", "generation_config.json", "model.safetensors"]:
            if (model / file).exists():
                shutil.copy(model / file, folder)
        tokenizer(folder, json.load(open(folder / "config.json"))["vocab_size"])
        ours, theirs = Path(temporary) / "ours.gguf", Path(temporary) / "theirs.gguf"
        run = subprocess.run([arguments.apus, "convert", str(folder), str(ours)],
                             capture_output=True, text=True)
        notes = [line for line in run.stderr.splitlines() if line.startswith("note: ")]
        if run.returncode:
            print(f"{model.name}: refused: {run.stderr.strip().split(': ', 2)[-1]}")
            continue
        add_old_keys(folder)
        try:
            reference(folder, theirs)
        except Exception as error:
            print(f"{model.name}: llama.cpp's converter failed: {type(error).__name__}: {error}")
            continue
        (a, fields, name), (b, expected, other) = read(ours), read(theirs)
        problems = [] if name == other else [f"architecture {name}, not {other}"]
        for tensor in sorted(a.keys() | b.keys()):
            if tensor not in a:
                problems.append(f"lacks {tensor}")
            elif tensor not in b:
                # Without these llama.cpp would refuse the file.
                copy = tensor == "output.weight" and a[tensor] == a["token_embd.weight"]
                zeros = tensor.endswith(".bias") and not any(a[tensor][2])
                if copy or zeros:
                    print(f"  {model.name}: only here: {tensor}, "
                          + ("a copy of the embedding" if copy else "zeros"))
                else:
                    problems.append(f"only here: {tensor}")
            elif a[tensor][:2] != b[tensor][:2]:
                problems.append(f"{tensor}: {a[tensor][:2]}, not {b[tensor][:2]}")
            elif a[tensor][2] != b[tensor][2]:
                x, y = (np.frombuffer(t[tensor][2], np.float32) for t in (a, b))
                # Powers are not rounded alike everywhere.
                if tensor == "rope_freqs.weight" and np.allclose(x, y, rtol=1e-6, atol=0):
                    continue
                problems.append(f"{tensor}: values differ by {np.abs(x - y).max():.2g}")
        keys = [key for key in expected if key.startswith(other + ".")]
        keys += [key for key in expected if key.startswith("general.")]
        keys += [key for key in ("tokenizer.ggml.token_type_count",) if key in expected]
        for key in keys:
            if fields.get(key) != expected[key]:
                reason = KNOWN.get((other, key))
                text = f"{key} is {fields.get(key)}, there {expected[key]}"
                print(f"  {model.name}: {text}: {reason}") if reason else problems.append(text)
        if arguments.completion and name != "bert":
            problems += run_in_llama(ours)
        run = subprocess.run([arguments.apus, "convert", str(ours), temporary + "/back"],
                             capture_output=True, text=True)
        if run.returncode:
            problems.append(f"cannot be converted back: {run.stderr}")
        else:
            problems += back(model.name, temporary + "/back",
                             load_file(model / "expected.safetensors"))
        extra = {key: fields[key] for key in fields
                 if key.startswith(other + ".") and key not in expected}
        failures += bool(problems)
        compared += 1
        print(f"{model.name}: {len(a)} tensors, {len(keys)} keys"
              + (f"; only here: {extra}" if extra else ""))
        for line in notes:
            print("  " + line)
        for problem in problems:
            print(f"  DIFFERS: {problem}")
print(f"{compared} compared, {failures} differ")
sys.exit(1 if failures or not compared else 0)
