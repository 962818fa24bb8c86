"""Makes the fixtures of the models WordPiece, WordLevel and Unigram and of their trainers.

    pip install tokenizers==0.23.3
    python make_tokenizer_models.py

They go to the folder Tokenizer beside this script, where make_tokenizer.py has put corpus.txt.
Offsets are written in UTF-8 bytes, scores of trained pieces to nine decimals: the last bits of the
reference's change from run to run.
"""

import collections
import json
import os
import pathlib
import random

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import tokenizers  # noqa: E402
from tokenizers import Tokenizer, models, trainers  # noqa: E402

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
OUT = pathlib.Path(__file__).parent / "Tokenizer"
CORPUS = OUT / "corpus.txt"
random.seed(23)


def write(name, value):
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", encoding="utf-8")


NONE = {"normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}
BYTE_LEVEL = {**NONE, "pre_tokenizer": {
    "type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}}
WHITESPACE = {**NONE, "pre_tokenizer": {"type": "Whitespace"}}


def make(model, components=NONE):
    content = json.loads(Tokenizer(model).to_str())
    content.update(components)
    return Tokenizer.from_str(json.dumps(content))


# Models.

WORDS = ["un", "##aff", "##able", "aff", "##a", "a", "##b", "b", "##ab", "ab", "é", "##é", "雨", "##燕",
         "[UNK]", "##UNK", "the", "##e", "th", "##", "#", "###", "##ing", "fly"]


def ids(tokens, start=0, step=1):
    return {token: start + step * number for number, token in enumerate(tokens)}


def unigram(vocabulary, unknown=0, fallback=False):
    return make(models.Unigram(vocabulary, unknown, fallback))


LETTERS = [("<unk>", 0.0), ("a", -2.3456789012345678), ("b", -2.7182818284590451),
           ("ab", -3.1415926535897931), ("ba", -3.3333333333333335), ("aa", -4.1234567890123456),
           ("aba", -5.0123456789012341), ("aaa", -6.2345678901234567), ("é", -3.0), ("雨", -5.5),
           ("雨燕", -6.25), ("qz", -1.5), ("<unk>a", -8.0)]
BYTES = [("<0x%02X>" % value, 0.0) for value in range(256)]

MODELS = {
    "word-piece": make(models.WordPiece(ids(WORDS), unk_token="[UNK]")),
    "word-piece holes": make(models.WordPiece(ids(WORDS, 3, 2), unk_token="[UNK]",
                                              max_input_chars_per_word=5)),
    "word-piece affix": make(models.WordPiece(
        ids(["<u>", "a", "b", "ab", "@@a", "@@ba", "@@c"]), unk_token="<u>",
        continuing_subword_prefix="@@")),
    "word-piece plain": make(models.WordPiece(
        ids(["<u>", "a", "b", "ab", "ba", "cab"]), unk_token="<u>",
        continuing_subword_prefix="")),
    "word-level": make(models.WordLevel(ids(["a", "the", "<u>", "é", "ab"], 1, 3), unk_token="<u>"),
                       WHITESPACE),
    "unigram": unigram(LETTERS),
    "unigram bytes": unigram(LETTERS + BYTES, fallback=True),
    "unigram some bytes": unigram(LETTERS + BYTES[:200], fallback=True),
    "unigram unknown last": unigram(LETTERS[1:] + [("?", 1.5)], len(LETTERS) - 1),
    "unigram twice": unigram([("a", -1.0), ("u", 0.0), ("b", -1.0), ("a", -3.0), ("ab", -1.5)], 1),
    "unigram rewards": unigram([("<unk>", -1.0), ("a", 3.0), ("b", 2.0), ("ab", 4.5), ("abab", 9.0)]),
}

PIECES = ["un", "aff", "able", "a", "b", "ab", "é", "雨", "燕", "雨燕", "[UNK]", "the", "ing", "fly", "#",
          "##", "<unk>", "<0x41>", "q", "z", "qz", "qé", " ", "▁", "🦅", "x", "c", "ba", "@@", "?"]
TEXTS = ["", " ", "a", "unaffable", "unaffablé", "theing", "aaaaa", "a" * 13, "a" * 40, "ab" * 17,
         "aabaabaaab" * 3, "qzqz", "xqzx", "x" * 30, "🦅🦅", "雨燕雨", "<unk>", "x<unk>y", "<unk>a", "##a",
         "a##", "é" * 9, "flying", "a" * 99, "a" * 100, "a" * 101, "é" * 101, "cab", "abab", "abc"]
TEXTS += ["".join(random.choice(PIECES) for _ in range(random.randint(1, 12))) for _ in range(90)]
# Longer than what is searched before tokens are given out.
LONG = [["a", 4501], ["aab", 1500], ["▁the ", 700], ["qz", 2100], ["x", 4200], ["🦅ab", 750]]


def encoded(tokenizer, text):
    result = tokenizer.encode(text)
    starts = [0]
    for character in text:
        starts.append(starts[-1] + len(character.encode()))
    return result.ids, [starts[place] for pair in result.offsets for place in pair]


def checksum(values):
    total = 0
    for value in values:
        total = (total * 31 + value) % 2147483647
    return total


def cases(tokenizer):
    rows = []
    for text in TEXTS:
        tokens, offsets = encoded(tokenizer, text)
        rows.append({"text": text, "ids": tokens, "offsets": offsets})
    for unit, count in LONG:
        tokens, offsets = encoded(tokenizer, unit * count)
        rows.append({"text": unit, "times": count, "count": len(tokens),
                     "ids": checksum(tokens), "offsets": checksum(offsets)})
    return rows


write("models.json", [
    {"name": name, "tokenizer": json.loads(tokenizer.to_str()), "cases": cases(tokenizer)}
    for name, tokenizer in MODELS.items()])


# Trainers.

def train(model, trainer, components):
    tokenizer = make(model, components)
    tokenizer.train([str(CORPUS)], trainer)
    return json.loads(tokenizer.to_str())["model"]


def forms(tokens):
    """Characters with affixes, whose ids the reference gives in any order unless they are special."""
    return sorted(token for token in tokens if len(token) == 3 and token.startswith("##"))


def ordered(vocabulary):
    return sorted(vocabulary, key=vocabulary.get)


def limit_without_ties(components, most):
    """Among equally frequent characters the reference leaves out any, so none may be on the edge."""
    text = CORPUS.read_bytes()
    characters = text.decode("utf-8" if components is NONE else "latin-1")
    counts = sorted(collections.Counter(characters).values(), reverse=True)
    return next(limit for limit in range(most, 0, -1) if counts[limit - 1] != counts[limit])


trained = []
for name, components in [("byte level", BYTE_LEVEL), ("lines", NONE)]:
    size = 300 if name == "lines" else 200
    options = {"vocab_size": size, "min_frequency": 2, "special_tokens": ["<unk>", "the"]}
    model = train(models.WordLevel(unk_token="<unk>"),
                  trainers.WordLevelTrainer(show_progress=False, **options), components)
    trained.append({"kind": "word level", "name": name, "components": components, **options,
                    "vocabulary": model["vocab"]})

    options = {"vocab_size": 700, "special_tokens": ["<unk>", "the"], "max_token_length": 7,
               "limit_alphabet": limit_without_ties(components, 60)}
    model = train(models.BPE(), trainers.BpeTrainer(show_progress=False, **options), components)
    trained.append({"kind": "pairs", "name": name, "components": components, **options,
                    "vocabulary": ordered(model["vocab"]),
                    "merges": model["merges"]})

    free = train(models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(
        vocab_size=100_000, special_tokens=["[UNK]"], show_progress=False), components)
    options = {"vocab_size": 900, "special_tokens": ["[UNK]"] + forms(free["vocab"])}
    model = train(models.WordPiece(unk_token="[UNK]"),
                  trainers.WordPieceTrainer(show_progress=False, **options), components)
    trained.append({"kind": "word piece", "name": name, "components": components, **options,
                    "vocabulary": ordered(model["vocab"])})

    for options in [
        {"vocab_size": 500, "special_tokens": ["<unk>"], "unk_token": "<unk>"},
        {"vocab_size": 330, "special_tokens": ["<s>"], "unk_token": "<unk>", "max_piece_length": 4,
         "shrinking_factor": 0.5, "n_sub_iterations": 3, "initial_alphabet": ["ж"]},
    ]:
        model = train(models.Unigram(),
                      trainers.UnigramTrainer(show_progress=False, **options), components)
        first = len(options["special_tokens"]) + (options["special_tokens"] != ["<unk>"])
        pieces = model["vocab"][first:]
        # Which dropped character gets which of the worst scores changes from run to run.
        trained.append({
            "kind": "unigram", "name": name, "components": components, **options,
            "first": [text for text, _ in model["vocab"][:first]],
            "characters": sorted(text for text, _ in pieces if len(text) == 1),
            "pieces": sorted([text, round(score, 9)] for text, score in pieces if len(text) > 1),
            "scores": [round(score, 9) for _, score in pieces]})
write("trained_models.json", trained)
