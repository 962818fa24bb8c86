"""Compares `apus tokenizer` with the libraries that models were trained with, on large mixed texts.

usage: check_tokenizers.py [--apus PATH] [--cache FOLDER] [--only NAME,…] [--megabytes N]
                           [--trained] [--trained-megabytes N] [--vectors FOLDER] [--converted]

For each tokenizer: 20 MB of short texts in many scripts, and texts that are long in one way, are
encoded with offsets by both; the ids are decoded by both. Prints a JSON line each with the numbers
of texts, bytes and tokens, of texts whose ids, offsets or decoded text differ, and the first few.
`--trained` adds small tokenizers of every kind, trained here. `--vectors` names a folder with
llama.cpp's vocabularies and the vectors recorded with them. `--converted` compares instead what Apus
makes of files of other formats with what Hugging Face's library makes of the tokenizer.json that
`apus tokenizer convert` writes for them. Exit code 1 if anything differs.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import tokenizer_corpus
import tokenizer_sources
import tokenizer_trained

TRAINING_KINDS = ["english", "chinese", "japanese", "korean", "arabic", "hindi", "thai", "code",
                  "shapes", "emoji", "logs"]


class Failed(Exception):
    pass


def run(command, lines):
    """The lines that a command makes of some lines."""
    with tempfile.TemporaryFile() as file:
        for line in lines:
            file.write(line.encode() + b"\n")
        file.seek(0)
        done = subprocess.run(command, stdin=file, capture_output=True)
    if done.returncode != 0:
        raise Failed(f"exit code {done.returncode}: {done.stderr.decode()[-400:].strip()}")
    return done.stdout.decode().split("\n")[:-1]


def as_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def first_difference(ours, theirs):
    for place, pair in enumerate(zip(ours, theirs)):
        if pair[0] != pair[1]:
            return place
    return min(len(ours), len(theirs))


def around(values, place):
    return values[max(0, place - 3):place + 5]


class Comparison:
    """Counts what differs, and keeps the first few."""

    def __init__(self, examples):
        self.counts = {"texts": 0, "bytes": 0, "tokens": 0, "ids": 0, "offsets": 0, "decoded": 0,
                       "reference_failed": 0}
        self.kinds = {}
        self.examples = []
        self.limit = examples

    def differ(self, what, kind, text, ours, theirs):
        self.counts[what] += 1
        key = f"{what} {kind}"
        self.kinds[key] = self.kinds.get(key, 0) + 1
        # Short texts of each kind show more than many of one.
        if self.kinds[key] <= 2 and len(self.examples) < self.limit:
            place = first_difference(ours, theirs)
            self.examples.append({
                "what": what, "kind": kind, "text": text[:300], "length": len(text), "place": place,
                "apus": around(ours, place), "reference": around(theirs, place)})


def encode_reference(reference, texts, as_text, result):
    """What the reference makes of texts, one by one where it fails on some of them."""
    try:
        return list(reference.encode(texts, as_text))
    except KeyboardInterrupt:
        raise
    except BaseException:  # a panic of a Rust library is no Exception
        answers = []
        for text in texts:
            try:
                answers.append(next(reference.encode([text], as_text)))
            except KeyboardInterrupt:
                raise
            except BaseException:
                result.counts["reference_failed"] += 1
                answers.append(None)
        return answers


def compare(apus, path, reference, documents, result, as_text=False):
    """Encodes and decodes documents with both."""
    arguments = list(reference.arguments)
    if as_text:
        arguments[arguments.index("parse")] = "none"
    for start in range(0, len(documents), 20_000):
        part = documents[start:start + 20_000]
        texts = [text for _, text in part]
        theirs = encode_reference(reference, texts, as_text, result)
        ours = run([apus, "tokenizer", "encode", "--tokenizer", str(path), "--json-lines",
                    "--offsets", *arguments], map(as_json, texts))
        if len(ours) != len(texts):
            raise Failed(f"{len(ours)} lines for {len(texts)} texts")
        lists, kept = [], []
        for (kind, text), line, answer in zip(part, ours, theirs):
            result.counts["texts"] += 1
            result.counts["bytes"] += len(text.encode())
            if answer is None:
                continue
            ids, offsets = answer
            value = json.loads(line)
            result.counts["tokens"] += len(ids)
            if value["ids"] != ids:
                result.differ("ids", kind, text, value["ids"], ids)
            elif offsets is not None and value["offsets"] != offsets:
                result.differ("offsets", kind, text, value["offsets"], offsets)
            if reference.can_decode(ids):
                lists.append(ids)
                kept.append((kind, text))
        for skip in ([True, False] if reference.decodes_special and start == 0 else [True]):
            decoded = run([apus, "tokenizer", "decode", "--tokenizer", str(path), "--json-lines",
                           *([] if skip else ["--keep-special"])], map(as_json, lists))
            for (kind, _), line, ids, expected in zip(
                    kept, decoded, lists, reference.decode(lists, skip)):
                text = json.loads(line)
                if text != expected:
                    result.differ("decoded", kind, as_json(ids[:60]), text, expected)


def check(name, options, make, size, extremes):
    result = Comparison(options.examples)
    began = time.perf_counter()
    line = {"tokenizer": name}
    try:
        reference = make()
        run([options.apus, "tokenizer", "encode", "--tokenizer", str(reference.path)], [""])
        special = reference.special()
        documents = tokenizer_corpus.documents(options.cache, size)
        if special:
            documents = documents + tokenizer_corpus.special_documents(special, size // 80)
        if extremes:
            documents = documents + tokenizer_corpus.extremes(options.cache, extremes)
        compare(options.apus, reference.path, reference, documents, result)
        if special:
            compare(options.apus, reference.path, reference,
                    tokenizer_corpus.special_documents(special, size // 80, seed=9), result,
                    as_text=True)
    except Failed as error:
        line["failed"] = str(error)
    except subprocess.CalledProcessError as error:
        line["failed"] = f"exit code {error.returncode}: {error.stderr.decode()[-400:].strip()}"
    line |= result.counts | {"by_kind": result.kinds, "examples": result.examples,
                             "seconds": round(time.perf_counter() - began, 1)}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    wrong = [result.counts[key] for key in ("ids", "offsets", "decoded")]
    print(f"{name}: {result.counts['texts']} texts, {result.counts['bytes'] / 1e6:.1f} MB, "
          f"{result.counts['tokens']} tokens; differing ids {wrong[0]}, offsets {wrong[1]}, "
          f"decoded {wrong[2]} {line.get('failed', '')}", file=sys.stderr, flush=True)
    return "failed" not in line and not any(wrong)


def converted(options, jobs):
    """The tokenizers of other formats, once more as what `apus tokenizer convert` makes of them."""
    paths = [(name, make().path) for name, make, *_ in jobs]
    if options.vectors:
        paths += [(path.name, path) for path in sorted(pathlib.Path(options.vectors).glob("*.gguf"))]
    for name, path in paths:
        if pathlib.Path(path).name != "tokenizer.json":
            folder = pathlib.Path(options.cache, "converted", name.replace(" ", "_"))
            yield (name + " converted", lambda p=path, f=folder: tokenizer_sources.Converted(
                options.apus, p, f))


def trained(options):
    """Small tokenizers: Hugging Face's as tokenizer.json, SentencePiece's as .model."""
    texts = [text for kind, text in tokenizer_corpus.documents(options.cache, 1_200_000, seed=11)
             if kind in TRAINING_KINDS]
    folder = pathlib.Path(options.cache, "trained")
    models = list(tokenizer_trained.sentencepiece_models(texts, folder))
    for name, path in models:
        yield name, lambda p=path: tokenizer_sources.SentencePiece(p)
    names = folder / "names.json"
    if not names.exists():
        made = []
        charsmap = tokenizer_trained.charsmap(models[0][1])
        for name, tokenizer in tokenizer_trained.hugging_face(texts, charsmap):
            path = folder / name.replace(" ", "_") / "tokenizer.json"
            path.parent.mkdir(exist_ok=True)
            tokenizer.save(str(path))
            made.append(name)
        names.write_text(json.dumps(made))
    for name in json.loads(names.read_text()):
        path = folder / name.replace(" ", "_") / "tokenizer.json"
        yield name, lambda p=path: tokenizer_sources.HuggingFace(p)


def check_vectors(options):
    """The ids that llama.cpp recorded for its vocabularies."""
    good = True
    for path in sorted(pathlib.Path(options.vectors).glob("*.gguf")):
        inputs = pathlib.Path(str(path) + ".inp").read_text(encoding="utf-8")
        texts = inputs.split("\n__ggml_vocab_test__\n")
        outputs = pathlib.Path(str(path) + ".out").read_text().split("\n")
        expected = [[int(word) for word in line.split()] for line in outputs]
        line = {"tokenizer": path.name, "texts": len(texts), "ids": 0, "examples": []}
        try:
            ours = run([options.apus, "tokenizer", "encode", "--tokenizer", str(path),
                        "--json-lines", "--special", "none", "--no-template"], map(as_json, texts))
            for text, answer, ids in zip(texts, map(json.loads, ours), expected):
                if answer != ids:
                    line["ids"] += 1
                    line["examples"].append({"text": text, "apus": answer, "reference": ids})
        except Failed as error:
            line["failed"] = str(error)
        print(json.dumps(line, ensure_ascii=False), flush=True)
        print(f"{path.name}: {len(texts)} texts; differing ids {line['ids']} "
              f"{line.get('failed', '')}", file=sys.stderr)
        good = good and "failed" not in line and line["ids"] == 0
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--apus", default=".build/release/apus")
    parser.add_argument("--cache", default=".build/peers")
    parser.add_argument("--only", default="", help="names, or parts of them, with commas between")
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--long", type=int, default=1_000_000, help="the length of long texts")
    parser.add_argument("--trained", action="store_true")
    parser.add_argument("--trained-megabytes", type=float, default=1)
    parser.add_argument("--converted", action="store_true")
    parser.add_argument("--vectors")
    parser.add_argument("--examples", type=int, default=6)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    wanted = [part for part in options.only.split(",") if part]

    def is_wanted(name):
        return not wanted or any(part in name for part in wanted)
    os.environ["RUST_BACKTRACE"] = "0"
    size = int(options.megabytes * 1e6)
    small = int(options.trained_megabytes * 1e6)
    jobs = [(*pair, size, options.long) for pair in tokenizer_sources.tokenizers(options.cache)]
    if options.trained:
        jobs += [(*pair, small, min(options.long, 10_000)) for pair in trained(options)]
    jobs = [job for job in jobs if is_wanted(job[0])]
    if options.converted:
        jobs = [(*pair, small, min(options.long, 10_000)) for pair in converted(options, jobs)]
    if options.list:
        return print("\n".join(name for name, *_ in jobs))
    results = [check(name, options, make, bytes_, long) for name, make, bytes_, long in jobs]
    if options.vectors and not options.converted:
        results.append(check_vectors(options))
    print(f"{sum(results)} of {len(results)} agree", file=sys.stderr)
    sys.exit(0 if all(results) else 1)


main()
