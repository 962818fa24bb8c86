"""Golden cases of the fused operations of neural networks.

Where PyTorch has a fused operation it is used in its reference form; rotary embedding, attention
and the z-loss are written out, so that the formula is here to read.
"""

import math

import torch
import torch.nn.functional as F

from fixture_recorder import HALVES


def add_networks(recorder):
    add_norms(recorder)
    add_rotary(recorder)
    add_attention(recorder)
    add_cross_entropy(recorder)
    recorder.add("swiglu_matrix", "swiglu", lambda gate, up: F.silu(gate) * up,
                 lambda s: [s.normal(3, 4, scale=2), s.normal(3, 4)])
    recorder.add("swiglu_deep", "swiglu", lambda gate, up: F.silu(gate) * up,
                 lambda s: [s.normal(2, 3, 2, scale=4), s.normal(2, 3, 2)])


def add_norms(recorder):
    for label, shape, epsilon, offset in (("matrix", (3, 6), 1e-5, 0), ("deep", (2, 2, 5), 1e-6, 1),
                                          ("vector", (7,), 1e-5, 0), ("epsilon", (3, 4), 0.5, 0),
                                          ("one", (3, 1), 1e-5, 0), ("empty", (0, 4), 1e-5, 0)):
        width = shape[-1]
        recorder.add(f"rms_norm_{label}", "rms_norm",
                     lambda x, w, e=epsilon: F.rms_norm(x, w.shape, w, e),
                     lambda s, shape=shape, offset=offset, n=width:
                     [s.normal(*shape) + offset, 1 + s.normal(n, scale=0.3)], {"epsilon": epsilon})
        recorder.add(f"layer_norm_{label}", "layer_norm",
                     lambda x, w, b, e=epsilon: F.layer_norm(x, w.shape, w, b, e),
                     lambda s, shape=shape, offset=offset, n=width:
                     [s.normal(*shape) + offset, 1 + s.normal(n, scale=0.3), s.normal(n)],
                     {"epsilon": epsilon})
    recorder.add("layer_norm_no_bias", "layer_norm",
                 lambda x, w: F.layer_norm(x, w.shape, w, None, 1e-5),
                 lambda s: [s.normal(3, 6), 1 + s.normal(6, scale=0.3)], {"epsilon": 1e-5})
    recorder.add("rms_norm_half", "rms_norm", lambda x, w: F.rms_norm(x, w.shape, w, 1e-5),
                 lambda s: [s.normal(3, 6), 1 + s.normal(6, scale=0.3)], {"epsilon": 1e-5},
                 dtypes=HALVES)


def rotary(x, base, start, interleaved):
    """Rotates pairs of coordinates of `x` `[batch, heads, time, width]` by position x frequency.

    Pair i turns by position * base^(-2i / width). A pair is (i, i + width/2), or (2i, 2i + 1)
    when interleaved. Angles are computed in float64.
    """
    time, width = x.shape[-2:]
    frequency = base ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angle = torch.outer(torch.arange(start, start + time, dtype=torch.float64), frequency)
    cosine, sine = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    if interleaved:
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack((a * cosine - b * sine, b * cosine + a * sine), -1).flatten(-2)
    a, b = x.chunk(2, -1)
    return torch.cat((a * cosine - b * sine, b * cosine + a * sine), -1)


def add_rotary(recorder):
    for interleaved in (False, True):
        layout = "interleaved" if interleaved else "half_split"
        for label, shape, base, start in (("small", (1, 2, 3, 4), 10000.0, 0),
                                          ("start", (2, 1, 2, 6), 10000.0, 5),
                                          ("base", (1, 1, 4, 8), 500000.0, 100),
                                          ("pair", (1, 2, 3, 2), 10.0, 1)):
            recorder.add(f"rotary_{layout}_{label}", "rotary",
                         lambda x, b=base, n=start, i=interleaved: rotary(x, b, n, i),
                         lambda s, shape=shape: [s.normal(*shape)],
                         {"base": base, "start": start, "interleaved": interleaved})


def attention(query, key, value, bias=None, causal=False, scale=None):
    """Softmax attention; query head h reads key-value head h / (heads / groups).

    The causal mask is aligned to the end: the last query sees every key, as with a cache.
    """
    repeat = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(repeat, 1), value.repeat_interleave(repeat, 1)
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = query @ key.mT * scale
    if bias is not None:
        scores = scores + bias
    if causal:
        queries, keys = scores.shape[-2:]
        visible = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
        scores = scores.masked_fill(~visible, float("-inf"))
    return scores.softmax(-1) @ value


def add_attention(recorder):
    # Label, batch, heads, groups, queries, keys, width, bias shape, causal, scale.
    table = [
        ("full", 1, 2, 2, 3, 3, 4, None, False, None),
        ("causal", 1, 2, 2, 4, 4, 2, None, True, None),
        ("cross", 2, 1, 1, 2, 5, 3, None, False, None),
        ("scale", 1, 1, 1, 3, 3, 4, None, True, 0.25),
        ("grouped", 1, 4, 2, 3, 3, 2, None, True, None),
        ("multi_query", 1, 3, 1, 3, 3, 2, None, False, None),
        ("bias", 1, 2, 2, 3, 3, 2, (1, 2, 3, 3), False, None),
        ("bias_broadcast", 2, 2, 1, 2, 3, 2, (2, 1, 1, 3), False, None),
        ("bias_matrix_causal", 1, 2, 2, 3, 3, 2, (3, 3), True, None),
        ("cached", 1, 2, 1, 2, 5, 2, None, True, None),
        ("single", 1, 1, 1, 1, 1, 2, None, True, None),
    ]
    for label, batch, heads, groups, queries, keys, width, bias, causal, scale in table:
        def draw(s, b=batch, h=heads, g=groups, q=queries, k=keys, d=width, bias=bias):
            found = [s.normal(b, h, q, d), s.normal(b, g, k, d), s.normal(b, g, k, d)]
            return found + ([s.normal(*bias)] if bias else [])

        arguments = {"causal": causal, **({} if scale is None else {"scale": scale})}
        recorder.add(f"attention_{label}", "attention",
                     lambda *xs, c=causal, n=scale: attention(*xs, causal=c, scale=n), draw,
                     arguments,
                     comment="causal mask aligned to the last key" if label == "cached" else None)


def cross_entropy(logits, targets, smoothing=0.0, z_loss=0.0, reduction="mean"):
    """Token cross-entropy plus z_loss * mean (or sum) of logsumexp squared over kept tokens."""
    loss = F.cross_entropy(logits, targets, ignore_index=-100, label_smoothing=smoothing,
                           reduction=reduction)
    if z_loss == 0:
        return loss
    squares = logits.logsumexp(-1)[targets != -100].square()
    return loss + z_loss * (squares.mean() if reduction == "mean" else squares.sum())


def add_cross_entropy(recorder):
    def targets(source, ignore):
        drawn = source.integers(5, high=6)
        if ignore:
            drawn[1] = drawn[4] = -100
        return drawn

    for label, options, ignore in (
            ("plain", {}, False), ("sum", {"reduction": "sum"}, False), ("ignore", {}, True),
            ("ignore_sum", {"reduction": "sum"}, True), ("smoothing", {"smoothing": 0.1}, False),
            ("smoothing_ignore", {"smoothing": 0.1}, True),
            ("smoothing_sum", {"smoothing": 0.1, "reduction": "sum"}, True),
            ("z_loss", {"z_loss": 1e-4}, False), ("z_loss_large", {"z_loss": 0.1}, True),
            ("everything", {"smoothing": 0.1, "z_loss": 1e-4}, True),
            ("everything_sum", {"smoothing": 0.1, "z_loss": 0.1, "reduction": "sum"}, True)):
        arguments = {"ignoreIndex": -100, "labelSmoothing": options.get("smoothing", 0.0),
                     "zLoss": options.get("z_loss", 0.0),
                     "reduction": options.get("reduction", "mean")}
        recorder.add(f"cross_entropy_{label}", "cross_entropy",
                     lambda x, t, o=options: cross_entropy(x, t, **o),
                     lambda s, i=ignore: [s.normal(5, 6, scale=2), targets(s, i)], arguments)
        recorder.add(f"cross_entropy_hidden_{label}", "cross_entropy_hidden",
                     lambda h, w, t, o=options: cross_entropy(h @ w.T, t, **o),
                     lambda s, i=ignore: [s.normal(5, 4), s.normal(6, 4), targets(s, i)],
                     arguments)
    recorder.add("cross_entropy_large", "cross_entropy", cross_entropy,
                 [torch.tensor([[1000.0, 0.0, -1000.0], [500.0, 501.0, 499.0]],
                               dtype=torch.float64), torch.tensor([0, 2])],
                 {"ignoreIndex": -100, "labelSmoothing": 0.0, "zLoss": 0.0, "reduction": "mean"})
