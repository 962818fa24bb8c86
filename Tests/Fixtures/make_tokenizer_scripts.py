"""Makes the table of scripts by which the pre-tokenizer UnicodeScripts cuts.

    pip install tokenizers==0.23.3
    python make_tokenizer_scripts.py

The reference does not show a character's script, only where it cuts; so each run of characters is
compared with one character of each script seen before. Writes
Sources/Tokenizer/Pipeline/PreTokenizers/ScriptTable.swift.
"""

import pathlib

import tokenizers
from tokenizers import pre_tokenizers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / "Sources/Tokenizer/Pipeline/PreTokenizers/ScriptTable.swift"
component = pre_tokenizers.UnicodeScripts()


def pieces(text):
    return [piece for piece, _ in component.pre_tokenize_str(text)]


def cuts(text):
    """The places in a text at which it is cut."""
    return {start for _, (start, _) in component.pre_tokenize_str(text)}


values = [value for value in range(0x110000) if not 0xD800 <= value < 0xE000]
# A character of no script cuts neither Latin nor Cyrillic.
text = "".join("a" + chr(value) + "a\u0436" + chr(value) + "\u0436" for value in values)
found = cuts(text)
anywhere = [
    6 * i + 1 not in found and 6 * i + 2 not in found and 6 * i + 4 not in found
    and 6 * i + 5 not in found for i in range(len(values))]
text = "".join(map(chr, values))
found = cuts(text)
runs = []
representatives = []
script = 0
for index, value in enumerate(values):
    if anywhere[index]:
        script = 0
    elif index == 0 or anywhere[index - 1] or index in found:
        script = next(
            (number for number, other in enumerate(representatives, 1)
             if len(pieces(other + chr(value))) == 1), 0)
        if script == 0:
            representatives.append(chr(value))
            script = len(representatives)
    if not runs or runs[-1][1] != script:
        runs.append((value, script))

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number):
    text = ""
    while True:
        text = DIGITS[number % 36] + text
        number //= 36
        if number == 0:
            return text


words, last = [], 0
for start, script in runs:
    words.append(f"{base36(start - last)}.{base36(script)}")
    last = start
lines, line = [], ""
for word in words:
    if len(line) + len(word) > 90:
        lines.append(line)
        line = ""
    line += word + " "
lines.append(line)
body = "\n".join("    " + line.rstrip() + " \\" for line in lines)[:-2]
OUT.write_text(f'''/// The scripts of all characters, as far as cutting text between them needs to know.
///
/// Made by Tests/Fixtures/make_tokenizer_scripts.py; do not edit. See Docs/Decisions/0010.
enum ScriptTable {{
  /// How far each run of characters of one script begins after the one before, and its script.
  ///
  /// Both are in base 36. Characters of script 0 are cut off from nothing.
  static let runs = """
{body}
    """
}}
''')
print(len(runs), len(representatives), OUT.stat().st_size)
