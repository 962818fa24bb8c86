"""Times GPT-2 training steps in PyTorch eager: float32, fused AdamW, random tokens.

Prints one JSON line: {"tokens_per_second": median, "step_seconds": [...], ...}.
Example: python torch_train.py --preset gpt2-124m --batch 4 --time 64 --steps 5 --threads 2
"""

import argparse
import json
import resource
import statistics
import time

import torch

from gpt2 import GPT

PRESETS = {
    "gpt2-124m": {"layers": 12, "heads": 12, "width": 768, "vocabulary": 50257, "context": 1024},
    "mini": {"layers": 6, "heads": 6, "width": 384, "vocabulary": 8192, "context": 128},
}
WARM_UP = 2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", choices=PRESETS, default="gpt2-124m")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--time", type=int, default=64)
    parser.add_argument("--steps", type=int, default=5, help="timed steps, after two untimed")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    preset = PRESETS[options.preset]
    model = GPT(**preset)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, fused=True)
    seconds = []
    for step in range(WARM_UP + options.steps):
        shape = (options.batch, options.time)
        inputs = torch.randint(preset["vocabulary"], shape)
        targets = torch.randint(preset["vocabulary"], shape)
        start = time.perf_counter()
        loss = model(inputs, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step >= WARM_UP:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "preset": options.preset, "batch": options.batch, "time": options.time,
        "threads": options.threads, "torch": torch.__version__,
        "tokens_per_second": options.batch * options.time / statistics.median(seconds),
        "step_seconds": seconds,
        "peak_resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }))


if __name__ == "__main__":
    main()
