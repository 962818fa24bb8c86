"""Texts for comparing tokenizers: real ones out of Debian's and Python's packages, and made ones.

`documents` gives short texts of every kind on which tokenizers differ; `extremes` gives texts that
are long in one way; `english` and `code` give ten million bytes each to measure speed on. All of it
depends only on the versions of the packages and on the seed.
"""

import functools
import gettext
import gzip
import html
import os
import pathlib
import random
import re
import subprocess
import sysconfig

DEBIAN = ["iso-codes", "wordpress-l10n", "gnome-user-docs", "debian-reference-en",
          "debian-reference-ja", "debian-reference-zh-cn", "manpages-zh", "manpages-ja",
          "manpages-dev", "perl-doc", "perl-modules-5.36", "libc6-dev"]
LANGUAGES = {"chinese": ["zh_CN", "zh_TW", "zh"], "japanese": ["ja"], "korean": ["ko_KR", "ko"],
             "arabic": ["ar", "fa", "ur"], "hindi": ["hi", "hi_IN", "mr", "ne"], "thai": ["th"],
             "others": ["ru", "el", "he", "ta", "vi", "tr", "de", "fr", "pl", "bn", "km", "my",
                        "am", "ka", "hy", "te", "si", "bo", "dz"]}
# The share of each kind in `documents`.
SHARES = {"english": 14, "chinese": 10, "japanese": 8, "korean": 7, "arabic": 7, "hindi": 7,
          "thai": 7, "others": 6, "code": 12, "logs": 5, "emoji": 4, "bytes": 4, "points": 3,
          "controls": 2, "spaces": 2, "words": 3, "shapes": 4}


def fetch_debian(cache, names):
    """Unpacks Debian packages below `cache/debian` and gives the folder."""
    root = pathlib.Path(cache, "debian")
    root.mkdir(parents=True, exist_ok=True)
    for name in names:
        folder = root / name
        if folder.exists():
            continue
        subprocess.run(["apt-get", "-o", "APT::Sandbox::User=root", "download", "-q", name],
                       cwd=root, check=True, stdout=subprocess.DEVNULL)
        [archive] = root.glob(name + "_*.deb")
        subprocess.run(["dpkg-deb", "-x", str(archive), str(folder) + ".part"], check=True)
        os.rename(str(folder) + ".part", folder)
        archive.unlink()
    return root


def read(path):
    """A file's text, unpacked if it is gzip; undecodable bytes are left out."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return data.decode("utf-8", "ignore")


def catalogue(path):
    """The translations in a .mo file."""
    try:
        with open(path, "rb") as file:
            entries = gettext.GNUTranslations(file)._catalog
    except (OSError, UnicodeDecodeError, ValueError):
        return []
    return [text for key, text in entries.items() if key and isinstance(text, str) and text]


def without_markup(text):
    """HTML, roff or pod with the most disturbing markup taken out."""
    if "<html" in text[:2000].lower() or text.lstrip().startswith("<?xml"):
        text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", "", text)
        return html.unescape(text)
    if re.match(r"\.\\\"|\.TH|'\\\"", text):
        text = re.sub(r"(?m)^\.\\\".*\n|^\.[A-Z]{1,2} ?", "", text)
        text = re.sub(r"\\f[A-Z]|\\&", "", text).replace("\\-", "-")
    return text


class Material:
    """Real texts by kind, each a list of paragraphs or short files."""

    def __init__(self, cache):
        root = fetch_debian(cache, DEBIAN)
        self.kinds = {name: [] for name in SHARES}
        for name, codes in LANGUAGES.items():
            for path in sorted(root.rglob("*.mo")):
                parts = {path.stem, path.parent.parent.name}
                if any(code in parts or path.stem.endswith("-" + code) for code in codes):
                    self.kinds[name] += catalogue(path)
        for name, package, pattern in [
                ("chinese", "manpages-zh", "man/zh_CN/**/*.gz"), ("japanese", "manpages-ja", "*.gz"),
                ("chinese", "debian-reference-zh-cn", "*.html"),
                ("japanese", "debian-reference-ja", "*.html"),
                ("english", "debian-reference-en", "*.html"), ("english", "perl-doc", "*.pod"),
                ("english", "manpages-dev", "*.gz")]:
            for path in sorted((root / package).rglob(pattern)):
                self.kinds[name] += paragraphs(without_markup(read(path)))
        sources = sorted(pathlib.Path(sysconfig.get_paths()["stdlib"]).glob("*/*.py"))
        sources += sorted((root / "libc6-dev").rglob("*.h"))
        sources += sorted((root / "perl-modules-5.36").rglob("*.pm"))
        self.sources = [read(path) for path in sources if "site-packages" not in path.parts]
        self.kinds["code"] = [piece for text in self.sources for piece in cut(text, 1500)]


@functools.cache
def material(cache):
    return Material(cache)


def paragraphs(text):
    return [piece.strip("\n") for piece in re.split(r"\n\s*\n", text) if piece.strip()]


def cut(text, length):
    return [text[i:i + length] for i in range(0, len(text), length)]


# Made texts: each function gives one document.

EMOJI = ("😀 😂 🥲 👍 👍🏽 👩‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 🇨🇭 🇯🇵 🇺🇳 ❤️ ☎️ ♻ ⌚ 1️⃣ #️⃣ 🧑🏿‍🦱 🫱🏻‍🫲🏾 🐦 🪿 🀄 🏴󠁧󠁢󠁥󠁮󠁧󠁿 "
         "🕵🏼‍♀️ ✍🏾 \ufe0f \u200d 🏽").split(" ")
WORDS = ("swift Apus don't WE'LL they'd I'm it's O'Neill naïve weiß ﬁne İstanbul ǅ ŉ ſ ß ẞ ΣΊΣΥΦΟΣ "
         "ά α\u0301 e\u0301 é Å Å K 한국 각 ａｂｃ １２３ ①② ½ Ⅷ ² ٣٤ १२ 𝔘𝔫𝔦 x² C++ f(x) a_b _ __init__ "
         "3.14 1,000,000 007 12345678 1e-9 $5 €5 50% @user #tag http://a.b/c?d=e&f=g user@host.org "
         "-- --flag … “q” ‘s’ «g» ‚l‘ ¡¿ 。、！？ ،؟ । ॥ ๆ ฯ \u00ad \u200b \ufeff \u2060 ▁ Ġ Ċ ċ 's 'S 'T 'Re "
         "'ll ' '' \" \\ \\n / // ... \ufffd").split(" ")
SPACES = [" ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\r", "\t", "\v", "\f", "\x85", "\u00a0",
          "\u2003", "\u2028", "\u2029", "\u3000", "\u1680", "\u200b", ""]


def log_line(r):
    level = r.choice(["INFO", "WARN", "error", "DEBUG"])
    stamp = f"2026-{r.randint(1, 12):02}-{r.randint(1, 28):02}T{r.randint(0, 23):02}:" \
            f"{r.randint(0, 59):02}:{r.random() * 60:06.3f}Z"
    return r.choice([
        f"{stamp} {level} [{r.getrandbits(32):08x}] nest.cpp:{r.randint(1, 999)} took "
        f"{r.expovariate(0.01):.3f}ms, {r.randint(0, 10**9)} bytes",
        f"{r.randint(1, 254)}.{r.randint(0, 254)}.0.{r.randint(0, 254)} - - \"GET /a/{r.random()}"
        f"?q=%20{r.getrandbits(64):x} HTTP/1.1\" {r.choice([200, 404, 500])} {r.randint(0, 10**6)}",
        f"    at org.apus.Nest$Egg.<init>(Nest.java:{r.randint(1, 500)})",
        f"\tkey{r.randint(0, 99)}={{\"a\": [{r.randint(-9, 9)}, null], \"b\": \"\\u00e9\\n\"}}"])


def logs(r):
    return "\n".join(log_line(r) for _ in range(r.randint(1, 12))) + r.choice(["", "\n"])


def emoji(r):
    return "".join(r.choice(EMOJI) + r.choice(["", "", " ", "\n"]) for _ in range(r.randint(1, 40)))


def random_bytes(r):
    data = r.randbytes(r.randint(1, 300))
    return data.decode(r.choice(["utf-8", "latin-1", "cp437", "utf-16-le"]), "replace")


BLOCKS = [(0, 0x250), (0x250, 0x590), (0x590, 0x900), (0x900, 0x1200), (0x1200, 0x2000),
          (0x2000, 0x3000), (0x3000, 0x3400), (0x3400, 0xA000), (0xA000, 0xD800), (0xE000, 0x10000),
          (0x10000, 0x11000), (0x1D000, 0x1F000), (0x1F000, 0x20000), (0x20000, 0x110000)]


def code_points(r):
    low, high = r.choice(BLOCKS)
    points = [chr(r.randrange(low, high)) for _ in range(r.randint(1, 80))]
    if r.random() < 0.5:
        points = [p + r.choice(["", " ", "\u0301", "\u0323"]) for p in points]
    return "".join(points)


def controls(r):
    return "".join(chr(r.choice([r.randrange(0, 33), r.randrange(0x7f, 0xa1), r.randrange(97, 123),
                                 0xfeff, 0x200e, 0x202e, 0xad, 0x2061, 0xe0001, 0xfff9]))
                   for _ in range(r.randint(1, 100)))


def spaces(r):
    return "".join(r.choice(SPACES) * r.randint(1, 5) + r.choice(["", "", "a", "B.", "1", "的", "-"])
                   for _ in range(r.randint(1, 30)))


def long_words(r):
    length = r.choice([30, 99, 100, 101, 300, 2000])
    kind = r.choice(["abc", "acgt", "aA", "0123456789", "的一是", "ก็ไม่", "αβγ", "-=", "ab1", "é", "👍a"])
    return r.choice(["", " "]) + "".join(r.choice(kind) for _ in range(length)) + r.choice(["", " x"])


def shapes(r):
    return "".join(r.choice(WORDS) + r.choice(["", " ", " ", " ", "  ", "\n", "\t"])
                   for _ in range(r.randint(1, 40)))


MADE = {"logs": logs, "emoji": emoji, "bytes": random_bytes, "points": code_points,
        "controls": controls, "spaces": spaces, "words": long_words, "shapes": shapes}


@functools.cache
def documents(cache, size, seed=7):
    """Pairs of a kind and a text, `size` bytes in all."""
    r = random.Random(seed)
    real = material(cache)
    total = sum(SHARES.values())
    result = []
    for kind, share in SHARES.items():
        left = size * share // total
        source = [text for text in real.kinds[kind] if text]
        while left > 0:
            text = MADE[kind](r) if kind in MADE else excerpt(r, source)
            # A lone surrogate is no text.
            text = text.encode("utf-8", "replace").decode()
            result.append((kind, text))
            left -= len(text.encode()) + 1
    r.shuffle(result)
    return result


def excerpt(r, source):
    """A real text, or some short ones together, now and then distorted."""
    text = r.choice(["", "", "", " ", "\n"]) + r.choice(source)
    while len(text) < 40:
        text += r.choice([" ", "\n", ". "]) + r.choice(source)
    if r.random() < 0.05:
        text = r.choice([text.upper(), text.title(), text[::-1], text.replace(" ", "")])
    return text[:4000]


def special_documents(special, size, seed=7):
    """Texts that spell out added tokens, whole and cut short, among other things."""
    r = random.Random(seed)
    result = []
    while size > 0:
        pieces = []
        for _ in range(r.randint(1, 12)):
            token = r.choice(special)
            pieces.append(r.choice([token, r.choice(WORDS), r.choice(SPACES), token[:-1] or " "]))
        result.append(("special", "".join(pieces)))
        size -= len(result[-1][1].encode()) + 1
    return result


def extremes(cache, million=1_000_000, seed=8):
    """Texts that are long in one way."""
    r = random.Random(seed)
    made = {
        "empty": "", "letters": "a" * million, "spaces": " " * million, "feeds": "\n" * million,
        "digits": "7" * million, "dashes": "-" * million, "han": "的" * (million // 3),
        "thumbs": "👍" * (million // 4), "accents": "e" + "\u0301" * (million // 2),
        "pairs": "ab" * (million // 2), "word a": "a " * (million // 2),
        "random word": "".join(r.choice("abcdefghij") for _ in range(million)),
        "random han": "".join(chr(r.randrange(0x4e00, 0x9fff)) for _ in range(million // 3)),
        "whole prose": "\n\n".join(material(cache).kinds["english"])[:2 * million],
    }
    return list(made.items())


def english(cache, size=10_000_000):
    """English prose of `size` bytes: manual pages, guides and the documentation of Perl."""
    text = "\n\n".join(material(cache).kinds["english"])
    return fill(text, size)


def code(cache, size=10_000_000):
    """Source code of `size` bytes: Python, C, Perl."""
    return fill("\n\n".join(material(cache).sources), size)


def fill(text, size):
    data = text.encode()
    while len(data) < size:
        data += data
    return data[:size].decode("utf-8", "ignore")
