"""Writes Gpt2Pico/: a tiny GPT-2 as transformers saves it, and what PyTorch makes of it.

Files: config.json, generation_config.json and model.safetensors as `save_pretrained` writes them;
golden.safetensors with logits, gradients, token ids and the weights after training; golden.json
with losses, gradient norms and the settings.

Softmax does not see a shift of its scores, so the key part of every `attn.c_attn.bias` has a zero
gradient but for rounding. Adam with epsilon 1e-8 turns that noise of about 1e-9 into steps, and
two correct float32 programs end up 5e-4 apart there. Hence two runs: `default` with epsilon 1e-8,
whose `noise` ranges no test can compare, and `steady` with 1e-5, where every weight agrees.
"""

from pathlib import Path

import torch
import transformers
from fixture_recorder import write_json
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

FOLDER = Path(__file__).parent / "Gpt2Pico"
VOCABULARY, CONTEXT, STEPS, BATCH, TIME = 96, 32, 20, 4, 16
PROMPTS = [[1, 2, 3, 4], [95, 17, 40, 8]]
OPTIMIZER = {"learningRate": 1e-3, "beta1": 0.9, "beta2": 0.95, "weightDecay": 0.1, "clip": 1.0}
RUNS = {"default": {**OPTIMIZER, "epsilon": 1e-8}, "steady": {**OPTIMIZER, "epsilon": 1e-5}}


def pico():
    """A model with weights large enough for its gradients and logits to tell errors apart."""
    torch.manual_seed(20)
    config = GPT2Config(
        vocab_size=VOCABULARY, n_positions=CONTEXT, n_embd=32, n_layer=2, n_head=2,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0)
    model = GPT2LMHeadModel._from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() >= 2:
                parameter.normal_(0, 0.12)
            elif "ln_" in name and name.endswith("weight"):
                parameter.normal_(1, 0.1)
            else:
                parameter.normal_(0, 0.1)
    return model.eval()


def next_token_loss(model, tokens):
    """Mean cross-entropy of each position's prediction of the next token."""
    logits = model(tokens[:, :-1]).logits
    return torch.nn.functional.cross_entropy(
        logits.reshape(-1, VOCABULARY), tokens[:, 1:].reshape(-1))


def greedy(model):
    """Greedy continuations up to the context length, through transformers' own generate."""
    outputs = []
    for prompt in PROMPTS:
        ids = model.generate(
            torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            do_sample=False, max_length=CONTEXT, eos_token_id=None, pad_token_id=0)
        outputs.append(ids[0].tolist())
        assert len(outputs[-1]) == CONTEXT
        logits = model(ids).logits[0, len(prompt) - 1:-1].topk(2).values
        gap = (logits[:, 0] - logits[:, 1]).min().item()
        assert gap > 1e-3, f"two candidates are only {gap} apart"
    return outputs


def train(model, batches, settings):
    """AdamW with decay on matrices only; batches are `[steps, batch, time + 1]`."""
    parameters = dict(model.named_parameters())
    groups = [
        {"params": [p for p in parameters.values() if p.dim() >= 2],
         "weight_decay": settings["weightDecay"]},
        {"params": [p for p in parameters.values() if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(
        groups, lr=settings["learningRate"], betas=(settings["beta1"], settings["beta2"]),
        eps=settings["epsilon"])
    losses, norms = [], []
    for batch in batches:
        loss = next_token_loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), settings["clip"])
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm.item())
    return losses, norms


def main():
    torch.set_num_threads(1)
    model = pico()
    FOLDER.mkdir(exist_ok=True)
    model.save_pretrained(FOLDER)
    generator = torch.Generator().manual_seed(7)
    tokens = torch.randint(VOCABULARY, (2, 12), generator=generator)
    batches = torch.randint(VOCABULARY, (STEPS, BATCH, TIME + 1), generator=generator)
    golden = {"logits.tokens": tokens, "training.tokens": batches}
    with torch.no_grad():
        golden["logits.output"] = model(tokens).logits
        generated = greedy(model)
    golden["generation.ids"] = torch.tensor(generated)
    loss = next_token_loss(model, batches[0])
    loss.backward()
    for name, parameter in model.named_parameters():
        golden[f"gradient.{name}"] = parameter.grad.clone()
    runs = [compare(label, settings, model, batches, golden) for label, settings in RUNS.items()]
    save_file(golden, FOLDER / "golden.safetensors")
    for file in FOLDER.glob("*.safetensors"):
        file.chmod(0o644)
    head = {"torch": torch.__version__, "transformers": transformers.__version__,
            "loss": loss.item(), "prompts": PROMPTS, "generated": generated,
            "noise": [{"tensor": name, "start": 32, "end": 64}
                      for name, _ in model.named_parameters() if name.endswith("c_attn.bias")]}
    write_json(FOLDER / "golden.json", head, "runs", runs)


def twin(model, dtype):
    """A second model of another precision with the same weights."""
    copy = GPT2LMHeadModel._from_config(model.config, attn_implementation="eager").to(dtype).eval()
    copy.load_state_dict(model.state_dict())
    return copy


def compare(label, settings, model, batches, golden):
    """Trains copies in float32 and float64; the latter shows how far rounding alone carries."""
    single, double = twin(model, torch.float32), twin(model, torch.float64)
    losses, norms = train(single, batches, settings)
    precise, _ = train(double, batches, settings)
    drift = 0.0
    for (name, a), (_, b) in zip(single.named_parameters(), double.named_parameters()):
        golden[f"trained.{label}.{name}"] = a.detach().clone()
        drift = max(drift, (a - b).abs().max().item())
    print(f"pico {label}: losses {losses[0]:.4f} to {losses[-1]:.4f}, apart from float64 by "
          f"{max(abs(a - b) for a, b in zip(losses, precise)):.1e}, weights by {drift:.1e}")
    return {"id": label, "optimizer": settings, "losses": losses, "gradientNorms": norms,
            "lossesFloat64": precise}


if __name__ == "__main__":
    main()
