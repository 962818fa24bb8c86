"""Writes Numpy/philox.json: known answers of the Philox4x32-10 counter-based generator.

The first three vectors are published with Random123 (Salmon, Moraes, Dror and Shaw, "Parallel
random numbers: as easy as 1, 2, 3", SC 2011); the rest come from the implementation below, which
must reproduce those three. It is written with ordinary integers, straight from the paper, and
its 64-bit sister is checked against numpy.random.Philox, so the round and key schedule have an
independent witness.
"""

from pathlib import Path

import numpy

from fixture_recorder import write_json

PUBLISHED = [
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
     [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
]
WORD_32 = (32, 0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85)
WORD_64 = (64, 0xD2E7470EE14C6C93, 0xCA5A826395121157, 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)


def philox(counter, key, word=WORD_32, rounds=10):
    """Ten rounds on a counter of four words under a key of two words."""
    bits, multiplier_a, multiplier_b, step_a, step_b = word
    mask = (1 << bits) - 1
    c, (k0, k1) = list(counter), key
    for _ in range(rounds):
        a, b = multiplier_a * c[0], multiplier_b * c[2]
        c = [(b >> bits) ^ c[1] ^ k0, b & mask, (a >> bits) ^ c[3] ^ k1, a & mask]
        k0, k1 = (k0 + step_a) & mask, (k1 + step_b) & mask
    return c


def check():
    for counter, key, output in PUBLISHED:
        assert philox(counter, key) == output
    key = [0x0123456789ABCDEF, 0xFEDCBA9876543210]
    words = [numpy.array(w, dtype="u8") for w in ([5, 6, 7, 8], key)]  # lists lose bits
    generator = numpy.random.Philox(counter=words[0], key=words[1])
    expected = philox([6, 6, 7, 8], key, WORD_64)  # numpy counts before it draws
    assert [int(x) for x in generator.random_raw(4)] == expected


def main():
    check()
    queries = [(counter, key) for counter, key, _ in PUBLISHED]
    queries += [([i, 0, 0, 0], [0, 0]) for i in range(1, 5)]
    queries += [([i, 0, 0, 0], [1234, 0]) for i in range(4)]
    queries += [([0, i, 0, 0], [42, 7]) for i in range(1, 3)]
    queries += [([0, 0, 1, 0], [42, 7]), ([0, 0, 0, 1], [42, 7])]
    queries += [([0xFFFFFFFF, 0, 0, 0], [0xDEADBEEF, 0]), ([0, 1, 0, 0], [0xDEADBEEF, 0])]
    queries += [([1, 2, 3, 4], [5, 6]), ([0x80000000] * 4, [0x80000000] * 2),
                ([0xFFFFFFFF, 0xFFFFFFFF, 0, 0], [0, 0xFFFFFFFF])]
    rows = [{"counter": c, "key": k, "output": philox(c, k), "published": i < len(PUBLISHED)}
            for i, (c, k) in enumerate(queries)]
    write_json(Path(__file__).parent / "Numpy" / "philox.json",
               {"generator": "Philox4x32", "rounds": 10}, "vectors", rows)
    print(f"philox: {len(rows)} vectors")


if __name__ == "__main__":
    main()
