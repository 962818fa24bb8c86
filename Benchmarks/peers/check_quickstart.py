"""Loads a folder that `apus quickstart` wrote with transformers and compares logits and greedy text.

usage: check_quickstart.py APUS FOLDER        (APUS: the program, e.g. .build/release/apus)
"""
import json
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

apus, folder = sys.argv[1:3]
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
worst, equal = 0.0, 0
prompts = ["And Jesus said", "In the beginning", "Now when", "The Lord is my", "Ω is not in the text"]
for prompt in prompts:
    ids = tokenizer(prompt)["input_ids"]
    with tempfile.NamedTemporaryFile(suffix=".safetensors") as out:
        subprocess.run(
            [apus, "logits", "--model", folder, "--ids", ",".join(map(str, ids)), "--out", out.name],
            check=True)
        ours = load_file(out.name)["logits"]
    with torch.no_grad():
        theirs = model(torch.tensor([ids])).logits
        text = model.generate(
            torch.tensor([ids]), max_new_tokens=60, do_sample=False,
            pad_token_id=tokenizer.eos_token_id)[0]
    worst = max(worst, (ours - theirs).abs().max().item())
    run = subprocess.run(
        [apus, "generate", "--model", folder, "--prompt", prompt, "--temperature", "0",
         "--max-tokens", "60", "--json"], check=True, capture_output=True, text=True)
    result = json.loads(run.stdout)
    equal += result["prompt_ids"] + result["ids"] == text.tolist()
print(json.dumps({"prompts": len(prompts), "largest_logit_difference": worst,
                  "equal_greedy_texts": equal}))
sys.exit(0 if worst < 1e-4 and equal == len(prompts) else 1)
