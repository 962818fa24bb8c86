"""Runs Apus and PyTorch in turn on the same work and prints both figures and their ratio.

usage: compare.py train [--apus PATH] [--rounds N] [--threads K]
       compare.py ops   [--apus PATH] [--rounds N] [--threads K]
       compare.py nano TEXT [--apus PATH] [--rounds N] [--threads K] [--steps S]

Medians over the rounds; a ratio above 1 means that Apus is faster. Run it on a quiet machine.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPES = [("gpt2-124m", 4, 64, 5), ("gpt2-124m", 1, 256, 5), ("mini", 8, 128, 10)]
# Apus's name, PyTorch's name.
OPERATIONS = [("exp_1048576", "exp 1M"), ("gelu_1048576", "gelu 1M"),
              ("gelu_tanh_1048576", "gelu_tanh 1M"), ("silu_1048576", "silu 1M"),
              ("softmax_1024x1000", "softmax 1024x1000"),
              ("rms_norm_1024x768", "rms_norm 1024x768"),
              ("layer_norm_1024x768", "layer_norm 1024x768"), ("adamw_16777216", "adamw 16M")]


def run(command):
    """The last line that the command prints, as JSON. Settings of OpenBLAS stay out of PyTorch."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS")}
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(out.stdout.strip().splitlines()[-1])


def peer(name, *arguments):
    return run([sys.executable, os.path.join(HERE, name), *map(str, arguments)])


def train(options):
    for preset, batch, length, steps in SHAPES:
        shape = ["--preset", preset, "--batch", str(batch), "--time", str(length), "--steps",
                 str(steps), "--threads", str(options.threads)]
        theirs, ours = [], []
        for _ in range(options.rounds):
            theirs.append(peer("torch_train.py", *shape))
            ours.append(run([options.apus, "benchmark", "train", *shape, "--json"]))

        def median(rows, key):
            return statistics.median(row[key] for row in rows)
        print(json.dumps({
            "preset": preset, "batch": batch, "time": length, "threads": options.threads,
            "apus_tokens_per_second": round(median(ours, "tokens_per_second"), 1),
            "torch_tokens_per_second": round(median(theirs, "tokens_per_second"), 1),
            "ratio": round(statistics.median(
                o["tokens_per_second"] / t["tokens_per_second"] for o, t in zip(ours, theirs)), 3),
            "share_of_fma_peak": round(median(ours, "share_of_peak"), 3),
            "shares": [round(row["share_of_peak"], 3) for row in ours],
            "memory_ratio": round(median(ours, "peak_resident_bytes")
                                  / median(theirs, "peak_resident_bytes"), 3)}), flush=True)


def ops(options):
    rows = {name: [] for name, _ in OPERATIONS}
    for _ in range(options.rounds):
        theirs = peer("torch_ops.py", "--threads", options.threads)["operations"]
        ours = run([options.apus, "benchmark", "ops", "--threads", str(options.threads), "--json"])
        for name, other in OPERATIONS:
            rows[name].append((ours[name + "_milliseconds"], theirs[other]["seconds"] * 1e3))
    for name, pairs in rows.items():
        print(json.dumps({
            "operation": name,
            "apus_milliseconds": round(statistics.median(a for a, _ in pairs), 4),
            "torch_milliseconds": round(statistics.median(b for _, b in pairs), 4),
            "ratio": round(statistics.median(b / a for a, b in pairs), 2)}), flush=True)


def nano(options):
    recipe = os.path.join(HERE, "..", "..", "Examples", "shakespeare.yaml")
    ours, theirs, losses = [], [], []
    for _ in range(options.rounds):
        result = peer("torch_nanogpt.py", options.text, "--steps", options.steps,
                      "--threads", options.threads)
        theirs.append(result["milliseconds_per_step"])
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            subprocess.run(
                [options.apus, "pretrain", recipe, "--threads", str(options.threads),
                 "--set", f"data.files=[{options.text}]", "--set", f"output={folder}",
                 "--set", f"training.steps={options.steps}", "--set", "log_every=1",
                 "--set", "evaluation.every=100000"],
                check=True, capture_output=True)
            wall = time.perf_counter() - start
            lines = [json.loads(line) for line in open(os.path.join(folder, "metrics.jsonl"))]
        steps = [line["tokens"] / line["step"] / line["tokens_per_second"] * 1e3
                 for line in lines if "loss" in line]
        ours.append(statistics.fmean(steps))
        losses.append([line["validation_loss"] for line in lines if "validation_loss" in line][-1])
        print(json.dumps({"apus_milliseconds_per_step": round(ours[-1], 2),
                          "torch_milliseconds_per_step": round(theirs[-1], 2),
                          "apus_wall_seconds_with_evaluation": round(wall, 1),
                          "apus_validation_loss": round(losses[-1], 4),
                          "torch_validation_loss": round(result["validation_loss"], 4)}), flush=True)
    print(json.dumps({"ratio": round(statistics.median(
        t / o for o, t in zip(ours, theirs)), 3)}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["train", "ops", "nano"])
    parser.add_argument("text", nargs="?")
    parser.add_argument("--apus", default=".build/release/apus")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    {"train": train, "ops": ops, "nano": nano}[options.what](options)


main()
