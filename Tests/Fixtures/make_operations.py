"""Writes Operations/: golden values and gradients of every tensor operation, from PyTorch.

Run with the versions pinned in requirements.txt: python make_operations.py
"""

from pathlib import Path

import torch

from fixture_recorder import Recorder
from operations_conversion import add_conversions, promotion_table
from operations_elementwise import add_elementwise
from operations_indexing import add_indexing
from operations_network import add_networks
from operations_products import add_products
from operations_reduction import add_reductions
from operations_shape import add_shapes


def main():
    torch.set_num_threads(1)
    recorder = Recorder()
    for add in (add_elementwise, add_reductions, add_shapes, add_indexing, add_products,
                add_networks, add_conversions):
        add(recorder)
    recorder.write(Path(__file__).parent / "Operations", "operations",
                   {"promotion": promotion_table()})


if __name__ == "__main__":
    main()
