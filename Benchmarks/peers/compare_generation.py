"""Runs llama-bench and `apus benchmark generate` in turn on the same GGUF files and prints ratios.

usage: compare_generation.py --llama-bench PATH --models FOLDER [--apus PATH] [--threads 1,2]
                             [--types TYPE,…] [--name NAME] [--rounds N] [--prompt-tokens P]
                             [--new-tokens N] [--transformers] [--roof]

A JSON line a type and number of threads: medians over the rounds of both sides, the medians of the
ratios of the same round (above 1: Apus is faster), the ratios that are wanted, and the worst of the
rounds. Both processes are tied to as many processors as threads. Both predict P random tokens in
one go, then N tokens one by one.

llama.cpp's load time is what one token takes from the start of the process to its end, but for the
token itself, Apus's what it reports; "process" compares the same measure for both. Peak memory is
that of the process as the kernel counts it, mapped pages of the file included. `--transformers`
adds float32 in transformers (once a round), `--roof` the share of the memory's read bandwidth that
decoding reaches: bytes of all weights that a token needs, times tokens a second, over what the same
threads sum up of a large array in PyTorch. Run it on a quiet machine.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
TYPES = ["F32", "F16", "Q8_0", "Q4_0", "Q4_1", "Q4_K_M"]
# What the issue of pretrained models wants: decoding, prompt.
WANTED = {"F32": (1.0, 1.5), "F16": (1.2, 1.15), "Q8_0": (1.25, 1.5), "Q4_0": (1.1, 1.3),
          "Q4_1": (1.25, 1.5), "Q4_K_M": (1.25, 1.5)}
ROOF = """
import sys, time, torch
torch.set_num_threads(int(sys.argv[1]))
values = torch.ones(1 << 28)
best = 0
for _ in range(8):
    start = time.perf_counter()
    values.sum()
    best = max(best, values.numel() * 4 / (time.perf_counter() - start))
print(best)
"""


def run(command, threads):
    """What a command prints, and its seconds and peak memory, on as many processors as threads."""
    processors = sorted(os.sched_getaffinity(0))[:threads]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            list(map(str, command)), stdout=output, stderr=errors,
            preexec_fn=lambda: os.sched_setaffinity(0, processors))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        output.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))} failed: {errors.read().decode()[-600:]}")
        return output.read().decode(), seconds, usage.ru_maxrss * 1024


def llama_bench(options, path, threads):
    def once(prompt, new, *more):
        text, seconds, memory = run(
            [options.llama_bench, "-m", path, "-t", threads, "-p", prompt, "-n", new, "-r", 1,
             "-o", "json", *more], threads)
        return json.loads(text), seconds, memory

    rows, _, memory = once(options.prompt_tokens, options.new_tokens)
    short, seconds, _ = once(0, 1, "--no-warmup")
    return {
        "prompt_tokens_per_second": next(r["avg_ts"] for r in rows if r["n_prompt"]),
        "decode_tokens_per_second": next(r["avg_ts"] for r in rows if r["n_gen"]),
        "load_milliseconds": (seconds - short[0]["avg_ns"] / 1e9) * 1e3,
        "process_milliseconds": seconds * 1e3, "peak_resident_bytes": memory}


def apus(options, path, threads):
    def once(prompt, new):
        text, seconds, memory = run(
            [options.apus, "benchmark", "generate", "--model", path, "--prompt-tokens", prompt,
             "--new-tokens", new, "--threads", threads, "--json"], threads)
        return json.loads(text.strip().splitlines()[-1]), seconds, memory

    result, _, memory = once(options.prompt_tokens, options.new_tokens)
    _, seconds, _ = once(1, 1)
    return {**result, "process_milliseconds": seconds * 1e3, "peak_resident_bytes": memory,
            "reported_resident_bytes": result["peak_resident_bytes"]}


def transformers(options, path, threads):
    text, _, _ = run(
        [sys.executable, HERE / "torch_generate.py", path, "--threads", threads, "--prompt-tokens",
         options.prompt_tokens, "--new-tokens", options.new_tokens], threads)
    return json.loads(text.strip().splitlines()[-1])


def weight_bytes(path):
    """Bytes of the weights that predicting one token reads: a table of embeddings counts only if it
    is the head as well."""
    import gguf
    tensors = {t.name: int(t.n_bytes) for t in gguf.GGUFReader(path).tensors}
    if "output.weight" in tensors:
        tensors.pop("token_embd.weight", None)
    return sum(tensors.values())


def bandwidth(threads):
    text, _, _ = run([sys.executable, "-c", ROOF, threads], threads)
    return float(text)


def report(kind, threads, ours, theirs, others, roofs, size):
    def median(rows, key):
        return statistics.median(row[key] for row in rows)

    def ratios(key, inverse=False):
        return [o[key] / t[key] if not inverse else t[key] / o[key] for o, t in zip(ours, theirs)]

    result = {"type": kind, "threads": threads}
    for position, name in enumerate(("decode", "prompt")):
        key = f"{name}_tokens_per_second"
        result[name] = {
            "apus": round(median(ours, key), 1), "llama_cpp": round(median(theirs, key), 1),
            "ratio": round(statistics.median(ratios(key)), 3), "worst": round(min(ratios(key)), 3)}
        if kind in WANTED:
            result[name]["wanted"] = WANTED[kind][position]
            result[name]["reached"] = statistics.median(ratios(key)) >= WANTED[kind][position]
        if others:
            result[name]["transformers_float32"] = round(median(others, key), 1)
    for name, key, unit in (("load_milliseconds", "load_milliseconds", 1),
                            ("process_milliseconds", "process_milliseconds", 1),
                            ("peak_megabytes", "peak_resident_bytes", 1e6)):
        result[name] = {"apus": round(median(ours, key) / unit, 1),
                        "llama_cpp": round(median(theirs, key) / unit, 1),
                        "ratio": round(statistics.median(ratios(key)), 3)}
    if roofs:
        roof = statistics.median(roofs)
        result["read_gigabytes_per_second"] = round(roof / 1e9, 2)
        result["megabytes_per_token"] = round(size / 1e6, 1)
        for name, rows in (("apus", ours), ("llama_cpp", theirs)):
            shares = [row["decode_tokens_per_second"] * size / r for row, r in zip(rows, roofs)]
            result[f"{name}_share_of_bandwidth"] = round(statistics.median(shares), 3)
    return result


def compare(options, path, kind, threads):
    ours, theirs, others, roofs = [], [], [], []
    for number in range(options.rounds):
        sides = [(theirs, llama_bench), (ours, apus)]
        for rows, side in sides if number % 2 == 0 else reversed(sides):
            rows.append(side(options, path, threads))
        if options.transformers and kind == "F32":
            others.append(transformers(options, path, threads))
        if options.roof:
            roofs.append(bandwidth(threads))
    return report(kind, threads, ours, theirs, others, roofs,
                  weight_bytes(path) if options.roof else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--apus", default=".build/release/apus")
    parser.add_argument("--llama-bench", required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--name", default="SmolLM2-135M-Instruct")
    parser.add_argument("--types", type=lambda text: text.split(","), default=TYPES)
    parser.add_argument("--threads", type=lambda text: list(map(int, text.split(","))),
                        default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prompt-tokens", type=int, default=512)
    parser.add_argument("--new-tokens", type=int, default=128)
    parser.add_argument("--transformers", action="store_true")
    parser.add_argument("--roof", action="store_true")
    options = parser.parse_args()
    for threads in options.threads:
        if threads > len(os.sched_getaffinity(0)):
            sys.exit(f"this process may not use {threads} processors")
    paths = {kind: options.models / f"{options.name}.{kind}.gguf" for kind in options.types}
    if missing := [str(path) for path in paths.values() if not path.exists()]:
        sys.exit(f"missing: {', '.join(missing)}; get_models.py --variants makes them")
    reached = True
    for kind, path in paths.items():
        for threads in options.threads:
            result = compare(options, path, kind, threads)
            reached &= all(result[name].get("reached", True) for name in ("decode", "prompt"))
            print(json.dumps(result), flush=True)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
