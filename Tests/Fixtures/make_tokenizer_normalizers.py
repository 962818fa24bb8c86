"""Makes the fixtures of normalizers and of added tokens in normalized text.

    pip install tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    python make_tokenizer_normalizers.py

Writes normalizers.json and normalized_added.json to the folder Tokenizer beside this script. Offsets
are written in UTF-8 bytes.
"""

import base64
import io
import json
import pathlib
import random

import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, models, pre_tokenizers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
assert sentencepiece.__version__ == "0.2.3", sentencepiece.__version__
OUT = pathlib.Path(__file__).parent / "Tokenizer"
RANDOM = random.Random(9)
BLOCK = 0x4000


def write(name, value):
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", encoding="utf-8")


def byte_offsets(text, offsets):
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return [place for start, end in offsets for place in (places[start], places[end])]


# A small charsmap with what is unusual: replacements that are empty, longer or shorter, and of
# several characters at once.

RULES = """
61	
62	78 79 7A
E9	65
65 301	
65 308 301	E9 E8
A9	28 63 29
301	41
D A	20
9	20
AC00	
AD	
"""


def charsmap():
    model, rules = io.BytesIO(), OUT / "rules.tsv"
    rules.write_text(RULES.strip("\n") + "\n", encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["hello world of texts", "another line"] * 20), model_writer=model,
        vocab_size=30, hard_vocab_limit=False, minloglevel=3, normalization_rule_tsv=str(rules))
    rules.unlink()
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()


def bert(clean, chinese, accents, lower):
    return {
        "type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese,
        "strip_accents": accents, "lowercase": lower,
    }


def strip(left, right):
    return {"type": "Strip", "strip_left": left, "strip_right": right}


def replace(pattern, content, kind="String"):
    return {"type": "Replace", "pattern": {kind: pattern}, "content": content}


def prepend(text):
    return {"type": "Prepend", "prepend": text}


def sequence(*parts):
    return {"type": "Sequence", "normalizers": list(parts)}


SIMPLE = {
    name: {"type": name}
    for name in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"]
}
EVERY = {
    **{name: SIMPLE[name] for name in SIMPLE if name != "ByteLevel"},
    "clean": bert(True, False, False, False),
    "chinese": bert(False, True, False, False),
    "accents": bert(False, False, True, False),
}
MAP = {"type": "Precompiled", "precompiled_charsmap": charsmap()}
LLAMA = sequence(prepend("\u2581"), replace(" ", "\u2581"))
COMPONENTS = [
    *SIMPLE.values(), strip(True, True), strip(True, False), strip(False, True),
    bert(True, True, None, True), bert(True, True, None, False), bert(True, False, True, False),
    prepend("\u2581x"), prepend(""), replace(" ", "\u2581"), replace("a", "bc"), replace("\u0301", ""),
    replace("", "x"), replace("aa", "a"), replace(" {2,}|\\p{M}", "\u2581", "Regex"),
    replace("^|$", "|", "Regex"), replace("(?<=a)\\s*", "", "Regex"), MAP, LLAMA,
    sequence(SIMPLE["NFD"], SIMPLE["StripAccents"], SIMPLE["Lowercase"], strip(True, True)),
    sequence(SIMPLE["Nmt"], MAP, SIMPLE["NFKC"], MAP, replace("e", "", "String")),
]

# Texts: characters of the same few ranges next to each other, so that they meet.

RANGES = [
    (0x20, 0x7E), (0x61, 0x65), (0x00, 0x1F), (0x7F, 0xA0), (0xA0, 0x17F), (0x300, 0x345), (0x370, 0x3FF),
    (0x5B0, 0x5EA), (0x620, 0x660), (0x900, 0x97F), (0xF71, 0xF84), (0x1100, 0x11FF), (0x1E00, 0x1FFF),
    (0x2000, 0x206F), (0x2100, 0x218F), (0x3000, 0x30FF), (0x4E00, 0x4E20), (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFF00, 0xFFEF), (0x1F1E6, 0x1F1FF), (0x1F600, 0x1F64F),
    (0x200D, 0x200D), (0xA9, 0xAE), (0x20000, 0x20010), (0xE000, 0xE010), (0x130, 0x131), (0x10D40, 0x10D65),
]


def text():
    chosen = RANDOM.choices(RANGES, k=3)
    return "".join(
        chr(RANDOM.randint(*RANDOM.choice(chosen))) for _ in range(RANDOM.randint(1, 9)))


def characters_tokenizer(normalizer):
    """A tokenizer of which each token is a character of the normalized text."""
    fields = json.loads(Tokenizer(models.WordLevel({"?": 0}, unk_token="?")).to_str())
    fields["normalizer"] = normalizer
    fields["pre_tokenizer"] = {
        "type": "Split", "pattern": {"Regex": "[\\s\\S]"}, "behavior": "Isolated", "invert": False,
    }
    return Tokenizer.from_str(json.dumps(fields))


FIXED = ["", "plain ASCII text", "e\u0323\u0301 \u1e69 s\u0307\u0323", "\u0301a", "\ud55c\u1112\u1161\u11ab",
         "\u00bd\u00ad\u00bd", "\u00ada\u00e9", "\uac00ab", "e\u0308\u0301x", "\u03a3\u03a3 \u0130", "  a  "]
SPACES = [chr(point) for point in range(0x10000) if chr(point).isspace() and point not in range(0x1C, 0x20)]
FIXED += ["".join(SPACES) + "a" + "".join(SPACES)]
FIXED += [other + " a " + other for other in "\x1c\x1f\u180e\u200b\u2060\ufeff"]
components = []
for normalizer in COMPONENTS:
    tokenizer = characters_tokenizer(normalizer)
    cases = []
    for case in FIXED + [text() for _ in range(40)]:
        encoding = tokenizer.encode(case)
        after = tokenizer.normalizer.normalize_str(case) if case else ""
        assert len(encoding.offsets) == len(after), (normalizer, case)
        cases.append([case, after, byte_offsets(case, encoding.offsets)])
    components.append({"normalizer": normalizer, "cases": cases})


# Every code point: a hash of what becomes of each block of them, with line feeds in between.


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return format(value, "016x")


every = []
for normalizer in EVERY.values():
    normalize = characters_tokenizer(normalizer).normalizer.normalize_str
    hashes = []
    for start in range(0, 0x110000, BLOCK):
        points = [p for p in range(start, start + BLOCK) if not 0xD800 <= p < 0xE000]
        hashes.append(fnv(normalize("\n".join(chr(p) for p in points)).encode()))
    every.append({"normalizer": normalizer, "hashes": hashes})

write("normalizers.json", {"components": components, "block": BLOCK, "every": every})

# Added tokens that are looked for in normalized text, and those that are not, with all flags.

ALPHABET = sorted(pre_tokenizers.ByteLevel.alphabet())
CONTENTS = [
    "yes", "YES", "\u00e9", "e\u0301", "<s>", "</s>", " x", "  ", "x ", "ab", "\u4e2d", "\u0130", "Day",
    "xyz", "\u00a0", "\u00c9", "\u00f1",
]
BETWEEN = [" ", "  ", "\t", "b", "\u00e9", "\u03b6", ".", "_", "\u0301", "\u3000", "1", "Y", "\u2460", "\U00010940"]
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
NORMALIZERS = [
    None, SIMPLE["Lowercase"], SIMPLE["NFC"], SIMPLE["NFD"], SIMPLE["ByteLevel"], LLAMA,
    replace(" ", "\u2581"), bert(True, True, None, True),
]


def added_tokenizer(normalizer, decoder, tokens):
    return Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens,
        "normalizer": normalizer,
        "pre_tokenizer": None if normalizer == SIMPLE["ByteLevel"] else BYTES,
        "post_processor": None, "decoder": decoder,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
            "ignore_merges": False, "merges": [],
            "vocab": {character: index for index, character in enumerate(ALPHABET)},
        },
    }))


def flag():
    return RANDOM.random() < 0.35


added = []
while len(added) < 40:
    normalizer = NORMALIZERS[len(added) % len(NORMALIZERS)]
    decoder = RANDOM.choice([BYTES, None])
    tokens = [
        {
            "id": 256 + index, "content": content, "single_word": flag(), "lstrip": flag(),
            "rstrip": flag(), "normalized": RANDOM.random() < 0.65, "special": flag(),
        }
        for index, content in enumerate(RANDOM.sample(
            [content for content in CONTENTS if content not in ALPHABET], RANDOM.randint(2, 5)))
    ]
    tokenizer = added_tokenizer(normalizer, decoder, tokens)
    spellings = [
        tokenizer.normalizer.normalize_str(token["content"]) if normalizer else token["content"]
        for token in tokens if token["normalized"]
    ]
    # Of tokens with the same spelling the reference finds one by chance.
    if len(set(spellings)) < len(spellings) or "" in spellings:
        continue
    cases = []
    while len(cases) < 12:
        case = "".join(
            RANDOM.choice(tokens)["content"] if RANDOM.random() < 0.5 else RANDOM.choice(BETWEEN)
            for _ in range(RANDOM.randint(1, 7)))
        try:
            encoding = tokenizer.encode(case)
        except BaseException as error:
            # The reference breaks off where tokens with white space around them overlap.
            if type(error).__name__ != "PanicException":
                raise
            continue
        cases.append([
            case, encoding.ids, byte_offsets(case, encoding.offsets),
            tokenizer.decode(encoding.ids, skip_special_tokens=False), tokenizer.decode(encoding.ids),
        ])
    added.append({
        "normalizer": normalizer, "decoder": decoder, "tokens": tokens, "cases": cases,
    })
write("normalized_added.json", added)
