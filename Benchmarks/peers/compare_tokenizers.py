"""Runs `apus benchmark tokenizer` and the tokenizer libraries of PyPI in turn on the same work.

usage: compare_tokenizers.py encode [--vocabulary NAME,…] [--text english,code,FILE,…]
                                    [--mode whole,batch] [--threads 1,2] [--only LIBRARY,…]
       compare_tokenizers.py load | train | letters
       compare_tokenizers.py all
all with [--apus PATH] [--cache FOLDER] [--rounds N]

Each run is a process of its own. `encode` prints, for each vocabulary, text, mode and number of
threads, what each library does in megabytes of text a second, median over the rounds: "new" for a
text that it has not seen, after another one that warms its caches up, "again" for the same text once
more. "ratio" is Apus's rate by the library's, "times_of_one_thread" a library's rate on several threads
by its own on one, both of the same round. Libraries whose ids differ from those of Hugging
Face's are marked; those that cannot load a vocabulary are left out with the reason. `load` reads
large tokenizer.json files, `train` learns 32 000 byte-level tokens from 10 MB, `letters` encodes a
megabyte of one letter and one of prose. Run it on a quiet machine.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import tokenizer_corpus
import tokenizer_sources as sources

HERE = pathlib.Path(__file__).resolve().parent
EVERY = ["tokenizers", "tokie", "splintr", "kitoken", "gigatoken", "fastokens", "snaptokens", "iree"]
VOCABULARIES = {
    "gpt2": EVERY + ["tiktoken", "tuetoken", "wordchipper"],
    "cl100k": EVERY + ["tiktoken", "tuetoken", "wordchipper", "quicktok", "rs_bpe", "bpe_openai"],
    "o200k": EVERY + ["tiktoken", "tuetoken", "wordchipper", "quicktok", "rs_bpe", "bpe_openai"],
    "mistral": EVERY + ["tuetoken", "sentencepiece"],
    "minilm": EVERY + ["nanotoken"],
    "unigram": EVERY,
}


def show(line):
    print(json.dumps(line, ensure_ascii=False), flush=True)


def prepare(cache, name):
    """The folder with tokenizer.json of a vocabulary."""
    folder = pathlib.Path(cache, "speed", name)
    if (folder / "tokenizer.json").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    if name in sources.TIKTOKENS:
        path = sources.fetch(cache, name)
        shutil.copy(path, folder / "vocabulary.tiktoken")
        tokenizer = sources.byte_level(sources.read_ranks(path), sources.JSON_PATTERNS[name],
                                       list(sources.TIKTOKENS[name][1]))
    elif name == "mistral":
        path = sources.fetch(cache, "mistral v1")
        shutil.copy(path, folder / "vocabulary.model")
        tokenizer = sources.sentencepiece_bpe(path)
    elif name == "unigram":
        tokenizer = sources.large_unigram(cache, tokenizer_corpus.english(cache))
    else:
        tokenizer = sources.HuggingFace(sources.fetch(cache, name)).tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def texts(cache, name):
    """The paths of a text and of another one of its kind, which warms caches up."""
    folder = pathlib.Path(cache, "speed", "texts")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{pathlib.Path(name).stem}.txt"
    warm = folder / f"{pathlib.Path(name).stem}.warm.txt"
    if not warm.exists():
        make = {"english": tokenizer_corpus.english, "code": tokenizer_corpus.code}.get(name)
        if make:
            text = make(cache, 11_000_000)
        else:
            text = pathlib.Path(name).read_text(encoding="utf-8")
        cut = text.rfind("\n\n", 0, len(text) * 10 // 11)
        path.write_text(text[:cut], encoding="utf-8", newline="")
        warm.write_text(text[cut:].lstrip("\n"), encoding="utf-8", newline="")
    return path, warm


def run(command, threads, seconds=600):
    """The JSON that a command prints last; with one thread it stays on one processor."""
    def stay():
        if threads == 1:
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                              preexec_fn=stay, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, f"no result after {seconds} s"
    if done.returncode != 0 or not done.stdout.strip():
        lines = [line for line in done.stderr.strip().splitlines() if line.strip(" ^~")]
        return None, (lines or ["no output"])[-1][:300]
    return json.loads(done.stdout.strip().splitlines()[-1]), None


def apus(options, folder, text, warm, mode, threads, ids):
    part = {"whole": "encode", "batch": "encode_batch"}[mode]
    only = {"whole": "encode,decode", "batch": "batch"}[mode]
    line, error = run(
        [options.apus, "benchmark", "tokenizer", "--tokenizer", folder, "--file", text, "--warm",
         warm, "--threads", threads, "--only", only, "--rounds", 3, "--loads", 1, "--ids", ids,
         "--json"], threads)
    if error:
        return None, error
    os.replace(f"{ids}.{mode}", ids)
    return {"new": line[f"new_{part}_megabytes_per_second"],
            "again": line[f"{part}_megabytes_per_second"],
            "decode": line.get("decode_megabytes_per_second"),
            "load_milliseconds": line["load_milliseconds"]}, None


def peer(library, name, folder, text, warm, mode, threads, ids):
    return run([sys.executable, HERE / "tokenizer_peers.py", library, name, folder, text, "--warm",
                warm, "--mode", mode, "--threads", threads, "--ids", ids], threads)


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def encode(options):
    for name in options.vocabulary.split(","):
        folder = prepare(options.cache, name)
        libraries = [library for library in VOCABULARIES[name]
                     if not options.only or library in options.only.split(",")]
        for text in options.text.split(","):
            paths = texts(options.cache, text)
            for mode in options.mode.split(","):
                # One text is encoded on one thread.
                counts = [1] if mode == "whole" else list(map(int, options.threads.split(",")))
                encode_mode(options, name, folder, libraries, text, paths, mode, counts)


def encode_mode(options, name, folder, libraries, text, paths, mode, counts):
    """All libraries in turn, each with each number of threads, round after round."""
    rows = {threads: {library: [] for library in ["apus", *libraries]} for threads in counts}
    failed, hashes = {}, {}
    with tempfile.TemporaryDirectory() as place:
        ids = os.path.join(place, "ids")
        for _ in range(options.rounds):
            for library in ["apus", *libraries]:
                for threads in counts:
                    if library in failed:
                        continue
                    if library == "apus":
                        line, error = apus(options, folder, *paths, mode, threads, ids)
                    else:
                        line, error = peer(library, name, folder, *paths, mode, threads, ids)
                    if error:
                        failed[library] = error
                        continue
                    hashes.setdefault(library, digest(ids))
                    if digest(ids) != hashes[library]:
                        failed[library] = "other ids in another run"
                    rows[threads][library].append(line)
    for threads in counts:
        head = {"vocabulary": name, "text": text, "mode": mode, "threads": threads}
        one = rows[1] if threads > 1 and 1 in rows else {}
        show_mode(head, rows[threads], one, failed, hashes)


def show_mode(head, rows, one, failed, hashes):
    """A line for each library; `one` has the runs with one thread to compare with, if any."""
    def gain(library, lines):
        # Of the same round, because the machine's speed drifts.
        if library not in one:
            return {}
        return {f"times_of_one_thread_{key}": round(statistics.median(
            a[key] / b[key] for a, b in zip(lines, one[library])), 3) for key in ("new", "again")}
    ours = rows["apus"]
    if ours and "apus" not in failed:
        show(head | {"library": "apus"} | medians(ours) | gain("apus", ours)
             | {"equal_ids": hashes["apus"] == hashes.get("tokenizers", hashes["apus"])})
    for library, theirs in rows.items():
        if library == "apus":
            continue
        if library in failed:
            show(head | {"library": library, "failed": failed[library]})
            continue
        line = head | {"library": library} | medians(theirs) | gain(library, theirs)
        line["equal_ids"] = hashes[library] == hashes.get("tokenizers", hashes[library])
        for key in ("new", "again", "decode"):
            if ours and line.get(key):
                line["ratio_" + key] = round(statistics.median(
                    a[key] / b[key] for a, b in zip(ours, theirs)), 3)
        show(line)
    if "apus" in failed:
        show(head | {"library": "apus", "failed": failed["apus"]})


def medians(rows):
    keys = [key for key in ("new", "again", "decode", "load_milliseconds") if rows[0].get(key)]
    return {key: round(statistics.median(row[key] for row in rows), 3) for key in keys}


LOADER = """
import json, sys, time
import tokenizers
start = time.perf_counter()
tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1])
print(json.dumps({"load_milliseconds": (time.perf_counter() - start) * 1e3}))
"""


def load(options):
    """The time until a large tokenizer.json is ready, each time in a fresh process."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("a")
        text.flush()
        for name in ["llama3", "qwen2", "deepseek"]:
            path = sources.fetch(options.cache, name)
            ours, theirs, problem = [], [], None
            for _ in range(max(5, options.rounds)):
                line, error = run([options.apus, "benchmark", "tokenizer", "--tokenizer", path,
                                   "--file", text.name, "--loads", 1, "--rounds", 1, "--only",
                                   "encode", "--json"], 0)
                if error:
                    problem = error
                    break
                ours.append(line["load_milliseconds"])
                theirs.append(run([sys.executable, "-c", LOADER, path], 0)[0]["load_milliseconds"])
            size = round(path.stat().st_size / 1e6, 1)
            head = {"load": name, "megabytes": size}
            show(head | ({"failed": problem} if problem else {
                "apus_milliseconds": round(statistics.median(ours), 1),
                "tokenizers_milliseconds": round(statistics.median(theirs), 1),
                "share": round(statistics.median(a / b for a, b in zip(ours, theirs)), 3)}))


TRAINER = """
import json, sys, time
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
trainer = trainers.BpeTrainer(vocab_size=32000, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                              show_progress=False)
start = time.perf_counter()
tokenizer.train([sys.argv[1]], trainer)
seconds = time.perf_counter() - start
tokenizer.save(sys.argv[2])
print(json.dumps({"seconds": seconds}))
"""


def train(options):
    """BPE training on 10 MB, and whether vocabulary and merges are the same."""
    for text in options.text.split(","):
        path, _ = texts(options.cache, text)
        for threads in [1, 2]:
            ours, theirs, same = [], [], []
            with tempfile.TemporaryDirectory() as place:
                for _ in range(options.rounds):
                    line, error = run([
                        options.apus, "tokenizer", "train", "--algorithm", "byte-level-bpe",
                        "--vocab-size", 32000, "--out", place, "--threads", threads, "--force",
                        "--json", path], threads)
                    if error:
                        return show({"train": text, "failed": error})
                    ours.append(line["seconds"])
                    os.environ["RAYON_NUM_THREADS"] = str(threads)
                    other = os.path.join(place, "other.json")
                    theirs.append(run([sys.executable, "-c", TRAINER, path, other],
                                      threads)[0]["seconds"])
                    a = json.loads(pathlib.Path(place, "tokenizer.json").read_text())["model"]
                    b = json.loads(pathlib.Path(other).read_text())["model"]
                    same.append(a["vocab"] == b["vocab"] and pairs(a) == pairs(b))
            show({"train": text, "threads": threads,
                  "apus_seconds": round(statistics.median(ours), 3),
                  "tokenizers_seconds": round(statistics.median(theirs), 3),
                  "ratio": round(statistics.median(b / a for a, b in zip(ours, theirs)), 2),
                  "same_vocabulary": all(same)})


def pairs(model):
    return [pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"]]


def letters(options):
    """A megabyte of one letter beside a megabyte of prose: nothing may be super-linear."""
    with tempfile.TemporaryDirectory() as place:
        prose, _ = texts(options.cache, "english")
        samples = {"prose": prose.read_text(encoding="utf-8")[:1_000_000], "a": "a" * 1_000_000,
                   "spaces": " " * 1_000_000, "feeds": "\n" * 1_000_000, "ab": "ab" * 500_000,
                   "digits": "7" * 1_000_000, "dashes": "-" * 1_000_000, "han": "的" * 333_333}
        for name, text in samples.items():
            pathlib.Path(place, name).write_text(text, encoding="utf-8", newline="")
        for vocabulary in options.vocabulary.split(","):
            folder = prepare(options.cache, vocabulary)
            times = {name: [] for name in samples}
            problem = None
            for _ in range(options.rounds):
                for name in samples:
                    line, error = run([
                        options.apus, "benchmark", "tokenizer", "--tokenizer", folder, "--file",
                        os.path.join(place, name), "--only", "encode", "--rounds", 1, "--loads", 1,
                        "--json"], 1, 120)
                    if error:
                        problem = f"{name}: {error}"
                        break
                    times[name].append(line["bytes"] / line["new_encode_megabytes_per_second"] / 1e3)
            if problem:
                show({"letters": vocabulary, "failed": problem})
                continue
            middle = {name: statistics.median(values) for name, values in times.items()}
            show({"letters": vocabulary,
                  "milliseconds": {name: round(value, 2) for name, value in middle.items()},
                  "times_of_prose": {name: round(value / middle["prose"], 2)
                                     for name, value in middle.items()}})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["encode", "load", "train", "letters", "all"])
    parser.add_argument("--apus", default=".build/release/apus")
    parser.add_argument("--cache", default=".build/peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--vocabulary", default=",".join(VOCABULARIES))
    parser.add_argument("--text", default="english,code")
    parser.add_argument("--mode", default="whole,batch")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    work = {"encode": encode, "load": load, "train": train, "letters": letters}
    start = time.perf_counter()
    for name in work if options.what == "all" else [options.what]:
        work[name](options)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)


main()
