"""Makes the fixtures of the readers of other vocabulary formats than tokenizer.json.

    pip install sentencepiece==0.2.3 protobuf tiktoken==0.14.0 mistral-common==1.13.1 gguf==0.19.0 \
        tokenizers==0.23.3
    python make_tokenizer_formats.py

Everything goes to the folder Tokenizer/formats beside this script; formats.json holds the ids that
the libraries of the formats themselves give.
"""

import base64
import json
import pathlib
import random
import tempfile

import gguf
import sentencepiece
import tiktoken
import tokenizers
from sentencepiece import sentencepiece_model_pb2
from mistral_common.tokens.tokenizers.tekken import Tekkenizer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers.implementations import BertWordPieceTokenizer

assert sentencepiece.__version__ == "0.2.3", sentencepiece.__version__
assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
HERE = pathlib.Path(__file__).parent / "Tokenizer"
OUT = HERE / "formats"
OUT.mkdir(parents=True, exist_ok=True)
random.seed(21)
CORPUS = (HERE / "corpus.txt").read_text(encoding="utf-8")
LINES = [line for line in CORPUS.splitlines() if line.strip()]

PIECES = ["'s", "'LL", " ", "  ", "\n", "\t", "wing", " night", "The", "12345", "½", "①", "燕", "カ", "한",
          "ﬁ", "é", "e\u0301", "🦅", "\u200d", "\u3000", "▁", "<sep>", "<s>", "</s>", "<unk>", "<0x41>",
          "!?", "—", "aaa", "00000000", "[CLS]", "<|endoftext|>", "don't", "Über", "ÉTÉ"]
TEXTS = ["", " ", "wxyz swxyz", "   ", "a", " a", "a ", "Hello world", "  two  spaces  ", "\n\n x \n", "wing wing",
         "<sep>", " <sep> wing<sep>", "▁▁", "it's 3.14 km", "天地 wing", "0" * 40, "ab" * 30, " " * 20]
TEXTS += random.sample(LINES, 12)
TEXTS += ["".join(random.choice(PIECES) for _ in range(random.randint(1, 14))) for _ in range(60)]

golden = []


def record(file, encode, parse=False, template=False, encoding=None, texts=TEXTS):
    golden.append({
        "file": file, "parse": parse, "template": template, "encoding": encoding,
        "cases": [{"text": text, "ids": list(encode(text))} for text in texts]})


# SentencePiece: small models with a small table of rules, for that of NFKC has 240 kB.

RULES = "\n".join(
    "\t".join(" ".join(f"{ord(c):X}" for c in side) for side in rule)
    for rule in [("①", "1"), ("½", "1⁄2"), ("ﬁ", "fi"), ("\u3000", " "), ("\t", " "), ("\n", " "),
                 ("e\u0301", "é"), ("é\u0301", "ê"), ("aa", "A"), ("Ü", "u\u0308")]) + "\n"


def train(name, more=(), **options):
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder) / "text"
        text.write_text("\n".join(LINES), encoding="utf-8")
        rules = pathlib.Path(folder) / "rules.tsv"
        rules.write_text(RULES, encoding="utf-8")
        if options.pop("rules", False):
            options["normalization_rule_tsv"] = str(rules)
        else:
            options["normalization_rule_name"] = "identity"
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=f"{folder}/model", minloglevel=2, num_threads=1,
            **options)
        file = sentencepiece_model_pb2.ModelProto()
        file.ParseFromString(pathlib.Path(f"{folder}/model.model").read_bytes())
        # Where it was made does not belong in it.
        file.trainer_spec.ClearField("input")
        file.trainer_spec.ClearField("model_prefix")
        file.normalizer_spec.ClearField("normalization_rule_tsv")
        (OUT / f"{name}.model").write_bytes(file.SerializeToString())
    model = sentencepiece.SentencePieceProcessor(model_file=str(OUT / f"{name}.model"))
    # A mark after nothing is a thing that the components of tokenizer.json cannot make.
    marks = options.get("treat_whitespace_as_suffix", False)
    # Nor is the mark before a symbol that is a whole text, where symbols are found before the model.
    found = options["model_type"] == "bpe" and options.get("add_dummy_prefix", True)
    alone = options.get("user_defined_symbols", []) if found else []
    record(f"{name}.model", model.encode,
           texts=[text for text in [*TEXTS, *more]
                  if (text.strip(" ▁") or not marks) and (text not in alone or " " in text)])
    return model


merging = train(
    "merging", model_type="bpe", vocab_size=560, byte_fallback=True, remove_extra_whitespaces=False,
    character_coverage=0.98)
train("unigram", model_type="unigram", vocab_size=220, rules=True, character_coverage=0.98,
      user_defined_symbols=["<sep>", "wing"])
train("fallback", model_type="unigram", vocab_size=470, byte_fallback=True, add_dummy_prefix=False)
train("symbols", model_type="bpe", vocab_size=300, rules=True, character_coverage=0.98,
      user_defined_symbols=["▁▁", "<sep>"], control_symbols=["<ctl>"], add_dummy_prefix=False,
      remove_extra_whitespaces=False)
train("ends", model_type="unigram", vocab_size=220, rules=True, treat_whitespace_as_suffix=True,
      character_coverage=0.98)
train("characters", model_type="char", vocab_size=120, rules=True)
train("spaces", model_type="bpe", vocab_size=300, rules=True, character_coverage=0.98,
      user_defined_symbols=["  ", "<sep>", "a  b", "½"],
      more=["wing  wing", "wing   wing", "wing    ①", "wing \t wing", "wing\t  wing", "  wing",
            "\u3000  wing  ", "wing  \u3000wing", "a  b", "wing a  b", "wing  a  b  ½½  <sep>  ",
            "wing  ▁ wing", "the a   b", " ½  ½", "  ", "aa  aa"])
train("words", model_type="word", vocab_size=300, rules=True,
      more=["zyx", "zyx wvu wing zyx", "wing zyx wvu tsr", "zyx <sep> wvu", "zyx  wvu\n"])


# A byte-level vocabulary of 256 bytes and 300 merges, which the other formats share.

def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator([CORPUS], trainers.BpeTrainer(
        vocab_size=556, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return json.loads(tokenizer.to_str())["model"]


MODEL = byte_level()
TOKENS = sorted(MODEL["vocab"], key=MODEL["vocab"].get)


def alphabet():
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in plain]
    table = {chr(byte): byte for byte in plain}
    table.update({chr(0x100 + place): byte for place, byte in enumerate(rest)})
    return table


ALPHABET = alphabet()
RANKS = {bytes(ALPHABET[c] for c in token): rank for rank, token in enumerate(TOKENS)}


# tiktoken, with the patterns of GPT-2 and of GPT-4.

lines = [f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in RANKS.items()]
(OUT / "gpt2.tiktoken").write_text("".join(lines))
GPT2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
GPT4 = (r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+|"""
        r""" ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s""")
for name, pattern in [("gpt2", GPT2), ("cl100k_base", GPT4)]:
    encoding = tiktoken.Encoding(
        name, pat_str=pattern, mergeable_ranks=RANKS, special_tokens={})
    record("gpt2.tiktoken", encoding.encode_ordinary, encoding=name)


# Tekken.

TEKKEN = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
          r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}|"
          r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
# Its first ranks must be the bytes in order.
TEKKEN_RANKS = [bytes([byte]) for byte in range(256)] + list(RANKS)[256:]
tekken = {
    "config": {"pattern": TEKKEN, "num_vocab_tokens": len(RANKS), "default_vocab_size": 540,
               "default_num_special_tokens": 24, "version": "v3"},
    "vocab": [{"rank": rank, "token_bytes": base64.b64encode(token).decode(), "token_str": None}
              for rank, token in enumerate(TEKKEN_RANKS)],
}
(OUT / "tekken.json").write_text(json.dumps(tekken, separators=(",", ":")) + "\n")
model = Tekkenizer.from_file(OUT / "tekken.json")
record("tekken.json", lambda text: model.encode(text, bos=True, eos=False), template=True)


# GPT-2's and BERT's own files, with what lies beside them.

folder = OUT / "gpt2"
folder.mkdir(exist_ok=True)


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


write(folder / "vocab.json", MODEL["vocab"])
(folder / "merges.txt").write_text(
    "#version: 0.2\n" + "".join(" ".join(pair) + "\n" for pair in MODEL["merges"]), encoding="utf-8")
write(folder / "added_tokens.json", {"<sep>": 556, "wxyz": 557})
write(folder / "special_tokens_map.json", {
    "bos_token": "<|endoftext|>", "eos_token": {"content": "<|endoftext|>", "lstrip": False},
    "additional_special_tokens": ["<sep>"]})
write(folder / "tokenizer_config.json", {
    "tokenizer_class": "GPT2Tokenizer", "add_bos_token": True, "model_max_length": 1024})
reference = Tokenizer(models.BPE(MODEL["vocab"], [tuple(pair) for pair in MODEL["merges"]]))
reference.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
reference.add_tokens([
    tokenizers.AddedToken("<sep>", special=True, normalized=False), "wxyz",
    tokenizers.AddedToken("<|endoftext|>", special=True, normalized=False)])
assert reference.token_to_id("<|endoftext|>") == 558
record("gpt2", lambda text: [558] + reference.encode(text).ids, parse=True, template=True)

folder = OUT / "bert"
folder.mkdir(exist_ok=True)
bert = Tokenizer(models.WordPiece(unk_token="[UNK]"))
bert.normalizer = normalizers.BertNormalizer()
bert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
bert.train_from_iterator([CORPUS], trainers.WordPieceTrainer(
    vocab_size=320, special_tokens=SPECIAL, show_progress=False))
WORDS = sorted(bert.get_vocab(), key=bert.get_vocab().get)
(folder / "vocab.txt").write_text("".join(word + "\n" for word in WORDS), encoding="utf-8")
reference = BertWordPieceTokenizer(str(folder / "vocab.txt"))
reference._tokenizer.encode_special_tokens = True
record("bert", lambda text: reference.encode(text).ids, template=True)


# GGUF: each model that is read. The texts of BERT's have no Korean, whose syllables llama.cpp keeps
# whole, but the ids here are those of the original libraries anyway.

def write_gguf(name, fill):
    writer = gguf.GGUFWriter(str(OUT / f"{name}.gguf"), "llama")
    fill(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def fill_bytes(writer):
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(TOKENS + ["<|endoftext|>", "<sep>"])
    writer.add_token_types([1] * len(TOKENS) + [3, 4])
    writer.add_token_merges([" ".join(pair) for pair in MODEL["merges"]])
    writer.add_bos_token_id(len(TOKENS))
    writer.add_eos_token_id(len(TOKENS))
    writer.add_add_bos_token(True)
    writer.add_chat_template([{"name": "default", "template": "{{ messages }}"},
                              {"name": "tool_use", "template": "{{ tools }}"}])


QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
         r"\s*[\r\n]+|\s+(?!\S)|\s+")
write_gguf("bytes", fill_bytes)
reference = Tokenizer(models.BPE(MODEL["vocab"], [tuple(pair) for pair in MODEL["merges"]]))
reference.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Split(tokenizers.Regex(QWEN2), "isolated"),
    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
reference.add_tokens([
    tokenizers.AddedToken("<|endoftext|>", special=True, normalized=False),
    tokenizers.AddedToken("<sep>", normalized=False)])
record("bytes.gguf", lambda text: [556] + reference.encode(text).ids, parse=True, template=True)


def fill_pieces(writer):
    size = merging.get_piece_size()
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([merging.id_to_piece(id) for id in range(size)])
    writer.add_token_scores([merging.get_score(id) for id in range(size)])
    writer.add_token_types([
        2 if merging.is_unknown(id) else 3 if merging.is_control(id) else
        6 if merging.is_byte(id) else 1 for id in range(size)])
    writer.add_unk_token_id(merging.unk_id())
    writer.add_bos_token_id(merging.bos_id())
    writer.add_eos_token_id(merging.eos_id())


write_gguf("pieces", fill_pieces)
record("pieces.gguf", lambda text: [merging.bos_id()] + merging.encode(text), template=True)


def fill_words(writer):
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("bert-bge")
    writer.add_token_list([
        word if word in SPECIAL else word[2:] if word.startswith("##") else "▁" + word
        for word in WORDS])
    writer.add_token_types([3 if word in SPECIAL else 1 for word in WORDS])
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_sep_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_mask_token_id(4)


write_gguf("words", fill_words)
reference = BertWordPieceTokenizer(str(OUT / "bert" / "vocab.txt"))
reference._tokenizer.encode_special_tokens = True
record("words.gguf", lambda text: reference.encode(text).ids, template=True)

(OUT / "formats.json").write_text(
    json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf-8")
