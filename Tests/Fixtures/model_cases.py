"""The pico models of make_models.py: a transformers class, its configuration, and what is special.

Every width is as small as the family allows. Windows and original lengths are shorter than the
ids, so that positions beyond them count; factors are chosen so that single frequencies fall on
each side of a scaling's limits and between them.
"""

from dataclasses import dataclass, field

import transformers


@dataclass
class Case:
    """One folder. `time` is the number of ids in each of the two rows."""

    model: str
    config: dict
    time: int = 16
    old: dict = field(default_factory=dict)  # what the old spelling of the configuration adds
    old_rope: str = None  # the former name of its scaling, if it had another
    cached: bool = True  # whether greedy decoding gives the same with and without a cache

    def make(self):
        """The model with transformers' own initial weights."""
        kind = getattr(transformers, self.model)
        config = kind.config_class(**{**SPECIAL_TOKENS, **self.config})
        return kind._from_config(config, attn_implementation="eager")


SPECIAL_TOKENS = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
PLAIN = {"vocab_size": 48, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
         "num_attention_heads": 2, "max_position_embeddings": 64}
# Epsilons are large enough for a wrong one to show.
SIZES = {**PLAIN, "rms_norm_eps": 3e-3}
CENTERED = {**PLAIN, "layer_norm_eps": 3e-3}
SEVERAL = {**SIZES, "num_attention_heads": 4, "num_key_value_heads": 2}
GROUPED = {**SEVERAL, "head_dim": 8}
EXPERTS = {**SEVERAL, "moe_intermediate_size": 12, "num_experts": 4, "num_experts_per_tok": 2}
# With base 20, a head of 16 and an original length of 16, the eight frequencies of YaRN spread over
# "keep", "mix" and "divide".
YARN = {"rope_type": "yarn", "rope_theta": 20.0, "factor": 4.0,
        "original_max_position_embeddings": 16}
SHORT, LONG = [1.0, 1.1, 1.3, 1.7], [1.2, 2.5, 3.5, 4.25]


def scaled(rope, time=24, cached=True, **more):
    """A Llama with wide heads, for many frequencies, and one of the scalings."""
    config = {**SIZES, "num_key_value_heads": 1, "head_dim": 16,
              "rope_parameters": rope, **more}
    return Case("LlamaForCausalLM", config, time, cached=cached)


def phi3(time=16, old_rope=None, **more):
    return Case("Phi3ForCausalLM", {**SIZES, "num_key_value_heads": 1, **more}, time,
                old_rope=old_rope)


def longrope(original, time, width=4, old_rope=None, **more):
    rope = {"rope_type": "longrope", "rope_theta": 10000.0, "short_factor": SHORT[:width],
            "long_factor": LONG[:width], "original_max_position_embeddings": original, **more}
    return phi3(time, old_rope, original_max_position_embeddings=original, rope_parameters=rope)


def gpt2(**more):
    return Case("GPT2LMHeadModel", {
        "vocab_size": 48, "n_positions": 32, "n_embd": 16, "n_layer": 2, "n_head": 2,
        "layer_norm_epsilon": 3e-3, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0,
        **more})


def bloom(heads, width=16, **more):
    return Case("BloomForCausalLM", {"vocab_size": 48, "hidden_size": width, "n_layer": 2,
                                     "n_head": heads, "layer_norm_epsilon": 3e-3, **more},
                old={"n_embed": width, "hidden_size": None, "num_attention_heads": heads,
                     "n_head": None, "seq_length": 64})


def mpt(heads, width, attention):
    return Case("MptForCausalLM", {"vocab_size": 48, "d_model": width, "n_heads": heads,
                                   "n_layers": 2, "max_seq_len": 32, "layer_norm_epsilon": 3e-3,
                                   "attn_config": attention})


def neox(time=16, **more):
    return Case("GPTNeoXForCausalLM", {**CENTERED, **more}, time)


GEMMA = {**GROUPED, "head_dim": 8, "num_key_value_heads": 1}
ALTERNATING = {**GEMMA, "num_hidden_layers": 3, "sliding_window": 4, "query_pre_attn_scalar": 20}

CASES = {
    "gpt2": gpt2(),
    "gpt2_inverse_layer": gpt2(scale_attn_by_inverse_layer_idx=True, n_inner=40,
                               activation_function="gelu"),
    "llama": Case("LlamaForCausalLM", {**SIZES, "tie_word_embeddings": True}),
    "llama_grouped": Case("LlamaForCausalLM", {
        **GROUPED, "head_dim": 6, "attention_bias": True,
        "mlp_bias": True, "rope_parameters": {"rope_type": "default", "rope_theta": 500.0}}),
    "llama_linear": scaled({"rope_type": "linear", "factor": 3.0, "rope_theta": 10000.0}),
    "llama_dynamic": scaled({"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0},
                            cached=False, max_position_embeddings=12),
    "llama_yarn": scaled(YARN),
    "llama_yarn_mscale": scaled({**YARN, "mscale": 0.7, "mscale_all_dim": 1.4, "beta_fast": 1.3,
                                 "beta_slow": 0.5}),
    "llama_yarn_attention": scaled({**YARN, "attention_factor": 0.8, "truncate": False,
                                    "beta_fast": 2.0, "beta_slow": 0.5}),
    "llama_llama3": scaled({"rope_type": "llama3", "rope_theta": 100.0, "factor": 8.0,
                            "low_freq_factor": 1.0, "high_freq_factor": 2.0,
                            "original_max_position_embeddings": 16}),
    "smollm3": Case("SmolLM3ForCausalLM", {**SEVERAL, "num_hidden_layers": 3,
                                           "no_rope_layers": [1, 0, 1],
                                           "tie_word_embeddings": True}),
    "mistral": Case("MistralForCausalLM", {**GROUPED, "sliding_window": 4}),
    "mistral_full": Case("MistralForCausalLM", {**GROUPED, "sliding_window": None}),
    "qwen2": Case("Qwen2ForCausalLM", {**SEVERAL, "tie_word_embeddings": True}),
    "qwen2_sliding": Case("Qwen2ForCausalLM", {
        **SEVERAL, "num_hidden_layers": 3, "use_sliding_window": True,
        "sliding_window": 4, "max_window_layers": 1}),
    "qwen2_yarn": Case("Qwen2ForCausalLM", {**SIZES, "num_key_value_heads": 1,
                                            "rope_parameters": {**YARN, "rope_theta": 50.0}}, 24),
    "qwen3": Case("Qwen3ForCausalLM", {**GROUPED, "tie_word_embeddings": True}),
    "qwen3_biased": Case("Qwen3ForCausalLM", {
        **GROUPED, "num_hidden_layers": 3, "attention_bias": True, "use_sliding_window": True,
        "sliding_window": 4, "max_window_layers": 2}),
    "phi": Case("PhiForCausalLM", CENTERED),
    "phi_normed": Case("PhiForCausalLM", {**CENTERED, "num_key_value_heads": 1,
                                          "qk_layernorm": True, "partial_rotary_factor": 0.75}),
    "phi3": phi3(),
    "phi3_sliding": phi3(sliding_window=4, partial_rotary_factor=0.75, tie_word_embeddings=True),
    "phi3_longrope_short": longrope(32, 16),
    "phi3_longrope_long": longrope(12, 20),
    "phi3_longrope_partial": longrope(12, 20, width=3, old_rope="su", partial_rotary_factor=0.75),
    "gemma": Case("GemmaForCausalLM", GEMMA),
    "gemma2": Case("Gemma2ForCausalLM", {**ALTERNATING, "attn_logit_softcapping": 2.0,
                                         "final_logit_softcapping": 3.0}),
    "gemma3": Case("Gemma3ForCausalLM", {
        **ALTERNATING, "num_hidden_layers": 4, "sliding_window_pattern": 2}),
    "gemma3_scaled": Case("Gemma3ForCausalLM", {
        **ALTERNATING, "sliding_window_pattern": 3, "rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 50000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 1000.0}}}),
    "olmo": Case("OlmoForCausalLM", {**PLAIN, "clip_qkv": 1.0}),
    "olmo_grouped": Case("OlmoForCausalLM", {**PLAIN, "num_attention_heads": 4,
                                             "num_key_value_heads": 2, "attention_bias": True,
                                             "tie_word_embeddings": True}),
    "olmo2": Case("Olmo2ForCausalLM", {**SIZES, "num_attention_heads": 4,
                                       "num_key_value_heads": 2}),
    "gpt_neox": neox(time=12, vocab_size=32, hidden_size=32, intermediate_size=16),
    "gpt_neox_sequential": neox(use_parallel_residual=False, rotary_pct=0.5,
                                rotary_emb_base=1000.0, tie_word_embeddings=True),
    "gpt_neox_unbiased": neox(attention_bias=False, rotary_pct=1.0, hidden_act="gelu_fast"),
    "bloom": bloom(4),
    "bloom_three_heads": bloom(3, width=12),
    "bloom_residual": bloom(6, width=12, apply_residual_connection_post_layernorm=True),
    "mpt": mpt(4, 16, {}),
    "mpt_three_heads": mpt(3, 12, {"clip_qkv": 1.0, "softmax_scale": 0.4}),
    "mixtral": Case("MixtralForCausalLM", {**GROUPED, "intermediate_size": 12,
                                           "num_local_experts": 4, "num_experts_per_tok": 2,
                                           "sliding_window": 4}),
    "qwen2_moe": Case("Qwen2MoeForCausalLM", {
        **EXPERTS, "shared_expert_intermediate_size": 20,
        "norm_topk_prob": False}),
    "qwen2_moe_sparse_step": Case("Qwen2MoeForCausalLM", {
        **EXPERTS, "num_hidden_layers": 4, "decoder_sparse_step": 2,
        "mlp_only_layers": [3], "shared_expert_intermediate_size": 20, "norm_topk_prob": True,
        "qkv_bias": False, "use_sliding_window": True, "sliding_window": 4,
        "max_window_layers": 3}),
    "qwen3_moe": Case("Qwen3MoeForCausalLM", {**EXPERTS, "head_dim": 8, "norm_topk_prob": True}),
    "qwen3_moe_sparse_step": Case("Qwen3MoeForCausalLM", {
        **EXPERTS, "head_dim": 6, "num_hidden_layers": 3, "norm_topk_prob": False,
        "mlp_only_layers": [0], "num_experts_per_tok": 3, "attention_bias": True}),
    "bert": Case("BertForMaskedLM", {**CENTERED, "max_position_embeddings": 20}),
}
