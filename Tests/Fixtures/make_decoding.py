"""Writes Decoding/: what transformers makes of logits and prompts under its generation settings.

`processors.safetensors` and `processors.json`: logits, histories, and the logits after one
processor or after all that a generation configuration asks for. `generation.json`: token ids of
greedy, assisted, prompt-lookup and beam decoding of the model in Gpt2Pico, and the candidates that
prompt lookup proposes.
"""

import itertools
from pathlib import Path

import torch
import transformers
from fixture_recorder import write_json
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, GenerationConfig, GPT2LMHeadModel
from transformers.generation import logits_process as lp
from transformers.generation.candidate_generator import PromptLookupCandidateGenerator

FOLDER = Path(__file__).parent / "Decoding"
VOCABULARY, CONTEXT = 96, 32
INFINITY = float("inf")

#: Each processor with transformers' arguments, under the names of our fixture.
PROCESSORS = [
    ("temperature", {"value": 0.7}, lambda a: lp.TemperatureLogitsWarper(a["value"])),
    ("top_k", {"count": 5}, lambda a: lp.TopKLogitsWarper(a["count"])),
    ("top_k", {"count": 200}, lambda a: lp.TopKLogitsWarper(a["count"])),
    *[("top_p", {"mass": mass, "least": least},
       lambda a: lp.TopPLogitsWarper(a["mass"], min_tokens_to_keep=a["least"]))
      for mass, least in [(0.9, 1), (0.5, 1), (0.05, 1), (0.05, 4), (0.0, 1), (0.999, 2)]],
    *[("top_h", {"share": share}, lambda a: lp.TopHLogitsWarper(a["share"]))
      for share in [0.05, 0.4, 0.9]],
    *[("min_p", {"share": share, "least": least},
       lambda a: lp.MinPLogitsWarper(a["share"], min_tokens_to_keep=a["least"]))
      for share, least in [(0.1, 1), (0.5, 1), (0.9, 6)]],
    *[("typical", {"mass": mass, "least": least},
       lambda a: lp.TypicalLogitsWarper(a["mass"], min_tokens_to_keep=a["least"]))
      for mass, least in [(0.9, 1), (0.4, 1), (0.1, 5), (0.02, 1)]],
    *[("epsilon", {"epsilon": epsilon, "least": least},
       lambda a: lp.EpsilonLogitsWarper(a["epsilon"], min_tokens_to_keep=a["least"]))
      for epsilon, least in [(0.01, 1), (0.6, 1), (0.6, 3)]],
    *[("eta", {"epsilon": epsilon, "least": least},
       lambda a: lp.EtaLogitsWarper(a["epsilon"], min_tokens_to_keep=a["least"]))
      for epsilon, least in [(0.01, 1), (0.3, 1), (0.9, 3)]],
    ("repetition", {"penalty": 1.3}, lambda a: lp.RepetitionPenaltyLogitsProcessor(a["penalty"])),
    ("repetition", {"penalty": 0.8}, lambda a: lp.RepetitionPenaltyLogitsProcessor(a["penalty"])),
    *[("no_repeat_ngram", {"length": length},
       lambda a: lp.NoRepeatNGramLogitsProcessor(a["length"])) for length in [1, 2, 3, 40]],
    ("sequence_bias", {"biases": [[[3], 2.5], [[7, 9], -1.5], [[4, 5, 6], -10.0], [[6], 0.25]]},
     lambda a: lp.SequenceBiasLogitsProcessor(a["biases"])),
    ("bad_words", {"words": [[8], [7, 9], [11]], "ends": [11]},
     lambda a: lp.NoBadWordsLogitsProcessor(a["words"], a["ends"])),
    ("min_length", {"length": 13, "ends": [1, 2]},
     lambda a: lp.MinLengthLogitsProcessor(a["length"], a["ends"])),
    ("min_new_tokens", {"count": 6, "ends": [1, 2]},
     lambda a: lp.MinNewTokensLengthLogitsProcessor(a["prompt"], a["count"], a["ends"])),
    ("forced_bos", {"token": 9}, lambda a: lp.ForcedBOSTokenLogitsProcessor(a["token"])),
    ("forced_eos", {"length": 13, "tokens": [4, 9]},
     lambda a: lp.ForcedEOSTokenLogitsProcessor(a["length"], a["tokens"])),
    ("finite", {}, lambda a: lp.InfNanRemoveLogitsProcessor()),
    ("decay", {"start": 2, "factor": 1.4, "ends": [1, 2, 5]},
     lambda a: lp.ExponentialDecayLengthPenalty((a["start"], a["factor"]), a["ends"], a["prompt"])),
    ("suppress", {"tokens": [0, 5, 95]},
     lambda a: lp.SuppressTokensLogitsProcessor(a["tokens"])),
    ("begin_suppress", {"tokens": [0, 5, 95]},
     lambda a: lp.SuppressTokensAtBeginLogitsProcessor(a["tokens"], a["prompt"])),
    ("log_softmax", {}, lambda a: lp.LogitNormalization()),
]

#: Whole configurations, as generation_config.json would give them.
CONFIGURATIONS = [
    {"do_sample": True},
    {"do_sample": True, "temperature": 0.6, "top_k": 20, "top_p": 0.9},
    {"do_sample": True, "temperature": 1.5, "top_k": 0, "top_p": 0.95, "min_p": 0.05,
     "typical_p": 0.9, "epsilon_cutoff": 0.002, "eta_cutoff": 0.01, "renormalize_logits": True},
    {"do_sample": True, "top_k": 0, "top_h": 0.5, "repetition_penalty": 1.2},
    {"do_sample": False, "temperature": 0.6, "repetition_penalty": 1.2, "no_repeat_ngram_size": 2,
     "bad_words_ids": [[8], [7, 9]], "min_new_tokens": 7, "eos_token_id": [1, 2],
     "sequence_bias": [[[3], 2.5], [[7, 9], -1.5]], "suppress_tokens": [20, 21],
     "begin_suppress_tokens": [22], "exponential_decay_length_penalty": [1, 1.5]},
    {"do_sample": False, "max_length": 13, "forced_eos_token_id": 4, "remove_invalid_values": True,
     "eos_token_id": 4, "min_length": 4},
    {"do_sample": True, "num_beams": 3, "top_k": 2, "top_p": 0.3, "eos_token_id": [1, 2]},
    {"do_sample": False, "max_length": 30, "forced_bos_token_id": 6, "renormalize_logits": True},
]


def rows():
    """Logits of several shapes of distribution, each with a history and the prompt's length."""
    generator = torch.Generator().manual_seed(11)
    history = [3, 7, 9, 4, 5, 7, 9, 4, 5, 1, 7, 4]
    flat = torch.randn(VOCABULARY, generator=generator)
    sharp = 5 * torch.randn(VOCABULARY, generator=generator)
    holes = 2 * torch.randn(VOCABULARY, generator=generator)
    holes[torch.randperm(VOCABULARY, generator=generator)[:60]] = -INFINITY
    ties = torch.randn(VOCABULARY, generator=generator).round()
    return [("flat", flat, history[:9] + [7], 8), ("sharp", sharp, history, 10),
            ("holes", holes, history, 12), ("ties", ties, history[:8] + [7, 4, 5], 5),
            ("first", flat.flip(0), history[:1], 1)]


def record_processors():
    tensors, cases = {}, []
    inputs = rows()
    for name, logits, _, _ in inputs:
        tensors[f"input.{name}"] = logits
    for number, (kind, arguments, make) in enumerate(PROCESSORS):
        for name, logits, history, prompt in inputs:
            # Among equal logits the order of torch.sort decides, which nobody promises.
            if name == "ties" and kind in ("top_p", "top_h", "min_p", "typical"):
                continue
            processor = make({**arguments, "prompt": prompt})
            output = processor(torch.tensor([history]), logits[None].clone())[0]
            case = f"{number}.{kind}.{name}"
            tensors[f"output.{case}"] = output
            cases.append({"id": case, "processor": kind, "arguments": arguments, "input": name,
                          "history": history, "prompt": prompt})
    model = GPT2LMHeadModel.from_pretrained(FOLDER.parent / "Gpt2Pico")
    configured = []
    for number, settings in enumerate(CONFIGURATIONS):
        for name, logits, history, prompt in inputs:
            if name == "ties":
                continue
            # Only a length beyond the prompt is one that generate would accept.
            defaults = GenerationConfig()._get_default_generation_params()
            config = GenerationConfig(**{k: v for k, v in settings.items()})
            config.update(**defaults, defaults_only=True)
            model._prepare_special_tokens(config, True, device="cpu")
            processors = model._get_logits_processor(config, input_ids_seq_length=prompt,
                                                     device="cpu")
            output = processors(torch.tensor([history]), logits[None].clone())[0]
            case = f"configuration.{number}.{name}"
            tensors[f"output.{case}"] = output
            configured.append({"id": case, "settings": settings, "input": name,
                               "history": history, "prompt": prompt})
    FOLDER.mkdir(exist_ok=True)
    save_file(tensors, FOLDER / "processors.safetensors")
    (FOLDER / "processors.safetensors").chmod(0o644)
    write_json(FOLDER / "processors.json",
               {"transformers": transformers.__version__, "torch": torch.__version__,
                "configurations": configured}, "cases", cases)


def run(model, prompt, ends, **settings):
    """The new tokens of each returned sequence up to the first end token, and the scores."""
    with torch.no_grad():
        result = model.generate(
            torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            eos_token_id=ends or None, pad_token_id=0, return_dict_in_generate=True,
            output_scores=True, **settings)
    sequences = []
    for row in result.sequences.tolist():
        new = row[len(prompt):]
        stop = next((i + 1 for i, token in enumerate(new) if token in ends), len(new))
        sequences.append(new[:stop])
    scores = getattr(result, "sequences_scores", None)
    return sequences, scores.tolist() if scores is not None else None


def record_generation():
    model = GPT2LMHeadModel.from_pretrained(FOLDER.parent / "Gpt2Pico").eval()
    model.generation_config = GenerationConfig()
    prompts = [[1, 2, 3, 4], [95, 17, 40, 8, 33, 20], [50]]
    cases = []

    def add(kind, prompt, ends, model=model, folder="Gpt2Pico", **settings):
        sequences, scores = run(model, prompt, ends, **settings)
        case = {"id": f"{len(cases)}.{kind}", "kind": kind, "model": folder, "prompt": prompt,
                "ends": ends,
                "settings": {k: v for k, v in settings.items() if k != "assistant_model"},
                "sequences": sequences}
        if scores is not None:
            case["scores"] = scores
        cases.append(case)

    greedy = {}
    for prompt in prompts:
        length = 30 - len(prompt)
        add("greedy", prompt, [], max_new_tokens=length)
        greedy[tuple(prompt)] = cases[-1]["sequences"][0]
    for prompt in prompts:
        made = greedy[tuple(prompt)]
        ends = [made[7], made[12]]
        length = 30 - len(prompt)
        add("greedy", prompt, ends, max_new_tokens=length)
        add("greedy", prompt, ends, max_new_tokens=length, min_new_tokens=10)
        add("greedy", prompt, [], max_new_tokens=length, repetition_penalty=1.4)
        add("greedy", prompt, [], max_new_tokens=length, no_repeat_ngram_size=2)
        add("greedy", prompt, ends, max_new_tokens=length, bad_words_ids=[[made[0]], made[2:4]])
        draft = GPT2LMHeadModel.from_pretrained(FOLDER.parent / "Gpt2Pico").eval()
        draft.generation_config = GenerationConfig()
        torch.manual_seed(3)
        with torch.no_grad():
            for parameter in draft.parameters():
                parameter.add_(0.02 * torch.randn_like(parameter))
        add("assisted", prompt, ends, max_new_tokens=length, assistant_model=draft)
        add("lookup", prompt, [], max_new_tokens=length, prompt_lookup_num_tokens=4)
        add("lookup", prompt, ends, max_new_tokens=length, prompt_lookup_num_tokens=3,
            max_matching_ngram_size=1, repetition_penalty=1.2)
        for beams, penalty, early in itertools.product(
                [2, 4], [-1.0, 0.0, 1.0, 2.0], [False, True, "never"]):
            add("beam", prompt, ends, max_new_tokens=length, num_beams=beams,
                num_return_sequences=beams, length_penalty=penalty, early_stopping=early)
        add("beam", prompt, [], max_new_tokens=length, num_beams=3, num_return_sequences=2)
        add("beam", prompt, ends[:1], max_new_tokens=length, num_beams=5, num_return_sequences=5)
        add("beam", prompt, ends, max_new_tokens=12, num_beams=3, num_return_sequences=3,
            no_repeat_ngram_size=2, repetition_penalty=1.3, min_new_tokens=5)
        add("beam", prompt, ends, max_new_tokens=12, num_beams=3, num_return_sequences=3,
            bad_words_ids=[[made[0]]], renormalize_logits=True, early_stopping=True)
    for family in ["llama_grouped", "qwen3", "gemma3", "mistral"]:
        other = AutoModelForCausalLM.from_pretrained(FOLDER.parent / "Models" / family).eval()
        other.generation_config = GenerationConfig()
        folder = {"model": other, "folder": f"Models/{family}"}
        prompt = [5, 17, 3, 40, 17]
        add("greedy", prompt, [], **folder, max_new_tokens=24)
        ends = [cases[-1]["sequences"][0][9]]
        add("greedy", prompt, ends, **folder, max_new_tokens=24, repetition_penalty=1.2)
        add("beam", prompt, ends, **folder, max_new_tokens=16, num_beams=4, num_return_sequences=4)
        add("beam", prompt, [], **folder, max_new_tokens=12, num_beams=3, num_return_sequences=3,
            no_repeat_ngram_size=2)
        add("lookup", prompt, ends, **folder, max_new_tokens=24, prompt_lookup_num_tokens=4)
    generator = torch.Generator().manual_seed(5)
    lookups = []
    for _ in range(60):
        length = int(torch.randint(1, 20, (1,), generator=generator))
        history = torch.randint(4, (length,), generator=generator).tolist()
        count = int(torch.randint(1, 6, (1,), generator=generator))
        size = int(torch.randint(1, 4, (1,), generator=generator))
        ends = [3] if len(lookups) % 3 == 0 else None
        lookup = PromptLookupCandidateGenerator(
            eos_token_id=torch.tensor(ends) if ends else None, num_output_tokens=count,
            max_matching_ngram_size=size, max_length=1000, vocab_size=4)
        ids, _ = lookup.get_candidates(torch.tensor([history]))
        lookups.append({"history": history, "count": count, "size": size, "ends": ends or [],
                        "candidates": ids[0].tolist()[length:]})
    write_json(FOLDER / "generation.json",
               {"transformers": transformers.__version__, "torch": torch.__version__,
                "lookups": lookups}, "cases", cases)


if __name__ == "__main__":
    torch.set_num_threads(1)
    record_processors()
    record_generation()
