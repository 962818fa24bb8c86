"""Writes a GGUF file of a Llama or Gemma 3 as a folder for transformers, dequantized to float32.

Names, the order of rotated rows and Gemma's norms are changed back, the configuration is rebuilt from
the metadata, and so is the tokenizer, from the rules that llama.cpp has for its name. transformers
could read GGUF files itself, but gives SmolLM another pre-tokenizer than it was trained with. `model`
and `tokenizer` give the same without writing files.
"""

import gguf
import numpy
import tokenizers
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

OUTER = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight",
         "output.weight": "lm_head.weight"}
LLAMA = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
         "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
         "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
         "ffn_down": "mlp.down_proj"}
GEMMA = {**LLAMA, "ffn_norm": "pre_feedforward_layernorm",
         "post_attention_norm": "post_attention_layernorm",
         "post_ffw_norm": "post_feedforward_layernorm", "attn_q_norm": "self_attn.q_norm",
         "attn_k_norm": "self_attn.k_norm"}
# Kinds of tokens in GGUF.
CONTROL, USER_DEFINED = 3, 4


class File:
    """The metadata of a GGUF file without the architecture's prefix, and its tensors."""

    def __init__(self, path):
        self.reader = gguf.GGUFReader(path)
        self.architecture = self.get("general.architecture")

    def get(self, name, default=None):
        field = self.reader.fields.get(name)
        return default if field is None else field.contents()

    def own(self, name, default=None):
        return self.get(f"{self.architecture}.{name}", default)


def configuration(file):
    tied = all(tensor.name != "output.weight" for tensor in file.reader.tensors)
    common = {
        "hidden_size": file.own("embedding_length"), "num_hidden_layers": file.own("block_count"),
        "intermediate_size": file.own("feed_forward_length"),
        "num_attention_heads": file.own("attention.head_count"),
        "num_key_value_heads": file.own("attention.head_count_kv"),
        "max_position_embeddings": file.own("context_length"),
        # float32 in the file: the decimal number that was meant
        "rms_norm_eps": float(f"{file.own('attention.layer_norm_rms_epsilon'):.6g}"),
        "vocab_size": len(file.get("tokenizer.ggml.tokens")), "tie_word_embeddings": tied,
        "dtype": "float32", "bos_token_id": file.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": file.get("tokenizer.ggml.eos_token_id"),
        "pad_token_id": file.get("tokenizer.ggml.padding_token_id")}
    base = file.own("rope.freq_base", 10000.0)
    if file.architecture == "llama":
        rope = {"rope_type": "default", "rope_theta": base}
        return transformers.LlamaConfig(
            **common, rope_parameters=rope, architectures=["LlamaForCausalLM"])
    if file.architecture == "gemma3":
        # llama.cpp knows the pattern, the base of local layers and the scale without being told.
        width = file.own("attention.key_length")
        rope = {"full_attention": {"rope_type": "default", "rope_theta": base},
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}
        return transformers.Gemma3TextConfig(
            **common, head_dim=width, query_pre_attn_scalar=width, rope_parameters=rope,
            sliding_window=file.own("attention.sliding_window"), sliding_window_pattern=6,
            architectures=["Gemma3ForCausalLM"])
    raise SystemExit(f"no folder can be made of the architecture {file.architecture}")


def tensors(file, config):
    names = GEMMA if file.architecture == "gemma3" else LLAMA
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    result = {}
    for tensor in file.reader.tensors:
        values = numpy.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type), numpy.float32)
        if tensor.name in OUTER:
            name = OUTER[tensor.name]
        else:
            _, layer, part, kind = tensor.name.split(".")
            name = f"model.layers.{layer}.{names[part]}.{kind}"
            if file.architecture == "llama" and part in heads:
                values = halves(values, heads[part])
        if file.architecture == "gemma3" and name.endswith("norm.weight"):
            values = values - numpy.float32(1)
        result[name] = torch.from_numpy(numpy.ascontiguousarray(values))
    return result


def halves(rows, heads):
    """Rows of a head that lie in pairs (0, 1), (2, 3), … as transformers wants them: the first of
    each pair, then the second."""
    shape = rows.shape
    return rows.reshape(heads, -1, 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def byte_level(file, vocabulary):
    pairs = [tuple(pair.split(" ")) for pair in file.get("tokenizer.ggml.merges")]
    kind = file.get("tokenizer.ggml.pre")
    if kind != "smollm":
        raise SystemExit(f"the pre-tokenizer {kind} is not known here")
    tokenizer = tokenizers.Tokenizer(models.BPE(vocabulary, pairs))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def scored(file, vocabulary):
    """SentencePiece's way to merge: of all neighbours that make a piece, the one of highest score."""
    kinds, scores = file.get("tokenizer.ggml.token_type"), file.get("tokenizer.ggml.scores")
    pairs = []
    for piece, index in vocabulary.items():
        if kinds[index] == 1:
            for cut in range(1, len(piece)):
                left, right = piece[:cut], piece[cut:]
                if left in vocabulary and right in vocabulary:
                    pairs.append((-scores[index], index, vocabulary[left], (left, right)))
    pairs.sort()
    unknown = file.get("tokenizer.ggml.tokens")[file.get("tokenizer.ggml.unknown_token_id")]
    tokenizer = tokenizers.Tokenizer(models.BPE(
        vocabulary, [pair for *_, pair in pairs], byte_fallback=True, fuse_unk=True,
        unk_token=unknown))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer


def tokenizer(file):
    pieces = file.get("tokenizer.ggml.tokens")
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    model = file.get("tokenizer.ggml.model")
    result = {"gpt2": byte_level, "llama": scored}[model](file, vocabulary)
    added = [tokenizers.AddedToken(piece, special=kind == CONTROL, normalized=False)
             for piece, kind in zip(pieces, file.get("tokenizer.ggml.token_type"))
             if kind in (CONTROL, USER_DEFINED)]
    result.add_tokens(added)
    result.add_special_tokens([token for token in added if token.special])
    if file.get("tokenizer.ggml.add_bos_token"):
        index = file.get("tokenizer.ggml.bos_token_id")
        result.post_processor = processors.TemplateProcessing(
            single=f"{pieces[index]} $A", pair=f"{pieces[index]} $A {pieces[index]}:1 $B:1",
            special_tokens=[(pieces[index], index)])
    named = {}
    for name, key in (("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"),
                      ("pad_token", "padding")):
        index = file.get(f"tokenizer.ggml.{key}_token_id")
        if index is not None:
            named[name] = pieces[index]
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=result, clean_up_tokenization_spaces=False,
        model_max_length=file.own("context_length"), **named)
    fast.chat_template = file.get("tokenizer.chat_template")
    return fast


def model(path):
    """transformers' model with the dequantized weights of a GGUF file, in memory."""
    file = File(path)
    config = configuration(file)
    kind = getattr(transformers, config.architectures[0])
    result = kind._from_config(config, attn_implementation="sdpa")
    weights = tensors(file, config)
    if config.tie_word_embeddings:
        weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    result.load_state_dict(weights, strict=True, assign=True)
    result.tie_weights()
    return result.eval()


def write(path, folder):
    """Writes `folder` with the weights, configuration and tokenizer of the GGUF file at `path`."""
    file = File(path)
    config = configuration(file)
    folder.mkdir(parents=True)
    save_file(tensors(file, config), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    config.save_pretrained(folder)
    transformers.GenerationConfig(
        bos_token_id=config.bos_token_id, eos_token_id=config.eos_token_id,
        pad_token_id=config.pad_token_id).save_pretrained(folder)
    tokenizer(file).save_pretrained(folder)
