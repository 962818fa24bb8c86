"""Small tokenizers of every kind, trained here, so that each component is compared with its reference.

`hugging_face` gives tokenizers of Hugging Face's library: every model, with every normalizer,
pre-tokenizer, post-processor and decoder. `sentencepiece_models` trains models of SentencePiece.
"""

import io
import json
import pathlib

from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers,
                        processors, trainers)

ALPHABET = pre_tokenizers.ByteLevel.alphabet()
CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
          r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
UNKNOWN = "[UNK]"


def byte_pair(texts, name, normalizer=None, pre=None, decoder=None, post=None, added=(), size=2000,
              special=(), alphabet=(), trainer=None, bytes_too=False, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    special = list(special)
    if options.get("unk_token"):
        special.insert(0, options["unk_token"])
    if bytes_too:
        special += [f"<0x{byte:02X}>" for byte in range(256)]
    settings = dict(limit_alphabet=600)
    settings.update(trainer or {})
    for key in ("continuing_subword_prefix", "end_of_word_suffix"):
        if options.get(key):
            settings[key] = options[key]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False,
                                  initial_alphabet=list(alphabet), **settings)
    return finish(tokenizer, texts, name, normalizer, pre, decoder, post, added, trainer,
                  bytes_too)


def finish(tokenizer, texts, name, normalizer, pre, decoder, post, added, trainer, bytes_too=False):
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre:
        tokenizer.pre_tokenizer = pre
    tokenizer.train_from_iterator(texts, trainer)
    if bytes_too:
        # Byte tokens belong to the model's vocabulary and are no special tokens.
        value = json.loads(tokenizer.to_str())
        value["added_tokens"] = [token for token in value["added_tokens"]
                                 if not token["content"].startswith("<0x")]
        tokenizer = Tokenizer.from_str(json.dumps(value))
    if decoder:
        tokenizer.decoder = decoder
    if post:
        tokenizer.post_processor = post(tokenizer) if callable(post) else post
    for token in added:
        if isinstance(token, AddedToken) and token.special:
            tokenizer.add_special_tokens([token])
        else:
            tokenizer.add_tokens([token])
    return name, tokenizer


def word_piece(texts, name, normalizer, pre, decoder=None, post=None, added=(), size=4000,
               **options):
    model = models.WordPiece(unk_token=UNKNOWN, **options)
    prefix = options.get("continuing_subword_prefix", "##")
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=["[PAD]", UNKNOWN, "[CLS]", "[SEP]", "[MASK]"],
        show_progress=False, continuing_subword_prefix=prefix)
    return finish(Tokenizer(model), texts, name, normalizer, pre, decoder, post, added, trainer)


def unigram(texts, name, normalizer, pre, decoder=None, post=None, added=(), size=8000,
            byte_fallback=False):
    special = ["<pad>", "</s>", "<unk>"]
    if byte_fallback:
        special += [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token="<unk>",
                                      show_progress=False)
    name, tokenizer = finish(Tokenizer(models.Unigram()), texts, name, normalizer, pre, decoder,
                             post, added, trainer)
    if byte_fallback:
        value = json.loads(tokenizer.to_str())
        value["added_tokens"] = value["added_tokens"][:3]
        value["model"]["byte_fallback"] = True
        tokenizer = Tokenizer.from_str(json.dumps(value))
    return name, tokenizer


def template(single, *tokens):
    def make(tokenizer):
        return processors.TemplateProcessing(
            single=single, pair=single + " $B:1",
            special_tokens=[(token, tokenizer.token_to_id(token)) for token in tokens])
    return make


def sequence(*parts):
    return normalizers.Sequence(list(parts))


def after(*parts):
    return pre_tokenizers.Sequence(list(parts))


def llama_decoder():
    return decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                              decoders.Strip(" ", 1, 0)])


def hugging_face(texts, charsmap):
    """Pairs of a name and a tokenizer; `charsmap` is a normalization map of SentencePiece."""
    n, p, d = normalizers, pre_tokenizers, decoders
    byte_level = dict(alphabet=ALPHABET, decoder=d.ByteLevel())
    ends = dict(special=["<s>", "</s>"])
    flags = [AddedToken("<left>", lstrip=True, special=True),
             AddedToken("<right>", rstrip=True, special=True),
             AddedToken("<both>", lstrip=True, rstrip=True, normalized=False),
             AddedToken("swift", single_word=True), AddedToken("Naïve", normalized=True),
             AddedToken("<mask>", lstrip=True, special=True), AddedToken("the", normalized=False)]
    yield byte_pair(texts, "bpe gpt2", pre=p.ByteLevel(add_prefix_space=False), added=flags,
                    post=processors.ByteLevel(trim_offsets=True), **byte_level)
    yield byte_pair(texts, "bpe gpt2 prefix roberta", pre=p.ByteLevel(add_prefix_space=True),
                    post=processors.RobertaProcessing(("</s>", 1), ("<s>", 0), trim_offsets=True,
                                                      add_prefix_space=True), **ends, **byte_level)
    yield byte_pair(texts, "bpe cl100k split", normalizer=n.NFC(), pre=after(
        p.Split(Regex(CL100K), "isolated"), p.ByteLevel(add_prefix_space=False, use_regex=False)),
        post=lambda t: processors.Sequence([processors.ByteLevel(trim_offsets=False),
                                            template("<s> $A </s>", "<s>", "</s>")(t)]),
        added=flags, **ends, **byte_level)
    yield byte_pair(texts, "bpe digits starcoder", pre=after(
        p.Digits(individual_digits=True), p.ByteLevel(add_prefix_space=False)), **byte_level)
    yield byte_pair(texts, "bpe falcon", pre=after(
        p.Punctuation("contiguous"), p.ByteLevel(add_prefix_space=False), p.Digits(False),
        p.Split(Regex("[0-9][0-9][0-9]"), "isolated")), **byte_level)
    yield byte_pair(texts, "bpe normalizer byte level", normalizer=n.ByteLevel(), **byte_level)
    for scheme in ("always", "first", "never"):
        for split in (True, False):
            yield byte_pair(texts, f"bpe metaspace {scheme} {split}", unk_token="<unk>",
                            byte_fallback=True, fuse_unk=True, bytes_too=True, **ends,
                            pre=p.Metaspace("▁", prepend_scheme=scheme, split=split),
                            decoder=d.Sequence([d.ByteFallback(), d.Metaspace(
                                "▁", prepend_scheme=scheme, split=split)]), added=flags,
                            post=template("<s> $A", "<s>"))
    yield byte_pair(texts, "bpe llama2", normalizer=sequence(n.Prepend("▁"), n.Replace(" ", "▁")),
                    unk_token="<unk>", byte_fallback=True, fuse_unk=True, bytes_too=True, **ends,
                    decoder=llama_decoder(), post=template("<s> $A", "<s>"), added=flags)
    yield byte_pair(texts, "bpe gemma", normalizer=n.Replace(" ", "▁"),
                    pre=p.Split(" ", "merged_with_previous"), unk_token="<unk>", byte_fallback=True,
                    fuse_unk=True, bytes_too=True, decoder=d.Sequence([
                        d.Replace("▁", " "), d.ByteFallback(), d.Fuse()]))
    yield byte_pair(texts, "bpe clip", normalizer=sequence(
        n.NFC(), n.Replace(Regex(r"\s+"), " "), n.Lowercase()), pre=after(
        p.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed",
                invert=True), p.ByteLevel(add_prefix_space=False)), unk_token="<|endoftext|>",
        end_of_word_suffix="</w>", alphabet=ALPHABET, decoder=d.BPEDecoder("</w>"))
    yield byte_pair(texts, "bpe words unknown", pre=p.Whitespace(), unk_token=UNKNOWN)
    yield byte_pair(texts, "bpe words fused", pre=p.WhitespaceSplit(), unk_token=UNKNOWN,
                    fuse_unk=True, trainer=dict(limit_alphabet=80))
    yield byte_pair(texts, "bpe continuing", pre=p.BertPreTokenizer(), unk_token=UNKNOWN,
                    continuing_subword_prefix="##", decoder=d.WordPiece())
    yield byte_pair(texts, "bpe ignore merges", pre=p.ByteLevel(add_prefix_space=False),
                    ignore_merges=True, added=flags, **byte_level)
    yield byte_pair(texts, "bpe no pieces", unk_token=UNKNOWN, trainer=dict(limit_alphabet=300))
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next",
                     "contiguous"):
        yield byte_pair(texts, f"bpe punctuation {behavior}", pre=p.Punctuation(behavior),
                        unk_token=UNKNOWN, decoder=d.Fuse())
        for invert in (False, True):
            yield byte_pair(texts, f"bpe split {behavior} {invert}", unk_token=UNKNOWN, pre=p.Split(
                Regex(r"\p{Lu}|\d+|[\u4e00-\u9fff]"), behavior, invert))
    yield byte_pair(texts, "bpe scripts", pre=p.UnicodeScripts(), unk_token=UNKNOWN)
    yield byte_pair(texts, "bpe delimiter", pre=p.CharDelimiterSplit("e"), unk_token=UNKNOWN)
    yield byte_pair(texts, "bpe fixed length", pre=p.FixedLength(5), unk_token=UNKNOWN)
    for name, normalizer in [
            ("nfd", n.NFD()), ("nfkc", n.NFKC()), ("nfkd", n.NFKD()), ("nmt", n.Nmt()),
            ("lowercase", n.Lowercase()), ("strip", n.Strip()), ("strip left", n.Strip(True, False)),
            ("accents", sequence(n.NFD(), n.StripAccents())), ("precompiled", n.Precompiled(charsmap)),
            ("replace", n.Replace(Regex(r"[aeiou]{2,}|\d+"), "∎")),
            ("replace by nothing", n.Replace("e", "")),
            ("long", sequence(n.Strip(), n.NFKD(), n.StripAccents(), n.Lowercase(), n.NFC()))]:
        yield byte_pair(texts, f"bpe normalizer {name}", normalizer=normalizer, unk_token=UNKNOWN,
                        pre=p.Whitespace(), added=flags)
    bert_ends = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    for clean, chinese, accents, lower in [(1, 1, None, 1), (1, 1, None, 0), (0, 1, 1, 0),
                                           (1, 0, 0, 1), (0, 0, 1, 1)]:
        accents = None if accents is None else bool(accents)
        yield word_piece(texts, f"wordpiece bert {clean} {chinese} {accents} {lower}",
                         n.BertNormalizer(bool(clean), bool(chinese), accents, bool(lower)),
                         p.BertPreTokenizer(), d.WordPiece(cleanup=bool(clean)), bert_ends,
                         added=flags)
    yield word_piece(texts, "wordpiece short words", n.NFKC(), p.Whitespace(), d.WordPiece(),
                     max_input_chars_per_word=6)
    yield word_piece(texts, "wordpiece other prefix", None, p.WhitespaceSplit(),
                     d.WordPiece(prefix="@@"), continuing_subword_prefix="@@")
    words = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
    yield finish(words, texts, "wordlevel", n.Lowercase(), p.Whitespace(), d.CTC("[UNK]", "|"), None,
                 flags, trainers.WordLevelTrainer(vocab_size=3000, special_tokens=[UNKNOWN],
                                                  show_progress=False))
    meta = dict(prepend_scheme="always")
    yield unigram(texts, "unigram xlm-r", n.Precompiled(charsmap), p.Metaspace(**meta),
                  d.Metaspace(**meta), template("<pad> $A </s>", "<pad>", "</s>"))
    yield unigram(texts, "unigram t5", sequence(n.Precompiled(charsmap),
                                                n.Replace(Regex(" {2,}"), " ")),
                  after(p.WhitespaceSplit(), p.Metaspace(**meta)), d.Metaspace(**meta),
                  template("$A </s>", "</s>"), flags)
    yield unigram(texts, "unigram albert", sequence(
        n.Replace("``", '"'), n.Replace("''", '"'), n.NFKD(), n.StripAccents(), n.Lowercase(),
        n.Precompiled(charsmap)), p.Metaspace(**meta), d.Metaspace(**meta))
    yield unigram(texts, "unigram bytes", n.NFKC(), p.Metaspace(prepend_scheme="first"),
                  d.Sequence([d.ByteFallback(), d.Metaspace(prepend_scheme="first")]),
                  byte_fallback=True)
    yield unigram(texts, "unigram whole", n.Nmt(), None, d.Fuse())


def sentencepiece_models(texts, folder):
    """Trains models of SentencePiece into a folder and gives their names and paths."""
    import sentencepiece
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lines = [line for text in texts for line in text.splitlines() if line and len(line) < 4000]
    for name, options in [
            ("sp unigram", {}), ("sp unigram identity", dict(normalization_rule_name="identity")),
            ("sp unigram bytes", dict(byte_fallback=True, normalization_rule_name="nfkc_cf")),
            ("sp unigram suffix", dict(treat_whitespace_as_suffix=True)),
            ("sp unigram plain", dict(add_dummy_prefix=False, remove_extra_whitespaces=False,
                                      normalization_rule_name="nfkc")),
            ("sp unigram symbols", dict(user_defined_symbols=["<sep>", "the", "▁of"],
                                        control_symbols=["<ctl>"], split_digits=True)),
            ("sp bpe", dict(model_type="bpe")),
            ("sp bpe bytes", dict(model_type="bpe", byte_fallback=True, split_digits=True,
                                  normalization_rule_name="identity", add_dummy_prefix=True,
                                  remove_extra_whitespaces=False)),
            ("sp bpe symbols", dict(model_type="bpe", user_defined_symbols=["<sep>", "in", "  "],
                                    normalization_rule_name="nmt_nfkc_cf")),
            ("sp char", dict(model_type="char")), ("sp word", dict(model_type="word"))]:
        path = folder / (name.replace(" ", "_") + ".model")
        if not path.exists():
            model = io.BytesIO()
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(lines), model_writer=model, vocab_size=6000,
                character_coverage=0.98, hard_vocab_limit=False, minloglevel=2, **options)
            path.write_bytes(model.getvalue())
        yield name, str(path)


def charsmap(path):
    """The normalization map in a model of SentencePiece."""
    from sentencepiece import sentencepiece_model_pb2
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(pathlib.Path(path).read_bytes())
    return model.normalizer_spec.precompiled_charsmap
