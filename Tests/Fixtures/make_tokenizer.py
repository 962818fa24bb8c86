"""Makes the fixtures of the Tokenizer module with Hugging Face tokenizers.

    pip install tokenizers==0.23.3
    python make_tokenizer.py

Everything goes to the folder Tokenizer beside this script. Offsets are written in UTF-8 bytes.
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
OUT = pathlib.Path(__file__).parent / "Tokenizer"
OUT.mkdir(exist_ok=True)
random.seed(20)


def write(name, value):
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", encoding="utf-8")


# A small text in several scripts, with words drawn so that their frequencies differ.

SENTENCES = [
    "The swift flies by day and by night, and it doesn't land for months.",
    "We'll see them again in May; they've crossed two deserts and a sea.",
    "It's said they're faster than any other bird, and I'd believe it.",
    "In 1954 a ringed bird came back after 16 years and some 4,800,000 km.",
    "def fly(height, speed=31.1):\n    return {'height': height, 'speed': speed}\n",
    "Les martinets noirs dorment en volant, même au-dessus de la forêt.",
    "Der Mauersegler fängt täglich bis zu 20 000 Insekten, größtenteils Blattläuse.",
    "雨燕可以在空中飞行十个月不落地。",
    "アマツバメは空を飛びながら眠ります。",
    "칼새는 하늘을 날면서 잠을 잔다.",
    "السمامة الشائعة تنام وهي تطير في السماء.",
    "सामान्य अबाबील उड़ते हुए सोती है।",
    "นกแอ่นบินได้หลายเดือนโดยไม่ลงพื้น",
    "\t2026-05-01T04:59:59Z  INFO  nest=17 eggs=3 \u2028 wind 3½ m/s",
]
WORDS = "air wing night sky sleep nest egg cliff roof tower summer south rain insect flight".split()


def corpus():
    lines = []
    for number in range(500):
        lines.append(random.choice(SENTENCES))
        words = [WORDS[min(int(random.expovariate(0.3)), len(WORDS) - 1)] for _ in range(12)]
        glue = random.choice([" ", "  ", ", ", "-", "\t"])
        end = random.choice(["\n", "\n", "\r\n", "  \n", "\n\n  ", ".\n\n\n"])
        lines.append(glue.join(words) + random.choice(["", "s", "ing", "'s"]) + end)
    return "".join(lines)


TEXT = corpus()
(OUT / "corpus.txt").write_bytes(TEXT.encode())


# Training: the options and the vocabulary that the reference learns.

ALPHABET = pre_tokenizers.ByteLevel.alphabet()


def train(size, sequence, special=(), prefix=False, seen=False, **options):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(special), show_progress=False,
        initial_alphabet=[] if seen else ALPHABET, **options)
    if sequence == "lines":
        tokenizer.train([str(OUT / "corpus.txt")], trainer)
    else:
        tokenizer.train_from_iterator([TEXT], trainer)
    return tokenizer


def trained(name, size, sequence, special=(), prefix=False, seen=False, **options):
    model = json.loads(train(size, sequence, special, prefix, seen, **options).to_str())["model"]
    vocabulary = sorted(model["vocab"], key=model["vocab"].get)
    assert [model["vocab"][token] for token in vocabulary] == list(range(len(vocabulary)))
    return {
        "name": name, "size": size, "sequence": sequence, "special": list(special),
        "prefix": prefix, "seen": seen, "options": options, "vocabulary": vocabulary,
        "merges": [" ".join(pair) for pair in model["merges"]],
    }


END = "<|endoftext|>"
write("trained.json", [
    trained("lines", 600, "lines", [END]),
    trained("whole text", 600, "whole", [END, "<pad>"]),
    trained("to the end", 100_000, "lines"),
    trained("minimum frequency", 2_000, "lines", [END], min_frequency=40),
    trained("longest token", 500, "lines", [END], max_token_length=4),
    trained("prefix space", 450, "lines", [END], prefix=True),
    trained("seen bytes", 400, "whole", [END], seen=True),
    trained("special token that merging makes", 500, "lines", ["Ġnight", "the", "a"]),
    trained("too small", 100, "lines", [END]),
])


# Tokenizers as files.

def byte_level(tokenizer, prefix=False, trim=False):
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=trim, add_prefix_space=prefix)
    return tokenizer


plain = byte_level(train(700, "whole", [END]))

added = byte_level(train(600, "lines", [END]), prefix=True, trim=True)
added.add_special_tokens([
    AddedToken("<left>", lstrip=True), AddedToken("<right>", rstrip=True),
    AddedToken("<both>", lstrip=True, rstrip=True), AddedToken("<|end"),
    AddedToken("<|endoftext|><|end", normalized=False)])
added.add_tokens([
    AddedToken("wing", single_word=True), AddedToken("é\u0301", normalized=True),
    AddedToken("  two  ", normalized=False), AddedToken("über", normalized=False)])

template = byte_level(train(600, "lines", ["<s>", "</s>"]))
template.post_processor = processors.Sequence([
    processors.ByteLevel(trim_offsets=True, add_prefix_space=False),
    processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B:1", special_tokens=[("<s>", 0), ("</s>", 1)])])

unknown_trained = json.loads(train(330, "lines", ["<unk>"], seen=True).to_str())["model"]
SMALL = {token: id for token, id in unknown_trained["vocab"].items()}
SMALL_MERGES = [tuple(pair) for pair in unknown_trained["merges"]]
unknown = byte_level(Tokenizer(models.BPE(SMALL, SMALL_MERGES, unk_token="<unk>")))
fused = byte_level(Tokenizer(models.BPE(SMALL, SMALL_MERGES, unk_token="<unk>", fuse_unk=True)))
dropped = byte_level(Tokenizer(models.BPE(SMALL, SMALL_MERGES)))

# Not one that training makes: merges whose parts come later, and pieces that are tokens by fiat.
letters = {token: id for id, token in enumerate(sorted(ALPHABET))}
for token in ["abc", "ab", "bc", "cab", "Ġabcab", "aa", "aaaa", "aaa", "Ġwhole"]:
    letters[token] = len(letters)
disorder = [("ab", "c"), ("aa", "aa"), ("a", "bc"), ("c", "ab"), ("a", "a"), ("b", "c"), ("a", "b"),
            ("aa", "a")]
disordered = byte_level(Tokenizer(models.BPE(letters, disorder, ignore_merges=False)))
ignoring = byte_level(Tokenizer(models.BPE(letters, disorder, ignore_merges=True)))

TOKENIZERS = {
    "plain": plain, "added": added, "template": template, "unknown": unknown, "fused": fused,
    "dropped": dropped, "disordered": disordered, "ignoring": ignoring,
}
for name, tokenizer in TOKENIZERS.items():
    content = json.loads(tokenizer.to_str())
    if name in ("template", "disordered"):  # the spelling of older files
        content["model"]["merges"] = [" ".join(pair) for pair in content["model"]["merges"]]
    write(f"{name}.json", content)


# What the reference makes of difficult texts.

TEXTS = SENTENCES + [
    "", " ", "  ", "\n", "\t\t", " \n ", "a", " a", "  a", "a ", "a  ", "a \n b", "a\u00a0 b",
    "\u3000全角　スペース\u3000", "\u0085next\u0085line", "\u2028\u2029", "\r\n\r\n x \r\n",
    "can't CAN'T it's 's 'll 've 're 'd 'm 't 'x l'l ''s '", "don’t we’ll", "'sam 'tis 'llama",
    "1234567890", "3.14159", "1,000,000", "x1y2", "Ⅻ ½ ² ٣٤٥ १२३", "$100.00 #tag @user a_b",
    "!?!?", " !?", "...   ...", "—–-", "“quoted” «text»", "(nested [brackets {deep}])",
    "👨‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️", "e\u0301 é ñ n\u0303", "e\u0301\u0302\u0303", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L",
    "\u0000\u0001\u001f\u007f", "\ufeffBOM", "zero\u200bwidth\u200djoiner", "\ufffd\uffff\U0010ffff",
    "\u1c89 \ua7cb \U000105c0 \U0001e5d0", "\U00031350\U000323af", "\u180e\u2060\u00ad",
    "a" * 300, "ab" * 200, "aaaaaaaaab" * 50, "supercalifragilisticexpialidocious" * 3,
    "飞" * 100, "é" * 99, " " * 70 + "x", "\n" * 65, " \t" * 40 + "y", "x" + " " * 50,
    "0" * 100, "!" * 100, "🦅" * 40,
    "abc abcab cabcab abcabcabc bca aaaaaaa aaaaa whole  whole",
    END, f"a{END}b", f" {END} ", f"{END}{END}<|end", "<|endoftext|", "<|end <|endof", "<s>x</s>",
    "a <left> b", "a <right> b", "a  <both> \n b", "<both><both>", "\u3000<left>\u00a0<right>\u2003x",
    "<right>  <left>", "wing wings wing, awing _wing wing1 wing\u0301 'wing'", "wing", "swing wing",
    "ée\u0301é\u0301é\u0301", "  two  two    two  ", "über überüber Über", "<pad> <unk> <|im_start|>",
]
PIECES = ["'s", " ", "  ", "\n", "\t", "air", " wing", "12", "½", "燕", "ア", "한", "طير", "है", "นก",
          "🦅", "\u200d", "é", "e\u0301", "\u0000", "<left>", "<right>", "<both>", END, "!", "—", "a",
          "ab", "\u00a0", "\u0600", "\U0001f1e9", "x" * 45]
for _ in range(60):
    TEXTS.append("".join(random.choice(PIECES) for _ in range(random.randint(1, 25))))


def encoded(name, text, parse):
    tokenizer = TOKENIZERS[name]
    tokenizer.encode_special_tokens = not parse
    result = tokenizer.encode(text)
    starts = [0]
    for character in text:
        starts.append(starts[-1] + len(character.encode()))
    return {
        "text": text, "parse": parse, "ids": result.ids,
        "offsets": [starts[place] for pair in result.offsets for place in pair],
        "decoded": tokenizer.decode(result.ids, skip_special_tokens=False),
        "skipped": tokenizer.decode(result.ids, skip_special_tokens=True),
    }


def offsets_are_sound(name):
    """Where bytes are dropped or unknown, the reference's offsets drift; ours do not follow."""
    return name not in ("unknown", "fused", "dropped")


golden = {}
for name in TOKENIZERS:
    cases = []
    for text in TEXTS:
        cases.append(encoded(name, text, True))
        if encoded(name, text, False)["ids"] != cases[-1]["ids"]:
            cases.append(encoded(name, text, False))
    if not offsets_are_sound(name):
        for case in cases:
            del case["offsets"]
    golden[name] = cases
write("golden.json", golden)

splitter = pre_tokenizers.ByteLevel(add_prefix_space=False)
write("pieces.json", [
    {"text": text,
     "lengths": [len(text[start:end].encode()) for _, (start, end) in
                 splitter.pre_tokenize_str(text)]}
    for text in TEXTS])


# Ids in any order: bytes that are no UTF-8.

decodes = []
for _ in range(200):
    ids = [random.choice([random.randrange(1, 257), random.randrange(plain.get_vocab_size())])
           for _ in range(random.randint(1, 12))]
    decodes.append({"ids": ids, "text": plain.decode(ids, skip_special_tokens=False)})
write("decodes.json", decodes)


# The classes of all characters, as the pattern sees them: where each run starts, and its class
# (0 other, 1 letter, 2 number, 3 white space).

runs = []
for value in range(0x110000):
    if 0xD800 <= value < 0xE000:
        kind = 0
    else:
        character = chr(value)
        if len(splitter.pre_tokenize_str("a" + character)) == 1:
            kind = 1
        elif len(splitter.pre_tokenize_str("1" + character)) == 1:
            kind = 2
        elif len(splitter.pre_tokenize_str("!" + character)) == 1:
            kind = 0
        else:
            kind = 3
    if not runs or runs[-1][1] != kind:
        runs.append([value, kind])
write("classes.json", runs)
