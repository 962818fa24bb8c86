"""Writes Decoding/strategies.json: diverse beam search and contrastive search of transformers 4.52.4.

Later releases moved both strategies out of the library, so this program needs that version and not
the one of requirements.txt: `pip install transformers==4.52.4` in an environment of its own. The
model is the one in Gpt2Pico.
"""

import itertools
from pathlib import Path

import torch
import transformers
from fixture_recorder import write_json
from transformers import GenerationConfig, GPT2LMHeadModel

FOLDER = Path(__file__).parent / "Decoding"
PROMPTS = [[1, 2, 3, 4], [95, 17, 40, 8, 33, 20], [50]]
PADDING = 0


def run(model, prompt, ends, padding=PADDING, **settings):
    """The new tokens of each sequence up to the first end token, and the scores."""
    with torch.no_grad():
        result = model.generate(
            torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            eos_token_id=ends or None, pad_token_id=padding, return_dict_in_generate=True,
            output_scores=True, **settings)
    sequences = []
    for row in result.sequences.tolist():
        new = row[len(prompt):]
        stop = next((i + 1 for i, token in enumerate(new) if token in ends), len(new))
        sequences.append(new[:stop])
    scores = getattr(result, "sequences_scores", None)
    return sequences, scores.tolist() if scores is not None else None


def main():
    torch.set_num_threads(1)
    assert transformers.__version__ == "4.52.4", transformers.__version__
    model = GPT2LMHeadModel.from_pretrained(FOLDER.parent / "Gpt2Pico").eval()
    model.generation_config = GenerationConfig()
    cases = []

    def add(kind, prompt, ends, padding=PADDING, **settings):
        sequences, scores = run(model, prompt, ends, padding, **settings)
        case = {"id": f"{len(cases)}.{kind}", "kind": kind, "prompt": prompt, "ends": ends,
                "padding": padding, "settings": settings, "sequences": sequences}
        if scores is not None:
            case["scores"] = scores
        cases.append(case)

    for prompt in PROMPTS:
        length = 30 - len(prompt)
        made = run(model, prompt, [], max_new_tokens=length, do_sample=False)[0][0]
        ends = [made[6]]
        for (beams, groups), penalty, early in itertools.product(
                [(4, 2), (4, 4), (6, 3)], [-0.5, 1.0], [False, True, "never"]):
            add("diverse", prompt, ends, max_new_tokens=length, num_beams=beams,
                num_beam_groups=groups, diversity_penalty=0.8, num_return_sequences=beams,
                length_penalty=penalty, early_stopping=early, do_sample=False)
        add("diverse", prompt, [], max_new_tokens=10, num_beams=6, num_beam_groups=3,
            diversity_penalty=5.0, num_return_sequences=3, do_sample=False)
        add("diverse", prompt, ends, max_new_tokens=14, num_beams=4, num_beam_groups=2,
            diversity_penalty=0.3, num_return_sequences=4, repetition_penalty=1.3,
            no_repeat_ngram_size=2, do_sample=False)
        # Groups that have stopped go on with padding, which later groups pay for.
        for padding in made[:4]:
            add("diverse", prompt, ends, padding, max_new_tokens=length, num_beams=6,
                num_beam_groups=3, diversity_penalty=2.0, num_return_sequences=6,
                early_stopping=True, do_sample=False)
        for alpha, count in [(0.6, 4), (0.2, 8), (0.9, 3), (0.6, 1)]:
            add("contrastive", prompt, [], max_new_tokens=length, penalty_alpha=alpha, top_k=count,
                do_sample=False)
        add("contrastive", prompt, ends, max_new_tokens=length, penalty_alpha=0.5, top_k=5,
            repetition_penalty=1.2, do_sample=False)
    FOLDER.mkdir(exist_ok=True)
    write_json(FOLDER / "strategies.json",
               {"transformers": transformers.__version__, "torch": torch.__version__},
               "cases", cases)


if __name__ == "__main__":
    main()
