"""Writes Training/: learning-rate factors of transformers' schedules, and AdamW from PyTorch.

A schedule's factor at step t is what multiplies the learning rate of the update made when t
updates have been made before; with warm-up the first factor is therefore 0. Cosine schedules are
recorded up to their last step, because transformers lets them rise again after it.
"""

from pathlib import Path

import torch
import transformers
from fixture_recorder import write_json
from safetensors.torch import save_file
from transformers import optimization

FOLDER = Path(__file__).parent / "Training"
# Name, function of transformers, settings in its own words.
SCHEDULES = [
    ("constant", optimization.get_constant_schedule, {}),
    ("constant_with_warmup", optimization.get_constant_schedule_with_warmup,
     {"num_warmup_steps": 5}),
    ("linear", optimization.get_linear_schedule_with_warmup,
     {"num_warmup_steps": 4, "num_training_steps": 20}),
    ("linear", optimization.get_linear_schedule_with_warmup,
     {"num_warmup_steps": 0, "num_training_steps": 10}),
    ("cosine", optimization.get_cosine_schedule_with_warmup,
     {"num_warmup_steps": 4, "num_training_steps": 20}),
    ("cosine", optimization.get_cosine_schedule_with_warmup,
     {"num_warmup_steps": 0, "num_training_steps": 10}),
    ("cosine_with_min_lr", optimization.get_cosine_with_min_lr_schedule_with_warmup,
     {"num_warmup_steps": 3, "num_training_steps": 20, "min_lr_rate": 0.1}),
    ("cosine_with_min_lr", optimization.get_cosine_with_min_lr_schedule_with_warmup,
     {"num_warmup_steps": 0, "num_training_steps": 12, "min_lr_rate": 0.25}),
    ("wsd", optimization.get_wsd_schedule,
     {"num_warmup_steps": 4, "num_stable_steps": 8, "num_decay_steps": 6,
      "warmup_type": "linear", "decay_type": "linear"}),
    ("wsd", optimization.get_wsd_schedule,
     {"num_warmup_steps": 4, "num_stable_steps": 8, "num_decay_steps": 6,
      "warmup_type": "linear", "decay_type": "1-sqrt", "min_lr_ratio": 0.1}),
    ("wsd", optimization.get_wsd_schedule,
     {"num_warmup_steps": 2, "num_stable_steps": 5, "num_decay_steps": 8,
      "warmup_type": "linear", "decay_type": "cosine", "min_lr_ratio": 0.1}),
]
ADAMW = [
    {"label": "default", "learningRate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
     "weightDecay": 0.01},
    {"label": "no_decay", "learningRate": 1e-2, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8,
     "weightDecay": 0.0},
    {"label": "large_decay", "learningRate": 0.1, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8,
     "weightDecay": 0.5},
    {"label": "large_epsilon", "learningRate": 1e-2, "beta1": 0.9, "beta2": 0.999,
     "epsilon": 0.1, "weightDecay": 0.1},
    {"label": "no_momentum", "learningRate": 1e-2, "beta1": 0.0, "beta2": 0.99, "epsilon": 1e-6,
     "weightDecay": 0.1},
]
CLIPS = [("below", 100.0), ("above", 0.5), ("one", 1.0)]


def factors(name, function, settings):
    steps = settings["num_training_steps"] + 1 if name.startswith("cosine") else 26
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scheduler = function(optimizer, **settings)
    found = []
    for _ in range(steps):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return found


def write_schedules():
    rows = [{"schedule": name, "settings": settings, "factors": factors(name, function, settings)}
            for name, function, settings in SCHEDULES]
    write_json(FOLDER / "schedules.json", {"transformers": transformers.__version__},
               "schedules", rows)
    return len(rows)


def write_adamw(steps=6):
    """Parameters before, gradients `[steps, 3, 4]`, and parameters after every step."""
    tensors, rows = {}, []
    for settings in ADAMW:
        for dtype in (torch.float32, torch.float64):
            generator = torch.Generator().manual_seed(11)
            name = f"{settings['label']}_{str(dtype).removeprefix('torch.')}"
            start = torch.randn(3, 4, generator=generator, dtype=torch.float64).to(dtype)
            gradients = torch.randn(steps, 3, 4, generator=generator, dtype=torch.float64).to(dtype)
            gradients[:, 0, 0] = 0
            gradients[:, 0, 1] *= 1e-9  # of the size of epsilon
            parameter = torch.nn.Parameter(start.clone())
            optimizer = torch.optim.AdamW(
                [parameter], lr=settings["learningRate"],
                betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"],
                weight_decay=settings["weightDecay"], foreach=False, fused=False)
            after = []
            for gradient in gradients:
                parameter.grad = gradient.clone()
                optimizer.step()
                after.append(parameter.detach().clone())
            state = optimizer.state[parameter]
            tensors |= {f"{name}.start": start, f"{name}.gradients": gradients,
                        f"{name}.after": torch.stack(after),
                        f"{name}.firstMoment": state["exp_avg"],
                        f"{name}.secondMoment": state["exp_avg_sq"]}
            rows.append({"id": name, **settings, "steps": steps})
    save_file(tensors, FOLDER / "adamw.safetensors")
    (FOLDER / "adamw.safetensors").chmod(0o644)
    write_json(FOLDER / "adamw.json", {"torch": torch.__version__}, "cases", rows)
    return len(rows)


def write_clipping():
    """Global-norm clipping over two tensors: the norm before, and the gradients after."""
    tensors, rows = {}, []
    for label, limit in CLIPS:
        generator = torch.Generator().manual_seed(3)
        gradients = [torch.randn(3, 2, generator=generator), torch.randn(5, generator=generator)]
        parameters = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients]
        for i, (parameter, gradient) in enumerate(zip(parameters, gradients)):
            parameter.grad = gradient.clone()
            tensors[f"{label}.before{i}"] = gradient
        norm = torch.nn.utils.clip_grad_norm_(parameters, limit)
        for i, parameter in enumerate(parameters):
            tensors[f"{label}.after{i}"] = parameter.grad
        rows.append({"id": label, "limit": limit, "norm": norm.item(), "tensors": 2})
    save_file(tensors, FOLDER / "clipping.safetensors")
    (FOLDER / "clipping.safetensors").chmod(0o644)
    write_json(FOLDER / "clipping.json", {"torch": torch.__version__}, "cases", rows)
    return len(rows)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    print(f"training: {write_schedules()} schedules, {write_adamw()} AdamW runs, "
          f"{write_clipping()} clippings")
