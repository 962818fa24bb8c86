"""Makes the fixtures of encodings and decoders with Hugging Face tokenizers.

    pip install tokenizers==0.23.3
    python make_tokenizer_encodings.py

Writes encodings.json and decoders.json to the folder Tokenizer beside this script: what every
post-processor, truncation and padding makes of texts and pairs, byte-pair encoding of characters with
byte fallback and affixes, and what every decoder makes of tokens. Offsets are in UTF-8 bytes.
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers import processors, trainers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
OUT = pathlib.Path(__file__).parent / "Tokenizer"
random.seed(21)
CORPUS = (OUT / "corpus.txt").read_text(encoding="utf-8")


def write(name, value):
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", encoding="utf-8")


def byte_places(text):
    starts = [0]
    for character in text:
        starts.append(starts[-1] + len(character.encode()))
    return starts


def dumped(encoding, texts):
    """All fields; the offsets of each token in bytes of the text it is from."""
    places = [byte_places(text) for text in texts]
    offsets = []
    for index, (start, end) in enumerate(encoding.offsets):
        sequence = encoding.token_to_sequence(index)
        where = places[sequence if sequence is not None else 0]
        offsets += [where[start], where[end]]
    return {
        "ids": encoding.ids, "types": encoding.type_ids, "offsets": offsets,
        "words": [-1 if word is None else word for word in encoding.word_ids],
        "special": digits(encoding.special_tokens_mask),
        "attention": digits(encoding.attention_mask),
        "parts": len(encoding.overflowing),
        "overflowing": [dumped_part(part) for part in sampled(encoding.overflowing)],
    }


def sampled(parts):
    """At most three of the parts that were cut off: pairs have very many."""
    return parts if len(parts) < 4 else [parts[0], parts[len(parts) // 2], parts[-1]]


def dumped_part(encoding):
    return {"ids": encoding.ids, "types": encoding.type_ids,
            "special": digits(encoding.special_tokens_mask),
            "attention": digits(encoding.attention_mask)}


def digits(mask):
    return "".join(map(str, mask))


# Post-processing.

def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator([CORPUS], trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<s>", "</s>", "<pad>", "<sep>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


SPECIAL = [("<s>", 0), ("</s>", 1), ("<sep>", 3)]
PROCESSORS = {
    "none": None,
    "bert": processors.BertProcessing(("</s>", 1), ("<s>", 0)),
    "roberta": processors.RobertaProcessing(("</s>", 1), ("<s>", 0), True, False),
    "roberta untrimmed": processors.RobertaProcessing(("</s>", 1), ("<s>", 0), False, True),
    "template": processors.TemplateProcessing(
        single="<s> $A:2 </s>", pair="<s> $A </s> <sep>:3 $B:1 </s>:1", special_tokens=SPECIAL),
    "template twice": processors.TemplateProcessing(
        single="<s> $A <sep>:1 $A:1", pair="$B:1 <sep> $A </s>", special_tokens=SPECIAL),
    "sequence": processors.Sequence([
        processors.ByteLevel(trim_offsets=True, add_prefix_space=True),
        processors.TemplateProcessing(
            single="<s> $A", pair="<s> $A $B:1 </s>:1", special_tokens=SPECIAL)]),
    "byte level": processors.ByteLevel(trim_offsets=True, add_prefix_space=False),
}
TRUNCATIONS = [
    None, dict(max_length=12), dict(max_length=8, stride=3), dict(max_length=9, direction="left"),
    dict(max_length=11, stride=2, direction="left"), dict(max_length=14, strategy="only_first"),
    dict(max_length=14, strategy="only_second"), dict(max_length=7, stride=1),
]
PADDINGS = [
    None, dict(pad_id=2, pad_token="<pad>", length=20),
    dict(pad_id=2, pad_token="<pad>", pad_type_id=4, direction="left", pad_to_multiple_of=8),
]
PAIRS = [
    ("The swift flies.", None), ("", None), ("雨燕 sleep  nest <s> x", None),
    ("a longer text about birds that fly over two deserts and a sea", None),
    ("The swift", "flies"), (" both texts are long enough here", " so that both must lose some"),
    ("short", "while the second one goes on and on"),
    ("while the first one goes on and on", "é"), ("", "second only"),
]

cases = []
for name, processor in PROCESSORS.items():
    tokenizer = byte_level()
    if processor is not None:
        tokenizer.post_processor = processor
    for truncation in TRUNCATIONS:
        for padding in PADDINGS:
            if padding and truncation not in (None, TRUNCATIONS[2]):
                continue
            tokenizer.no_truncation()
            tokenizer.no_padding()
            if truncation:
                tokenizer.enable_truncation(**truncation)
            if padding:
                tokenizer.enable_padding(**padding)
            settings = json.loads(tokenizer.to_str())
            results = []
            for text, pair in PAIRS:
                for adds in (True, False):
                    if not adds and (padding or truncation and truncation != TRUNCATIONS[4]):
                        continue
                    try:
                        encoding = tokenizer.encode(text, pair, add_special_tokens=adds)
                    except BaseException as error:
                        # The reference may also end in a panic, which is no Exception.
                        if isinstance(error, KeyboardInterrupt):
                            raise
                        continue
                    results.append({
                        "text": text, "pair": pair, "adds": adds,
                        "encoding": dumped(encoding, [text] + ([pair] if pair is not None else []))})
            cases.append({
                "name": name, "processor": settings["post_processor"],
                "truncation": settings["truncation"], "padding": settings["padding"],
                "results": results})
base = json.loads(byte_level().to_str())


# Byte-pair encoding of characters.

def characters(name, tokenizer, texts):
    results = []
    for text in texts:
        encoding = tokenizer.encode(text)
        places = byte_places(text)
        results.append({
            "text": text, "ids": encoding.ids,
            "offsets": [places[place] for pair in encoding.offsets for place in pair]
            if name != "suffix and byte fallback" else None,  # they run past the end of the text
            "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=False)})
    return {"name": name, "tokenizer": json.loads(tokenizer.to_str()), "results": results}


def character_trained(**options):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", **options))
    lines = [line.replace(" ", "\u2581") for line in CORPUS.split("\n")[:200]]
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False,
        limit_alphabet=90, **options))
    return tokenizer


def with_model(tokenizer, bytes_from=0, **changes):
    content = json.loads(tokenizer.to_str())
    content["model"].update(changes)
    if changes.get("byte_fallback"):
        for byte in range(bytes_from, 256):
            content["model"]["vocab"].setdefault(f"<0x{byte:02X}>", len(content["model"]["vocab"]))
    return Tokenizer.from_str(json.dumps(content))


WORDS = ["\u2581the", "\u2581swift", "night", "\u2581", "\u2581\u2581", "飞", "雨", "é", "🦅", "q", "Z", "\u0000",
         "a", "ing", "\n", "\u2581air", "x" * 20, "\ufffd", "ب", "\u2581sky\u2581"]
STRINGS = ["", "\u2581", "the", "\u2581the\u2581swift\u2581flies", "飞飞飞", "a\u2581\u2581\u2581b", "🦅🦅é",
           "\u2581" * 30, "night" * 60, "z" * 200]
for _ in range(40):
    STRINGS.append("".join(random.choice(WORDS) for _ in range(random.randint(1, 14))))

trained = character_trained()
suffixed = character_trained(end_of_word_suffix="</w>")
prefixed = character_trained(continuing_subword_prefix="##")
both = character_trained(continuing_subword_prefix="##", end_of_word_suffix="</w>")
fallback = with_model(trained, byte_fallback=True, fuse_unk=True)
fallback.decoder = decoders.Sequence([
    decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
    decoders.Strip(" ", 1, 0)])
prepended = with_model(trained, byte_fallback=True, fuse_unk=True)
prepended.normalizer = normalizers.Prepend("\u2581")
prepended.decoder = decoders.Metaspace()
prepended.add_special_tokens([AddedToken("<s>"), AddedToken("</s>")])
CHARACTERS = [
    characters("unknown", trained, STRINGS),
    characters("fused unknown", with_model(trained, fuse_unk=True), STRINGS),
    characters("byte fallback", fallback, STRINGS),
    characters("half byte fallback", with_model(trained, 128, byte_fallback=True), STRINGS),
    characters("ignoring merges", with_model(trained, ignore_merges=True), STRINGS),
    characters("suffix", suffixed, STRINGS), characters("prefix", prefixed, STRINGS),
    characters("prefix and suffix", both, STRINGS),
    characters("suffix and byte fallback", with_model(suffixed, byte_fallback=True), STRINGS),
    characters("prepended", prepended, STRINGS + ["<s>the", "a<s>\u2581b</s>c"]),
]
write("encodings.json", {"base": base, "processing": cases, "characters": CHARACTERS})


# Decoders.

DECODERS = {
    "word piece": decoders.WordPiece(), "word piece as it is": decoders.WordPiece("@@", False),
    "metaspace": decoders.Metaspace(), "metaspace never": decoders.Metaspace("_", "never"),
    "metaspace first": decoders.Metaspace("\u2581", "first"),
    "end of word": decoders.BPEDecoder(), "ctc": decoders.CTC(),
    "ctc as it is": decoders.CTC("x", "|", False),
    "replace": decoders.Replace("a", "bb"), "strip": decoders.Strip("x", 2, 1),
    "byte fallback": decoders.ByteFallback(), "fuse": decoders.Fuse(),
    "byte level": decoders.ByteLevel(),
    "sentence piece": decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
        decoders.Strip(" ", 1, 0)]),
    "no strip": decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]),
    "strip both ends": decoders.Sequence([
        decoders.ByteFallback(), decoders.Fuse(), decoders.Strip("x", 2, 2)]),
    "strip runs": decoders.Sequence([decoders.ByteFallback(), decoders.Strip("x", 1, 0)]),
    "fused first": decoders.Sequence([decoders.Fuse(), decoders.Replace("ab", "-")]),
    "bytes, then metaspace": decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()]),
    "metaspace, then bytes": decoders.Sequence([decoders.Metaspace(), decoders.ByteFallback()]),
    "end of word, then strip": decoders.Sequence([
        decoders.BPEDecoder(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]),
    "none": None,
}
TOKENS = ["a", "ab", "x", "xx", "xax", "\u2581", "\u2581the", "a\u2581b", "_", "##ing", "##", "@@s", "end</w>",
          "</w>", "<pad>", "|", ".", "?", "'", "n't", "do not", "'s", "<0x61>", "<0xE2>", "<0x96>",
          "<0x81>", "<0xFF>", "<0x20>", "<0xzz>", "\u0120x", "\u010a", "é", "飞", " ", "<s>", "a ' b", "bb"]
vocabulary = {token: id for id, token in enumerate(TOKENS)}
decoded = []
for name, decoder in DECODERS.items():
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="a"))
    if decoder is not None:
        tokenizer.decoder = decoder
    tokenizer.add_special_tokens([AddedToken("<s>")])
    results = []
    for number in range(160):
        ids = [random.randrange(len(TOKENS)) for _ in range(random.randint(2, 9))]
        skips = random.random() < 0.3
        if number < len(TOKENS):
            ids, skips = [number], False
        # The reference panics where more is to be stripped than there is.
        try:
            text = tokenizer.decode(ids, skip_special_tokens=skips)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            continue
        results.append({"ids": ids, "skips": skips, "text": text})
    decoded.append({"name": name, "decoder": json.loads(tokenizer.to_str())["decoder"],
                    "results": results})
write("decoders.json", {"tokens": TOKENS, "decoders": decoded})
