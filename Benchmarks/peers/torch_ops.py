"""Times single operations in PyTorch: float32, forward only unless the name says otherwise.

Prints one JSON line with the median seconds of each operation, the bytes an ideal kernel would
move or the floating-point operations it needs, and the rate that follows.
Example: python torch_ops.py --threads 2 --only softmax,matmul
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F

MATMULS = [(512, 512, 512), (1024, 1024, 1024), (256, 768, 768), (256, 768, 3072),
           (256, 3072, 768), (256, 768, 50257)]


def measure(function, budget, least=5):
    """Median seconds of a call: two untimed, then until `budget` seconds are spent."""
    function()
    function()
    seconds = []
    end = time.perf_counter() + budget
    while len(seconds) < least or time.perf_counter() < end:
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def adamw(count):
    parameter = torch.nn.Parameter(torch.randn(count))
    parameter.grad = torch.randn(count)
    return torch.optim.AdamW([parameter], lr=1e-4, weight_decay=0.1, fused=True).step


def on(function, *shapes):
    """Prepares calls of `function` on normal random tensors of the given shapes."""
    def prepare():
        tensors = [torch.randn(*shape) for shape in shapes]
        return lambda: function(*tensors)
    return prepare


def training(function, *shapes):
    """Prepares calls of forward and backward together, with an upstream gradient of ones."""
    def prepare():
        leaves = [torch.randn(*shape).requires_grad_() for shape in shapes]
        upstream = torch.ones_like(function(*leaves))
        return lambda: torch.autograd.grad(function(*leaves), leaves, upstream)
    return prepare


def copy(count):
    source, target = torch.randn(count), torch.empty(count)
    return lambda: target.copy_(source)


def softmax(x):
    return x.softmax(-1)


def log_softmax(x):
    return x.log_softmax(-1)


def gelu(x):
    return F.gelu(x, approximate="tanh")


def rms_norm(x, weight):
    return F.rms_norm(x, weight.shape, weight, 1e-5)


def layer_norm(x, weight, bias):
    return F.layer_norm(x, weight.shape, weight, bias, 1e-5)


def operations():
    """Name, function that prepares a call, bytes moved and floating-point operations."""
    million, many = 1 << 20, 1 << 24
    rows, wide, row = (1024, 1000), (1024, 768), (768,)
    table, hidden = 1024 * 1000, 1024 * 768
    yield "copy 16M", lambda: copy(many), 8 * many, 0
    yield "add 1M", on(torch.add, (million,), (million,)), 12 * million, 0
    yield "add 16M", on(torch.add, (many,), (many,)), 12 * many, 0
    yield "exp 1M", on(torch.exp, (million,)), 8 * million, 0
    yield "exp 16M", on(torch.exp, (many,)), 8 * many, 0
    yield "gelu 1M", on(F.gelu, (million,)), 8 * million, 0
    yield "gelu_tanh 1M", on(gelu, (million,)), 8 * million, 0
    yield "silu 1M", on(F.silu, (million,)), 8 * million, 0
    yield "sum 16M", on(torch.sum, (many,)), 4 * many, 0
    yield "softmax 1024x1000", on(softmax, rows), 8 * table, 0
    yield "log_softmax 1024x1000", on(log_softmax, rows), 8 * table, 0
    yield "rms_norm 1024x768", on(rms_norm, wide, row), 8 * hidden, 0
    yield "layer_norm 1024x768", on(layer_norm, wide, row, row), 8 * hidden, 0
    yield "gelu_tanh 1M forward and backward", training(gelu, (million,)), 20 * million, 0
    yield "softmax 1024x1000 forward and backward", training(softmax, rows), 20 * table, 0
    yield "rms_norm 1024x768 forward and backward", training(rms_norm, wide, row), 20 * hidden, 0
    yield ("layer_norm 1024x768 forward and backward", training(layer_norm, wide, row, row),
           20 * hidden, 0)
    yield "adamw 16M", lambda: adamw(many), 28 * many, 0
    yield "tiny add", on(torch.add, (4,), (4,)), 0, 0
    yield "tiny add forward and backward", training(torch.add, (4,), (4,)), 0, 0
    for m, k, n in MATMULS:
        yield f"matmul {m}x{k}x{n}", on(torch.matmul, (m, k), (k, n)), 0, 2 * m * k * n


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="", help="comma-separated beginnings of names")
    parser.add_argument("--seconds", type=float, default=0.5, help="time spent on each operation")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    wanted = tuple(options.only.split(","))
    results = {}
    with torch.no_grad():
        for name, prepare, moved, arithmetic in operations():
            if not name.startswith(wanted):
                continue
            with torch.set_grad_enabled("backward" in name):
                seconds = measure(prepare(), options.seconds)
            results[name] = {"seconds": seconds}
            if moved:
                results[name]["gigabytes_per_second"] = moved / seconds / 1e9
            if arithmetic:
                results[name]["gflops"] = arithmetic / seconds / 1e9
    print(json.dumps({"torch": torch.__version__, "threads": options.threads,
                      "operations": results}))


if __name__ == "__main__":
    main()
