"""Makes the fixtures of pre-tokenizers with Hugging Face tokenizers.

    pip install tokenizers==0.23.3
    python make_tokenizer_pretokenizers.py

Writes to the folder Tokenizer beside this script:

- pretokenizers_bytes.json: for each pre-tokenizer that ends in bytes how many bytes its pieces have;
- pretokenizers_pieces.json: for each other one its pieces, with offsets in UTF-8 bytes;
- pretokenizers_encodings.json: ids and offsets by tokenizers of several kinds, which are files too.
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
OUT = pathlib.Path(__file__).parent / "Tokenizer"
random.seed(7)
P = pre_tokenizers


def write(name, value):
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", encoding="utf-8")


# Characters between which patterns make differences.

LETTERS = list("abdelmrstvxABDELMRSTVX") + list("ſKßéÉǅʰªʕДд中文あカー가اשा") + [
    "\u3005", "\u3006", "\u2e80", "\u0301", "\u0489", "\u1c89", "\u1c8a", "\U00010d50",
    "\U00010d70", "\U00031350", "\U0002ebf0"]
DIGITS = list("0123456789") + ["\u0663", "\u06f3", "½", "²", "Ⅷ", "〇", "\U00011de3", "\U0001d7d8"]
SPACES = list(" " * 12 + "\t\n\n\r\x0b\x85\xa0") + ["\u2003", "\u2028", "\u3000"]
SIGNS = list("'''''_-//()[]<>=+$^`~|.,!?") + ["’", "€", "…", "。", "，", "“", "\u166d", "\u1b4e", "§"]
OTHERS = ["\u200d", "\u200c", "\ufeff", "\x00", "\x1b", "\ue000", "\u0378", "\U000323b0", "😀", "👍🏽"]
KINDS = [LETTERS, LETTERS, DIGITS, SPACES, SPACES, SIGNS, SIGNS, OTHERS]


def draw(count):
    return "".join(random.choice(random.choice(KINDS)) for _ in range(count))


TEXTS = ["", " ", "  ", "\n", "'s", " 's'LL'x", "a  \n \n  b", "x \n", "HELLOworldABC", "中文ABCé",
         "it's I'M we'Re 'ſx don'T", "!?\r\n/a", "12345678", "1 234 ½", "a" * 70 + " " * 30 + "b",
         "def f(x):\r\n\treturn x[0]  # 3.14\n", "\u0301a \u0301 A\u0301b", "日本語テキスト123カナ",
         "e\u0301te\u0301 naïve ﬁ", "क्षत्रिय กำลัง"]
TEXTS += [draw(random.choice([2, 3, 5, 8, 13, 21])) for _ in range(230)]


# Pre-tokenizers of byte-level tokenizers.

def split(pattern, behavior="isolated", invert=False):
    return P.Split(Regex(pattern), behavior, invert)


def byte_level(*parts):
    return P.Sequence([*parts, P.ByteLevel(add_prefix_space=False, use_regex=False)])


def words(contraction, word, digits, signs, space):
    parts = [contraction, word, digits, signs, space]
    return "|".join(part for part in parts if part)


GROUP = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
WORD = r"[^\r\n\p{L}\p{N}]?\p{L}+"
SIGN = r" ?[^\s\p{L}\p{N}]+[\r\n]*"
LINES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = words(GROUP, WORD, r"\p{N}{1,3}", SIGN, LINES)
QWEN2 = words(GROUP, WORD, r"\p{N}", SIGN, LINES)
QWEN35 = words(GROUP, r"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+", r"\p{N}",
               r" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*", LINES)
CL100K = words(r"'(?i:[sdmt]|ll|ve|re)", r"[^\r\n\p{L}\p{N}]?+\p{L}++", r"\p{N}{1,3}+",
               r" ?[^\s\p{L}\p{N}]++[\r\n]*+", r"\s++$|\s*[\r\n]|\s+(?!\S)|\s")
R50K = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
ASCII = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
UPPER = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"


def cased(contraction, digits, signs, first=""):
    word = f"{UPPER}*{LOWER}+{contraction}|{UPPER}+{LOWER}*{contraction}"
    if first:
        word = first + "|" + word.replace(r"\p{M}]", r"\p{M}&&[^\p{Han}]]")
    return words("", word, digits, signs, LINES)


SLASH = r" ?[^\s\p{L}\p{N}]+[\r\n/]*"
O200K = cased(GROUP + "?", r"\p{N}{1,3}", SLASH)
DEEPSEEK = ("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            "|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*"
            "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+")
KANA = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
WIDE = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
STOPS = ".,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c"

BYTES = {
    "GPT-2": P.ByteLevel(add_prefix_space=False),
    "GPT-2 as a pattern": byte_level(split(GPT2)),
    "r50k_base": byte_level(split(R50K)),
    "cl100k_base": byte_level(split(CL100K)),
    "Llama 3": byte_level(split(LLAMA3)),
    "Phi-4": byte_level(split(LLAMA3, "removed", True)),
    "ChatGLM 4": byte_level(split(words(ASCII, WORD, r"\p{N}{1,3}", SIGN, LINES))),
    "Qwen 2": byte_level(split(QWEN2)),
    "Qwen 3.5": byte_level(split(QWEN35)),
    "Ling": byte_level(split(words(
        r"'(?i:[sdmt]|ll|ve|re)", r"[^\r\n\p{L}\p{N}]?+\p{L}+", r"\p{N}",
        r" ?[^\s\p{L}\p{N}]++[\r\n]*", r"\s*[\r\n]|\s+(?!\S)|\s+"))),
    "Seed-Coder": byte_level(split(words(
        GROUP, "[^\r\n\\p{L}\\p{N}]?\\p{L}+", r"\p{N}{1}", " ?[^\\s\\p{L}\\p{N}\r\n]+",
        "\\s*[\r\n]+|\\s+(?!\\S)|\\s+"))),
    "without contractions": byte_level(split(words("", WORD, r"\p{N}", SIGN, LINES))),
    "o200k_base": byte_level(split(O200K)),
    "Tekken": byte_level(split(cased("", r"\p{N}", SLASH))),
    "Kimi K2": byte_level(split(cased(GROUP + "?", r"\p{N}{1,3}", SIGN, r"[\p{Han}]+"))),
    "StarCoder": P.Sequence([P.Digits(True), P.ByteLevel(add_prefix_space=False)]),
    "runs of digits": P.Sequence([P.Digits(False), P.ByteLevel(add_prefix_space=False)]),
    "Falcon": P.Sequence([
        P.Punctuation("contiguous"), P.ByteLevel(add_prefix_space=False), P.Digits(False),
        split("[0-9][0-9][0-9]")]),
    "DeepSeek V3": byte_level(split(r"\p{N}{1,3}"), split(KANA), split(DEEPSEEK)),
    "DeepSeek Coder": byte_level(
        split("[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split(WIDE), P.Digits(True)),
    "DeepSeek LLM": byte_level(
        split("[\r\n]"), split("\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯḀ-ἕﬀ-ﬆＡ-Ｚａ-ｚ]+"),
        split("\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+"),
        split(r"\s+$"), split(WIDE), P.Digits(False)),
    "BLOOM": byte_level(split(f" ?[^(\\s|[{STOPS}])]+")),
    "Viking": byte_level(split(f" ?[^(\\s|{STOPS})]+"), P.Digits(True)),
    "SuperBPE": byte_level(split(r"\p{N}+"), split(r"(?=(\d{3})+(?!\d))")),
    "Tiny Aya": byte_level(split(r"\d{1,3}(?=(?:\d{3})*\b)"), split(O200K)),
}


def lengths(component, text):
    return [len(piece) for piece, _ in component.pre_tokenize_str(text)]


def fields(component):
    return json.loads(component.__getstate__())


write("pretokenizers_bytes.json", {
    "texts": TEXTS,
    "cases": [
        {"name": name, "component": fields(component),
         "lengths": [lengths(component, text) for text in TEXTS]}
        for name, component in BYTES.items()]})


# All components by themselves, with offsets.

PIECES = {
    "Bert": P.BertPreTokenizer(), "Whitespace": P.Whitespace(),
    "WhitespaceSplit": P.WhitespaceSplit(), "delimiter": P.CharDelimiterSplit("é"),
    "Digits": P.Digits(True), "runs of digits": P.Digits(False), "FixedLength": P.FixedLength(3),
    "UnicodeScripts": P.UnicodeScripts(), "ByteLevel": P.ByteLevel(add_prefix_space=True),
    "ByteLevel without pattern": P.ByteLevel(add_prefix_space=True, use_regex=False),
    "Gemma": P.Split(" ", "merged_with_previous"), "empty text": P.Split("", "isolated"),
    "empty matches": split("x*", "merged_with_next"),
    "T5": P.Sequence([P.WhitespaceSplit(), P.Metaspace("▁", "always", True)]),
    "first piece": P.Sequence([P.WhitespaceSplit(), P.Metaspace("▁", "first", True)]),
    "XLNet": P.Sequence([P.Digits(True), P.Metaspace("▁", "first", False)]),
    "space before each piece": P.Sequence([P.Digits(True), P.ByteLevel(add_prefix_space=True)]),
    "after the alphabet": P.Sequence([
        P.ByteLevel(add_prefix_space=False, use_regex=False), P.Punctuation("isolated")]),
}
for behavior in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]:
    PIECES[f"punctuation {behavior}"] = P.Punctuation(behavior)
    for invert in [False, True]:
        name = f"{behavior}{' inverted' if invert else ''}"
        PIECES[f"expression {name}"] = split(r"[\p{Lu}\s]+|\d", behavior, invert)
        PIECES[f"known pattern {name}"] = split(LLAMA3, behavior, invert)
        PIECES[f"class {name}"] = split(r"\s?\p{N}+", behavior, invert)
        PIECES[f"text {name}"] = P.Split("'", behavior, invert)
for scheme in ["always", "first", "never"]:
    for splits in [True, False]:
        PIECES[f"Metaspace {scheme} {splits}"] = P.Metaspace("▁", scheme, splits)


def pieces(component, text):
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return [[piece, places[start], places[end]]
            for piece, (start, end) in component.pre_tokenize_str(text)]


FEW = TEXTS[:40]
write("pretokenizers_pieces.json", {
    "texts": FEW,
    "cases": [
        {"name": name, "component": fields(component),
         "pieces": [pieces(component, text) for text in FEW]}
        for name, component in PIECES.items()]})


# Whole tokenizers, for ids and offsets.

def train(component, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = component
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    trainer = trainers.BpeTrainer(
        vocab_size=400, show_progress=False, special_tokens=["<|end|>"],
        initial_alphabet=P.ByteLevel.alphabet())
    corpus = (OUT / "corpus.txt").read_text(encoding="utf-8")
    tokenizer.train_from_iterator([corpus], trainer)
    tokenizer.add_tokens([tokenizers.AddedToken("é\u0301", normalized=True)])
    return tokenizer


TOKENIZERS = {
    "pretokenizer_qwen": train(byte_level(split(QWEN2)), normalizers.NFC()),
    "pretokenizer_lowercase": train(
        P.ByteLevel(add_prefix_space=True),
        normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase()])),
    "pretokenizer_falcon": train(BYTES["Falcon"]),
    "pretokenizer_deepseek": train(BYTES["DeepSeek V3"]),
}


def encoding(tokenizer, text):
    result = tokenizer.encode(text, add_special_tokens=False)
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return [result.ids, [[places[start], places[end]] for start, end in result.offsets]]


for name, tokenizer in TOKENIZERS.items():
    tokenizer.save(str(OUT / f"{name}.json"), pretty=False)
COMBINED = ["e\u0301a é\u0301 <|end|> É\u0301e", "q\u0323\u0307 ½² ２ ﬁ", "Å\u0302 x" * 3, "가각 각"]
TEXTS = COMBINED + TEXTS[:110]
write("pretokenizers_encodings.json", {
    "texts": TEXTS,
    "cases": [
        {"name": name, "encodings": [encoding(tokenizer, text) for text in TEXTS]}
        for name, tokenizer in TOKENIZERS.items()]})
