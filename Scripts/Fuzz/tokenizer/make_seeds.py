"""Makes the seeds of the fuzzer of tokenizer.json: small tokenizers with every kind of component.

    pip install tokenizers==0.23.3
    python make_seeds.py
"""

import json
import os

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders as D, models, normalizers as N, pre_tokenizers as P, processors as R

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, tokenizer):
    text = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    with open(os.path.join(HERE, name + ".json"), "w", encoding="utf-8") as file:
        file.write(text + "\n")


TOKENS = ["<unk>", "a", "b", "c", "T", "h", "e", "ab", "▁", "▁a", "Ġ", "Ġa", "<0x61>", "<0xE2>", "s",
          "飞", "é"]
vocabulary = {token: id for id, token in enumerate(TOKENS)}

tokenizer = Tokenizer(models.BPE(
    vocabulary, [("a", "b"), ("▁", "a"), ("Ġ", "a")], unk_token="<unk>", fuse_unk=True,
    byte_fallback=True))
tokenizer.normalizer = N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁"), N.NFC()])
tokenizer.decoder = D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])
tokenizer.post_processor = R.TemplateProcessing(
    single="<s> $A", pair="<s> $A $B:1", special_tokens=[("<s>", 17)])
tokenizer.add_special_tokens([AddedToken("<s>", lstrip=True), AddedToken("</s>", rstrip=True)])
tokenizer.add_tokens([AddedToken("swift", single_word=True)])
write("sentencepiece", tokenizer)

tokenizer = Tokenizer(models.BPE(vocabulary, [("a", "b"), ("Ġ", "a")]))
tokenizer.pre_tokenizer = P.Sequence([
    P.Split(Regex(r"\p{N}{1,3}|\s+(?!\S)|[^\r\n\p{L}\p{N}]?\p{L}+"), "isolated"), P.Digits(True),
    P.ByteLevel(add_prefix_space=True)])
tokenizer.decoder = D.ByteLevel()
tokenizer.post_processor = R.RobertaProcessing(("</s>", 18), ("<s>", 17))
tokenizer.add_special_tokens(["<s>", "</s>"])
tokenizer.enable_truncation(9, stride=2)
tokenizer.enable_padding(pad_id=18, pad_token="</s>", length=12)
write("bytelevel", tokenizer)

tokenizer = Tokenizer(models.WordPiece(
    {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "##a": 4, "the": 5, "##s": 6, "swift": 7, "'": 8},
    unk_token="[UNK]", max_input_chars_per_word=30))
tokenizer.normalizer = N.BertNormalizer()
tokenizer.pre_tokenizer = P.BertPreTokenizer()
tokenizer.decoder = D.WordPiece()
tokenizer.post_processor = R.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
write("wordpiece", tokenizer)

tokenizer = Tokenizer(models.Unigram(
    [("<unk>", 0.0), ("▁", -1.0), ("a", -2.0), ("▁a", -1.5), ("the", -3.0), ("飞", -4.0)], 0, False))
tokenizer.normalizer = N.Sequence([
    N.Nmt(), N.NFKC(), N.Replace(Regex(" {2,}"), " "), N.Lowercase(), N.StripAccents(), N.Strip()])
tokenizer.pre_tokenizer = P.Metaspace()
tokenizer.decoder = D.Metaspace()
write("unigram", tokenizer)

tokenizer = Tokenizer(models.WordLevel({"<unk>": 0, "a": 1, "The": 2}, unk_token="<unk>"))
tokenizer.normalizer = N.Sequence([N.NFD(), N.NFKD(), N.ByteLevel()])
tokenizer.pre_tokenizer = P.Sequence([
    P.Whitespace(), P.WhitespaceSplit(), P.Punctuation("merged_with_next"),
    P.CharDelimiterSplit("a"), P.UnicodeScripts(), P.FixedLength(3)])
tokenizer.decoder = D.CTC()
write("wordlevel", tokenizer)

tokenizer = Tokenizer(models.BPE(
    {"a</w>": 0, "a": 1, "b</w>": 2, "ab</w>": 3}, [("a", "b</w>")], end_of_word_suffix="</w>",
    unk_token="a"))
tokenizer.decoder = D.BPEDecoder()
write("suffix", tokenizer)
