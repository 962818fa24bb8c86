"""What llama.cpp's logits of some tokens are after a prompt and the beginning of an answer.

usage: llama_logits.py --llama-bin FOLDER --llama-python FOLDER --model FILE.gguf --prompt ID,…
                       --answer ID,… --tokens ID,… [--threads K]

FOLDER of `--llama-python` is the unpacked sdist of llama-cpp-python, whose definitions of the C
interface are used; the libraries are those beside llama.cpp's own programs. As `llama-completion` does,
the prompt is read at once and the answer token by token, with keys and values in float32. Prints
a JSON list of numbers.
"""

import argparse
import ctypes
import importlib
import json
import os
import pathlib
import sys
import types


def ids(text):
    return [int(part) for part in text.split(",") if part]


def interface(python, libraries):
    """The module of llama-cpp-python that declares llama.cpp's functions, without the rest of it."""
    os.environ["LLAMA_CPP_LIB_PATH"] = str(libraries)
    package = types.ModuleType("llama_cpp")
    package.__path__ = [str(python / "llama_cpp")]
    sys.modules["llama_cpp"] = package
    return importlib.import_module("llama_cpp.llama_cpp")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--llama-bin", type=pathlib.Path, required=True)
    parser.add_argument("--llama-python", type=pathlib.Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--prompt", type=ids, required=True)
    parser.add_argument("--answer", type=ids, default=[])
    parser.add_argument("--tokens", type=ids, required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    llama = interface(options.llama_python, options.llama_bin)
    quiet = llama.llama_log_callback(lambda level, text, data: None)
    llama.llama_log_set(quiet, ctypes.c_void_p(0))
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(
        options.model.encode(), llama.llama_model_default_params())
    if not model:
        sys.exit(f"llama.cpp cannot load {options.model}")
    settings = llama.llama_context_default_params()
    settings.n_ctx = len(options.prompt) + len(options.answer) + 1
    settings.n_batch = max(settings.n_batch, len(options.prompt))
    settings.n_threads = settings.n_threads_batch = options.threads
    settings.type_k = settings.type_v = 0  # float32
    context = llama.llama_init_from_model(model, settings)
    for part in [options.prompt] + [[token] for token in options.answer]:
        tokens = (llama.llama_token * len(part))(*part)
        if llama.llama_decode(context, llama.llama_batch_get_one(tokens, len(part))) != 0:
            sys.exit("llama.cpp cannot read the prompt")
    logits = llama.llama_get_logits_ith(context, -1)
    print(json.dumps([logits[token] for token in options.tokens]))


if __name__ == "__main__":
    main()
