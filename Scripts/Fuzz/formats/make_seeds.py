"""Makes small files of vocabulary formats for the fuzzers gguf, sentencepiece and tiktoken.

    pip install sentencepiece==0.2.3 protobuf gguf==0.19.0
    python make_seeds.py
"""

import pathlib

import gguf
from sentencepiece import sentencepiece_model_pb2 as proto

OUT = pathlib.Path(__file__).parent


def model(name, kind, extra=(), **options):
    file = proto.ModelProto()
    pieces = [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), *extra]
    pieces += [(text, -place / 2 - 1, 1) for place, text in enumerate(
        ["▁", "▁w", "in", "▁win", "g", "wing", "a", "aa", "aaa", "1", "2", "é", "燕", "i", "n", "w", "T", "h", "e"])]
    for text, score, type in pieces:
        file.pieces.add(piece=text, score=score, type=type)
    file.trainer_spec.model_type = kind
    for field in ("treat_whitespace_as_suffix",):
        if field in options:
            setattr(file.trainer_spec, field, options.pop(field))
    file.normalizer_spec.name = "identity"
    for field, value in options.items():
        setattr(file.normalizer_spec, field, value)
    (OUT / f"{name}.model").write_bytes(file.SerializeToString())


# A table with the one rule "a" to "b": the units of a double array by hand.
units = [0] * 512
units[0] = 1 << 10
units[1 ^ ord("a")] = (ord("a") | 1 << 8) | (2 << 10)
units[1 ^ ord("a") ^ 2] = 0 | 1 << 31
table = b"".join(unit.to_bytes(4, "little") for unit in units[:160])
charsmap = len(table).to_bytes(4, "little") + table + b"b\0"
model("unigram", 1, [("<sep>", 0, 4), ("<un>", 0, 5)])
model("unigram-table", 1, precompiled_charsmap=charsmap)
model("merging", 2, [("<sep>", 0, 4)], add_dummy_prefix=False, remove_extra_whitespaces=False)
model("merging-ends", 2, treat_whitespace_as_suffix=True, escape_whitespaces=True)
model("words", 3)
model("characters", 4, [("<sep>", 0, 4)])

TOKENS = ["<s>", "</s>", "<unk>", "Ġ", "w", "i", "n", "g", "in", "ing", "wing", "Ġw", "Ã", "©", "Ã©", "1"]
MERGES = ["i n", "in g", "w ing", "Ġ w", "Ã ©"]


def write(name, kind, pre, tokens, **arrays):
    writer = gguf.GGUFWriter(str(OUT / f"{name}.gguf"), "llama")
    writer.add_tokenizer_model(kind)
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    for key, value in arrays.items():
        getattr(writer, f"add_{key}")(value)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(2)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


TYPES = [3, 3, 2] + [1] * (len(TOKENS) - 3)
write("bytes", "gpt2", "llama-bpe", TOKENS, token_merges=MERGES, token_types=TYPES)
write("bytes-old", "gpt2", "default", TOKENS, token_merges=MERGES)
pieces = ["▁" + token if token in ("w", "wing") else token for token in TOKENS]
scores = [-float(place) for place in range(len(TOKENS))]
write("pieces", "llama", "default", pieces, token_scores=scores, token_types=TYPES)
write("unigram", "t5", "default", pieces, token_scores=scores, token_types=TYPES,
      precompiled_charsmap=charsmap[:200])
write("words", "bert", "bert-bge", pieces, token_types=TYPES, token_type_count=2)

(OUT / "few.tiktoken").write_text("dGg= 256\ndGhl 257\nd2k= 300\nd2lu 301\n")
(OUT / "none.tiktoken").write_text("= 256\r\nIHc= 257\r\n")
