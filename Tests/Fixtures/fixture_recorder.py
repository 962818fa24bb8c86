"""Collects golden cases from PyTorch and writes them as one safetensors file and one JSON table.

A case is a function of tensors. Its inputs are drawn in float64 from a generator seeded by the
case's name, so adding or removing a case never changes another one, and converted to every dtype
the case is wanted in. Integer, Boolean and 16-bit tensors given explicitly are left alone.
"""

import json
import math
import zlib
from pathlib import Path

import torch
from safetensors.torch import save_file

FLOATS = (torch.float32, torch.float64)
HALVES = (torch.float16, torch.bfloat16)
INTEGERS = (torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8)
DEFAULT_TOLERANCES = {"float32": 1e-5, "float64": 1e-10, "float16": 2e-3, "bfloat16": 1.6e-2}


def dtype_name(dtype):
    """The name both the JSON table and the Swift `DType` use, for instance `float32`."""
    return str(dtype).removeprefix("torch.")


class Source:
    """Random values for one case, reproducible from the case's name alone."""

    def __init__(self, name):
        self.generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))

    def normal(self, *shape, scale=1.0):
        values = torch.randn(shape, generator=self.generator, dtype=torch.float64)
        return values * scale

    def uniform(self, *shape, low=0.0, high=1.0):
        values = torch.rand(shape, generator=self.generator, dtype=torch.float64)
        return low + (high - low) * values

    def away_from_zero(self, *shape, low=0.3, high=2.0):
        """Random signs, magnitudes in [low, high): for functions with a kink or pole at zero."""
        sign = torch.where(self.uniform(*shape) < 0.5, -1.0, 1.0).double()
        return sign * self.uniform(*shape, low=low, high=high)

    def distinct(self, *shape, gap=0.25):
        """Shuffled values at least 0.6 gaps apart: for order statistics, whose gradient jumps."""
        count = math.prod(shape)
        order = torch.randperm(count, generator=self.generator).double()
        values = (order - count / 2) * gap + self.uniform(count, high=0.4 * gap)
        return values.reshape(shape)

    def integers(self, *shape, low=0, high=10):
        """Whole numbers in [low, high) stored as int64: indices and class numbers."""
        return torch.randint(low, high, shape, generator=self.generator)

    def whole(self, *shape, low=-9, high=10):
        """Whole numbers in [low, high) that follow the case's dtype, unlike `integers`."""
        return self.integers(*shape, low=low, high=high).double()

    def mask(self, *shape, share=0.5):
        return self.uniform(*shape) < share


class Recorder:
    def __init__(self):
        self.tensors = {}
        self.cases = []
        self.names = set()

    def add(self, name, operation, function, inputs, arguments=None, dtypes=FLOATS, gradient=True,
            tolerance=None, comment=None):
        """Records `function` at `inputs` (tensors, or a function from a `Source` to tensors).

        The case appears once per dtype. Gradients exist for float32 and float64 inputs unless
        `gradient` is false; then the upstream gradient is random, too. `tolerance` is a number
        for every dtype or a table from dtype name to number.
        """
        for dtype in dtypes:
            identifier = f"{name}_{dtype_name(dtype)}"
            if identifier in self.names:
                raise ValueError(f"two cases are called {identifier}")
            self.names.add(identifier)
            drawn = inputs(Source(name)) if callable(inputs) else inputs
            converted = [x.to(dtype) if x.dtype == torch.float64 else x for x in drawn]
            self._record(identifier, operation, function, converted, dict(arguments or {}),
                         gradient and dtype in FLOATS, tolerance, dtype, comment)

    def _record(self, identifier, operation, function, inputs, arguments, gradient, tolerance,
                dtype, comment):
        leaves = [
            x.detach().clone().requires_grad_(gradient and x.dtype in FLOATS) for x in inputs
        ]
        seen = leaves
        if arguments.get("transpose_input"):
            seen = [x.mT if x.dim() >= 2 else x for x in leaves]
        result = function(*seen)
        outputs = list(result) if isinstance(result, (tuple, list)) else [result]
        case = {"id": identifier, "operation": operation, "arguments": arguments}
        case["inputs"] = [
            self._store(f"{identifier}.input{i}", x) for i, x in enumerate(leaves)
        ]
        case["outputs"] = [
            self._store(f"{identifier}.output{i}", x) for i, x in enumerate(outputs)
        ]
        case["gradient_out"], case["gradients"] = [], []
        if gradient:
            self._record_gradients(identifier, case, leaves, outputs)
        if isinstance(tolerance, dict):
            tolerance = tolerance.get(dtype_name(dtype))
        if tolerance is None and dtype in HALVES:
            tolerance = DEFAULT_TOLERANCES[dtype_name(dtype)]
        if tolerance is not None:
            case["tolerance"] = tolerance
        if comment:
            case["comment"] = comment
        self.cases.append(case)

    def _record_gradients(self, identifier, case, leaves, outputs):
        source = Source(identifier.rsplit("_", 1)[0] + " upstream")
        upstream = [
            source.normal(*x.shape).to(x.dtype) if x.requires_grad else None for x in outputs
        ]
        if all(g is None for g in upstream):
            raise ValueError(f"{identifier} has no differentiable output")
        wanted = [x for x in leaves if x.requires_grad]
        gradients = iter(torch.autograd.grad(
            [x for x in outputs if x.requires_grad], wanted,
            [g for g in upstream if g is not None], allow_unused=True))
        for i, g in enumerate(upstream):
            stored = None if g is None else self._store(f"{identifier}.grad_out{i}", g)
            case["gradient_out"].append(stored)
        for i, leaf in enumerate(leaves):
            g = next(gradients) if leaf.requires_grad else None
            stored = None if g is None else self._store(f"{identifier}.grad_in{i}", g)
            case["gradients"].append(stored)

    def _store(self, name, tensor):
        self.tensors[name] = tensor.detach().contiguous().clone()
        return name

    def write(self, folder, stem, extra=None):
        """Writes `stem.safetensors` and `stem.json`, one case per line so that diffs read well."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        save_file(self.tensors, folder / f"{stem}.safetensors")
        head = {"torch": torch.__version__, "tolerances": DEFAULT_TOLERANCES, **(extra or {})}
        lines = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in head.items()]
        cases = ",\n".join("    " + json.dumps(c, allow_nan=False) for c in self.cases)
        lines.append(f'  "cases": [\n{cases}\n  ]')
        (folder / f"{stem}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
        size = sum(f.stat().st_size for f in folder.glob(f"{stem}.*"))
        print(f"{stem}: {len(self.cases)} cases, {len(self.tensors)} tensors, {size} bytes")
