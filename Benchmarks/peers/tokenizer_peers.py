"""One run of one tokenizer library on one text, in a process of its own, for compare_tokenizers.py.

usage: tokenizer_peers.py LIBRARY VOCABULARY FOLDER TEXT --warm TEXT --mode whole|batch --threads K

FOLDER holds tokenizer.json of the vocabulary, and vocabulary.tiktoken or vocabulary.model where
there is one. The library encodes another text first, which warms its caches up and shows which of
its functions is the fastest: some give their ids as Python objects, some as flat arrays, and the
best one is taken. Prints a JSON line with megabytes of text a second: "new" for the text when it is
encoded for the first time, "again" for the same text once more, when a library that keeps results
has them all; of decoding; and the milliseconds of loading. With one thread the process stays on one
processor.
"""

import argparse
import contextlib
import json
import os
import re
import statistics
import sys
import time

TIKTOKEN_NAMES = {"gpt2": "r50k_base", "cl100k": "cl100k_base", "o200k": "o200k_base"}


def hugging_face(name, folder, threads):
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True

    def one(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    def many(texts):
        return [e.ids for e in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    return [one], [many], tokenizer.decode


def tiktoken_(name, folder, threads):
    import tiktoken

    import tokenizer_sources
    pattern, special = tokenizer_sources.TIKTOKENS[name]
    ranks = tokenizer_sources.read_ranks(folder + "/vocabulary.tiktoken")
    encoding = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks,
                                 special_tokens=special)
    return ([encoding.encode_ordinary,
             lambda text: encoding.encode_to_numpy(text, disallowed_special=())],
            [lambda texts: encoding.encode_ordinary_batch(texts, num_threads=threads)],
            encoding.decode)


def tokie_(name, folder, threads):
    import tokie
    tokenizer = tokie.Tokenizer.from_json(folder + "/tokenizer.json")
    return ([lambda text: tokenizer.encode(text, add_special_tokens=False).ids,
             lambda text: tokenizer.encode_batch_flat([text], add_special_tokens=False)[0]],
            [lambda texts: tokenizer.encode_batch_flat(texts, add_special_tokens=False)[0]],
            tokenizer.decode)


def quicktok_(name, folder, threads):
    import quicktok
    known = {"cl100k": "cl100k_base", "o200k": "o200k_base", "llama3": "llama3"}
    encoding = quicktok.get_encoding(known[name])
    return ([encoding.encode_ordinary, lambda text: encoding.encode_batch([text], 1)[0]],
            [lambda texts: encoding.encode_batch(texts, threads)[0]], encoding.decode)


def tuetoken_(name, folder, threads):
    import tuetoken
    tokenizer = tuetoken.Tokenizer(folder + "/tokenizer.json")
    return ([tokenizer.encode_ordinary, lambda text: flat(tokenizer.encode_to_bytes(text)),
             lambda text: tokenizer.encode_ordinary_to_buffer([text], 1)["data"]],
            [lambda texts: tokenizer.encode_ordinary_to_buffer(texts, threads)["data"],
             lambda texts: tokenizer.encode_ordinary_batch(texts, threads)], tokenizer.decode)


def splintr_(name, folder, threads):
    import splintr
    tokenizer = splintr.from_json(folder + "/tokenizer.json")
    whole = [tokenizer.encode_raw, lambda text: flat(tokenizer.encode_flat(text))]
    return whole, [lambda texts: flat(tokenizer.encode_batch_flat(texts)[0])], tokenizer.decode


def wordchipper_(name, folder, threads):
    import pathlib
    import shutil
    # The library takes its vocabularies from this cache; without a network it makes none.
    cache = pathlib.Path(folder, "wordchipper")
    place = cache / "io.crates.wordchipper/openai" / TIKTOKEN_NAMES[name]
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder + "/vocabulary.tiktoken", place / (TIKTOKEN_NAMES[name] + ".tiktoken"))
    os.environ["XDG_CACHE_HOME"] = str(cache.absolute())
    import wordchipper
    options = wordchipper.TokenizerOptions.default()
    options.set_parallel(threads > 1)
    options.set_accelerated_lexers(True)
    tokenizer = wordchipper.Tokenizer.from_pretrained(TIKTOKEN_NAMES[name], options)
    return [tokenizer.encode], [tokenizer.encode_batch], tokenizer.decode


def kitoken_(name, folder, threads):
    import kitoken
    tokenizer = kitoken.Kitoken.from_tokenizers_file(folder + "/tokenizer.json")
    return [tokenizer.encode], [tokenizer.encode_all], tokenizer.decode


def rs_bpe_(name, folder, threads):
    from rs_bpe.bpe import openai
    known = {"cl100k": openai.cl100k_base, "o200k": openai.o200k_base}
    tokenizer = known[name]()
    many = [lambda texts: tokenizer.encode_batch(texts)[0]]
    if threads > 1:
        options = openai.ParallelOptions(min_batch_size=1, chunk_size=64, max_threads=threads)
        many.append(lambda texts: tokenizer.encode_batch_parallel(texts, options)[0])
    return [tokenizer.encode], many, tokenizer.decode


def bpe_openai_(name, folder, threads):
    import bpe_openai
    encoding = bpe_openai.get_encoding({"gpt2": "gpt2"}.get(name, name + "_base"))
    return ([encoding.encode_ordinary], [encoding.encode_ordinary_batch], encoding.decode)


def gigatoken_(name, folder, threads):
    import gigatoken
    tokenizer = gigatoken.Tokenizer(folder + "/tokenizer.json")
    parallel = threads > 1
    return ([tokenizer.encode, lambda text: tokenizer.encode(text.encode()),
             lambda text: tokenizer.encode_batch([text], parallel=False)[0]],
            [lambda texts: tokenizer.encode_batch(texts, parallel=parallel),
             lambda texts: tokenizer.encode_batch_list(texts, parallel=parallel)],
            tokenizer.decode)


def packed(module):
    """fastokens and its fork snaptokens."""
    def make(name, folder, threads):
        import importlib
        tokenizer = importlib.import_module(module).Tokenizer.from_file(folder + "/tokenizer.json")
        return ([lambda text: tokenizer.encode(text).ids,
                 lambda text: flat(tokenizer.encode_batch_flat([text])[0])],
                [lambda texts: flat(tokenizer.encode_batch_flat(texts)[0])], tokenizer.decode)
    return make


def iree_(name, folder, threads):
    from iree.tokenizer import Tokenizer
    tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
    return ([tokenizer.encode, tokenizer.encode_to_array],
            [tokenizer.encode_batch, lambda texts: tokenizer.encode_batch_to_array(texts)[0]],
            tokenizer.decode)


def nanotoken_(name, folder, threads):
    import nanotoken
    tokenizer = nanotoken.Tokenizer(folder + "/tokenizer.json")

    def options(function):
        return lambda given: function(given, add_special_tokens=False)
    return ([options(tokenizer.encode)],
            [lambda texts: tokenizer.encode_batch(texts, add_special_tokens=False)],
            tokenizer.decode)


def sentencepiece_(name, folder, threads):
    import sentencepiece
    processor = sentencepiece.SentencePieceProcessor(model_file=folder + "/vocabulary.model")
    return ([processor.encode], [lambda texts: processor.encode(texts, num_threads=threads)],
            processor.decode)


LIBRARIES = {
    "tokenizers": hugging_face, "tiktoken": tiktoken_, "sentencepiece": sentencepiece_,
    "tokie": tokie_, "quicktok": quicktok_, "tuetoken": tuetoken_, "splintr": splintr_,
    "wordchipper": wordchipper_, "kitoken": kitoken_, "rs_bpe": rs_bpe_, "bpe_openai": bpe_openai_,
    "gigatoken": gigatoken_, "fastokens": packed("fastokens"), "snaptokens": packed("snaptokens"),
    "iree": iree_, "nanotoken": nanotoken_}


def flat(data):
    """Bytes that are 32-bit integers, as such."""
    return memoryview(data).cast("I")


def integers(result):
    """The ids in whatever a library gives, as one array."""
    import numpy
    if hasattr(result, "to_list") and not isinstance(result, (numpy.ndarray, list)):
        result = result.to_list()
    if isinstance(result, list) and result and not isinstance(result[0], int):
        result = [number for part in result for number in part]
    return numpy.asarray(result, dtype=numpy.uint32)


def paragraphs(text):
    """What stands between empty lines, as `apus benchmark tokenizer` takes it."""
    return [piece for piece in re.split("\n\n+", text) if piece]


def timed(function, argument):
    start = time.perf_counter()
    result = function(argument)
    return time.perf_counter() - start, result


def choose(functions, argument):
    """The fastest of some functions; those that fail are left out."""
    times = {}
    for number, function in enumerate(functions):
        try:
            function(argument)
            times[number] = min(timed(function, argument)[0] for _ in range(2))
        except Exception as error:
            print(f"function {number}: {error}"[:300], file=sys.stderr)
    return min(times, key=times.get) if times else None


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("vocabulary")
    parser.add_argument("folder")
    parser.add_argument("text")
    parser.add_argument("--warm", required=True)
    parser.add_argument("--mode", choices=["whole", "batch"], default="whole")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--ids", help="a file for the ids, 32-bit integers")
    options = parser.parse_args()
    if options.threads == 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    # Read by the libraries in Rust when they start their pools.
    os.environ["RAYON_NUM_THREADS"] = str(options.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if options.threads > 1 else "false"
    warm, text = read(options.warm), read(options.text)
    size = len(text.encode())
    if options.mode == "batch":
        warm, text = paragraphs(warm), paragraphs(text)
        size = sum(len(piece.encode()) for piece in text)
    start = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        one, many, decode = LIBRARIES[options.library](
            options.vocabulary, options.folder, options.threads)
    loading = time.perf_counter() - start
    functions = one if options.mode == "whole" else many
    chosen = choose(functions, warm)
    if chosen is None:
        sys.exit("no function of the library works")
    new, result = timed(functions[chosen], text)
    again = [timed(functions[chosen], text)[0] for _ in range(options.repeats)]
    ids = integers(result)
    line = {"library": options.library, "mode": options.mode, "threads": options.threads,
            "load_milliseconds": round(loading * 1e3, 2), "tokens": len(ids), "function": chosen,
            "new": round(size / 1e6 / new, 3),
            "again": round(size / 1e6 / statistics.median(again), 3)}
    if options.mode == "whole":
        listed = ids.tolist()
        times = [timed(decode, listed)[0] for _ in range(options.repeats)]
        line["decode"] = round(size / 1e6 / statistics.median(times), 3)
    if options.ids:
        with open(options.ids, "wb") as file:
            file.write(ids.astype("<u4").tobytes())
    print(json.dumps(line), flush=True)


main()
