"""Trains nanoGPT's character model for a CPU on a text file, in PyTorch eager.

4 layers, 4 heads, width 128, context 64, batch 12, no dropout, no biases; 2000 iterations of
AdamW (beta2 0.99, weight decay 0.1 on matrices, clip 1.0), learning rate 1e-3 falling to 1e-4
along a cosine after 100 iterations of warm-up. The first 90 % of the text train; the validation
loss is the mean over 20 random batches of the rest, in nats a character. Prints one JSON line.
Example: python torch_nanogpt.py tinyshakespeare.txt --steps 2000 --threads 2
"""

import argparse
import json
import math
import statistics
import sys
import time

import torch

from gpt2 import GPT

CONTEXT, BATCH, WARM_UP = 64, 12, 100
HIGHEST_RATE, LOWEST_RATE = 1e-3, 1e-4


def learning_rate(step, steps):
    """nanoGPT's schedule: the warm-up counts from one, and the cosine ends at `steps`."""
    if step < WARM_UP:
        return HIGHEST_RATE * (step + 1) / (WARM_UP + 1)
    if step > steps:
        return LOWEST_RATE
    progress = (step - WARM_UP) / max(1, steps - WARM_UP)
    return LOWEST_RATE + 0.5 * (1 + math.cos(math.pi * progress)) * (HIGHEST_RATE - LOWEST_RATE)


def draw(data):
    """A random batch of windows and the same windows one character later."""
    starts = torch.randint(len(data) - CONTEXT, (BATCH,)).tolist()
    inputs = torch.stack([data[i:i + CONTEXT] for i in starts])
    targets = torch.stack([data[i + 1:i + 1 + CONTEXT] for i in starts])
    return inputs, targets


@torch.no_grad()
def evaluate(model, data, batches=20):
    return statistics.mean(model(*draw(data)).item() for _ in range(batches))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", help="path of a UTF-8 text file")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1337)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    with open(options.text, encoding="utf-8") as file:
        text = file.read()
    numbers = {character: i for i, character in enumerate(sorted(set(text)))}
    data = torch.tensor([numbers[character] for character in text])
    training, validation = data[:int(0.9 * len(data))], data[int(0.9 * len(data)):]

    model = GPT(layers=4, heads=4, width=128, vocabulary=len(numbers), context=CONTEXT,
                bias=False, approximate="none")
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
        lr=HIGHEST_RATE, betas=(0.9, 0.99))
    seconds = []
    begin = time.perf_counter()
    for step in range(options.steps):
        start = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, options.steps)
        loss = model(*draw(training))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seconds.append(time.perf_counter() - start)
        if (step + 1) % 250 == 0:
            print(f"step {step + 1}: training loss {loss.item():.4f}", file=sys.stderr)
    wall = time.perf_counter() - begin
    print(json.dumps({
        "torch": torch.__version__, "threads": options.threads, "steps": options.steps,
        "validation_loss": evaluate(model, validation), "wall_seconds": wall,
        "milliseconds_per_step": 1000 * statistics.median(seconds),
    }))


if __name__ == "__main__":
    main()
