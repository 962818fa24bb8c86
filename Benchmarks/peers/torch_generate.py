"""Times transformers in float32 on a prompt and on decoding: the weights of a GGUF file, dequantized.

usage: torch_generate.py MODEL.gguf [--prompt-tokens P] [--new-tokens N] [--threads K]

Prints one JSON line with the keys of `apus benchmark generate`. The prompt is random, only its last
position goes through the head, and decoding takes the likeliest token, with a cache, whatever ends a
text. Nothing is compiled.
"""

import argparse
import json
import resource
import time

import gguf_folder
import torch


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--prompt-tokens", type=int, default=512)
    parser.add_argument("--new-tokens", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    start = time.perf_counter()
    model = gguf_folder.model(options.model)
    load = time.perf_counter() - start
    ids = torch.randint(3, model.config.vocab_size, (1, options.prompt_tokens))
    seconds = []
    for _ in range(2):  # the first warms up
        start = time.perf_counter()
        result = model(ids, logits_to_keep=1, use_cache=True)
        seconds.append(time.perf_counter() - start)
    cache, token = None, ids[:, :1]
    steps = []
    for _ in range(options.new_tokens):
        start = time.perf_counter()
        result = model(token, past_key_values=cache, use_cache=True)
        cache, token = result.past_key_values, result.logits[:, -1].argmax(-1, keepdim=True)
        steps.append(time.perf_counter() - start)
    print(json.dumps({
        "model": options.model, "threads": options.threads, "torch": torch.__version__,
        "load_milliseconds": round(load * 1e3, 1),
        "prompt_tokens_per_second": round(options.prompt_tokens / seconds[-1], 1),
        "decode_tokens_per_second": round(options.new_tokens / sum(steps), 2),
        "peak_resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


if __name__ == "__main__":
    main()
