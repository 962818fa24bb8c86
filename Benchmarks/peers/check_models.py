"""Compares `apus` on real models with transformers and with llama.cpp: logits, answers, perplexity.

usage: check_models.py --models FOLDER --text FILE [--apus PATH] [--llama-bin FOLDER]
                       [--llama-python FOLDER] [--only NAME,…] [--types TYPE,…]
                       [--what logits,greedy,perplexity] [--new-tokens N] [--context C] [--stride S]
                       [--characters N] [--threads K] [--forget] [--record]

For each FOLDER/NAME.TYPE.gguf of get_models.py, transformers gets the weights as the gguf package
dequantizes them, in float32. A JSON line a file and check:

logits      of `apus logits` for token ids of several lengths: the largest difference and the mean
            divergence (Kullback-Leibler). Unquantized files must agree to 5e-3.
greedy      of `apus generate`, in a chat where the model has a template: the ids of the prompt, those
            of the answer against transformers', the text against llama.cpp's. Answers must be
            transformers'; only a tie, two tokens whose logits by `apus logits` are within 0.001 of
            each other, may part them. From llama.cpp they may part where the two are within 0.05.
            With quantized files llama.cpp rounds activations to 8 bits, so that its answers depend
            on the last bit of every sum, and it does not keep that rule with itself: it is run
            again without flash attention, without repacked weights and with prompts read one token
            at a time, and answers may part at gaps up to the largest at which it parts from itself.
            Partings are listed, with how far the logit of Apus's token is above the other's by
            Apus, by transformers and, with `--llama-python` (the unpacked sdist of
            llama-cpp-python), by llama.cpp.
perplexity  of the text, by `apus perplexity` with windows of C tokens moved by S (within 0.1 % of
            transformers), and under llama-perplexity's protocol (within 0.1 % of transformers under
            that protocol, and 1 % of llama-perplexity itself).

What transformers and llama.cpp gave is kept in FOLDER/reference, a JSON file a model and type, and used
again for the same settings unless `--forget` is given; `--record` only computes that, without Apus.
Exit code 1 if anything differs.
"""

import argparse
import hashlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import gguf_folder  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

UNQUANTIZED = ("F32", "F16", "BF16")
LARGEST_DIFFERENCE, NEAR, NEAR_LLAMA = 5e-3, 1e-3, 1e-2
# Up to which gap of two tokens' logits an answer may part from one of these.
LARGEST_GAP = {"transformers": 1e-3, "llama_cpp": 0.05}
# Settings of llama.cpp that change no more than the order of its sums.
LLAMA_VARIANTS = {"no flash attention": ["-fa", "off"], "no repacking": ["--no-repack"],
                  "single tokens": ["-ub", "1"]}
QUESTIONS = ["What is the capital of France?", "Write one sentence about the sea.",
             "Count from one to ten.", "Who wrote Hamlet, and when?", "Explain rain to a child."]
BEGINNINGS = ["The capital of France is", "Swifts are birds that", "def fibonacci(n):\n",
              "Once upon a time, in a small village,", "Die Mauersegler fliegen"]
LENGTHS = [1, 2, 7, 64, 600]


def run(command):
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))[:300]} ended with {done.returncode}: "
                           f"{done.stderr.decode(errors='replace')[-600:].strip()}")
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def apus_json(options, command, path, *arguments):
    output, _ = run([options.apus, command, "--model", path, *arguments, "--threads",
                     options.threads, "--json"])
    return json.loads(output.strip().splitlines()[-1])


def apus_logits(subject, ids, options):
    with tempfile.NamedTemporaryFile(suffix=".safetensors") as out:
        run([options.apus, "logits", "--model", subject.path, "--ids", ",".join(map(str, ids)),
             "--out", out.name])
        return load_file(out.name)["logits"].float()


class Subject:
    """A GGUF file, transformers' model of it, loaded when needed, and what was computed before."""

    def __init__(self, path, cache, forget):
        self.path = path
        self.file = gguf_folder.File(path)
        self.tokenizer = gguf_folder.tokenizer(self.file)
        self.cache = cache
        self.known = {}
        if cache.exists() and not forget:
            self.known = json.loads(cache.read_text())
        self.loaded = None

    @property
    def model(self):
        if self.loaded is None:
            self.loaded = gguf_folder.model(self.path)
        return self.loaded

    def remember(self, key, make):
        """The value of `make()`, from the cache if it was made before."""
        if key not in self.known:
            self.known[key] = make()
            self.cache.parent.mkdir(exist_ok=True)
            self.cache.write_text(json.dumps(self.known, indent=1, ensure_ascii=False) + "\n")
        return self.known[key]

    @torch.inference_mode()
    def logits(self, ids):
        return self.model(torch.tensor([ids])).logits[0]


# Logits

def check_logits(subject, kind, options):
    generator = torch.Generator().manual_seed(5)
    text = file_ids(subject.tokenizer, options.text)
    worst, divergence, positions = 0.0, 0.0, 0
    for length in LENGTHS:
        start = int(torch.randint(max(1, len(text) - length), (), generator=generator))
        ids = text[:1] + text[start + 1:start + length]
        ours = apus_logits(subject, ids, options)
        theirs = subject.logits(ids)
        if ours.shape != theirs.shape:
            return {"shape": list(ours.shape), "wanted": list(theirs.shape), "agrees": False}
        worst = max(worst, (ours - theirs).abs().max().item())
        ours, theirs = ours.log_softmax(-1), theirs.log_softmax(-1)
        divergence += (theirs.exp() * (theirs - ours)).sum().item()
        positions += length
    return {"largest_difference": worst, "mean_divergence": divergence / positions,
            "positions": positions,
            "agrees": kind not in UNQUANTIZED or worst <= LARGEST_DIFFERENCE}


# Greedy answers

def prompts(tokenizer):
    """Text for us, text for llama.cpp and ids of each prompt; whether they are chats."""
    if tokenizer.chat_template is None:
        return [(text, text, tokenizer(text)["input_ids"]) for text in BEGINNINGS], False
    result = []
    for question in QUESTIONS:
        text = tokenizer.apply_chat_template(
            [{"role": "user", "content": question}], add_generation_prompt=True, tokenize=False)
        result.append((question, text, tokenizer(text, add_special_tokens=False)["input_ids"]))
    return result, True


def transformers_greedy(subject, ids, count):
    end = subject.file.get("tokenizer.ggml.eos_token_id")
    with torch.inference_mode():
        result = subject.model.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long),
            do_sample=False, max_new_tokens=count, eos_token_id=end, pad_token_id=end)
    return result[0, len(ids):].tolist()


def llama_greedy(subject, text, count, options, *settings):
    """llama.cpp's answer; its cache in float32, everything else as it is by default or set."""
    output, _ = run([
        options.llama_bin / "llama-completion", "-m", subject.path, "-p", text, "-n", count,
        "--temp", 0, "-no-cnv", "--no-display-prompt", "--no-escape", "--simple-io", "-ctk", "f32",
        "-ctv", "f32", "-t", options.threads, *settings])
    return re.sub(r"( \[end of text\])?\s*$", "", output)


def greedy_references(subject, text, ids, options):
    count = options.new_tokens
    result = {"transformers": subject.remember(
        f"greedy {count} {text}", lambda: transformers_greedy(subject, ids, count))}
    if options.llama_bin:
        result["llama_cpp"] = subject.remember(
            f"llama.cpp greedy {count} {text}",
            lambda: llama_greedy(subject, text, count, options))
    return result


def without_end(subject, ids):
    end = subject.file.get("tokenizer.ggml.eos_token_id")
    return ids[:-1] if ids and ids[-1] == end else ids


def token_parting(subject, ours, theirs):
    """Where two answers part, and the two tokens; none if they agree."""
    ours, theirs = without_end(subject, ours), without_end(subject, theirs)
    if ours == theirs:
        return None
    end = subject.file.get("tokenizer.ggml.eos_token_id")
    place = next((i for i, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]),
                 min(len(ours), len(theirs)))
    pair = [answer[place] if place < len(answer) else end for answer in (ours, theirs)]
    return {"place": place, "tokens": pair}


def text_parting(subject, prompt, ours, text):
    """The same for an answer of which only the text is known: of the tokens that would have gone on
    with it, the likeliest is taken for the other one."""
    def decoded(ids):
        return subject.tokenizer.decode(ids, skip_special_tokens=True)

    ours = without_end(subject, ours)
    if decoded(ours).rstrip() == text:
        return None
    place = 0
    while place < len(ours) and text.startswith(decoded(ours[:place + 1]).rstrip("\ufffd")):
        place += 1
    end = subject.file.get("tokenizer.ggml.eos_token_id")
    logits = subject.logits(prompt + ours[:place])[-1]
    mine = ours[place] if place < len(ours) else end
    shared = decoded(ours[:place])
    for other in logits.argsort(descending=True)[:2000].tolist():
        added = decoded(ours[:place] + [other])
        goes_on = text.startswith(added) and len(added) > len(shared)
        if other != mine and (goes_on or other == end and text == shared.rstrip()):
            return {"place": place, "tokens": [mine, other]}
    return {"place": place, "tokens": [mine, None]}


def llama_gap(subject, ids, answer, pair, options):
    """How far llama.cpp's own logit of the first token is above that of the second."""
    def listed(values):
        return ",".join(map(str, values))

    output, _ = run([
        sys.executable, pathlib.Path(__file__).with_name("llama_logits.py"), "--llama-bin",
        options.llama_bin, "--llama-python", options.llama_python, "--model", subject.path,
        "--prompt", listed(ids), "--answer", listed(answer), "--tokens", listed(pair), "--threads",
        options.threads])
    first, second = json.loads(output)
    return first - second


def measured(subject, prompt, ours, gap, options):
    """Adds to a parting how far the logit of Apus's token is above the other's, by everybody."""
    first, second = gap["tokens"]
    if second is None:
        return {**gap, "apus_gap": None, "transformers_gap": None}
    answer = ours[:gap["place"]]
    theirs = subject.logits(prompt + answer)[-1]
    mine = apus_logits(subject, prompt + answer, options)[-1]
    gap = {**gap, "apus_gap": (mine[first] - mine[second]).item(),
           "transformers_gap": (theirs[first] - theirs[second]).item()}
    if options.llama_bin and options.llama_python:
        gap["llama_cpp_gap"] = llama_gap(subject, prompt, answer, [first, second], options)
    return gap


def llama_partings(subject, questions, options):
    """Where llama.cpp's answers part from its own under other settings, and by which gap of
    transformers' logits."""
    count, result = options.new_tokens, []
    for _, text, ids in questions:
        usual = subject.remember(f"llama.cpp greedy {count} {text}",
                                 lambda: llama_greedy(subject, text, count, options))
        usual_ids = subject.tokenizer(usual, add_special_tokens=False)["input_ids"]
        for name, settings in LLAMA_VARIANTS.items():
            other = subject.remember(
                f"llama.cpp, {name}: greedy {count} {text}",
                lambda: llama_greedy(subject, text, count, options, *settings))
            gap = None if other == usual else text_parting(subject, ids, usual_ids, other)
            if gap is None or gap["tokens"][1] is None:
                continue
            first, second = gap["tokens"]
            logits = subject.logits(ids + usual_ids[:gap["place"]])[-1]
            result.append({"variant": name, "prompt": text, "place": gap["place"],
                           "transformers_gap": (logits[first] - logits[second]).item()})
    return result


def may_part(gap, name, largest):
    """Whether an answer may part like this from one of transformers or llama.cpp."""
    return gap["apus_gap"] is not None and abs(gap["apus_gap"]) <= largest[name]


def check_greedy(subject, kind, options):
    questions, chat = prompts(subject.tokenizer)
    count = options.new_tokens
    result = {"prompts": len(questions), "prompt_ids_equal": 0, "equal_transformers": 0}
    if options.llama_bin:
        result["equal_llama_cpp"] = 0
    partings, agrees, largest = [], True, dict(LARGEST_GAP)
    if options.llama_bin and kind not in UNQUANTIZED:
        own = llama_partings(subject, questions, options)
        result["llama_cpp_from_itself"] = own
        # Its partings are measured by transformers, those of Apus by Apus.
        largest["llama_cpp"] = max([largest["llama_cpp"]] + [
            abs(gap["transformers_gap"]) + largest["transformers"] for gap in own])
        result["largest_gap_allowed"] = largest["llama_cpp"]
    for ours_text, text, ids in questions:
        answer = apus_json(options, "generate", subject.path, *(["--chat"] if chat else []),
                           "--prompt", ours_text, "--temperature", 0, "--max-tokens", count)
        result["prompt_ids_equal"] += answer["prompt_ids"] == ids
        agrees &= answer["prompt_ids"] == ids
        theirs = greedy_references(subject, text, ids, options)
        gaps = {"transformers": token_parting(subject, answer["ids"], theirs["transformers"])}
        if options.llama_bin:
            gaps["llama_cpp"] = text_parting(
                subject, ids, answer["ids"], theirs["llama_cpp"])
        for name, gap in gaps.items():
            if gap is None:
                result[f"equal_{name}"] += 1
            else:
                gap = measured(subject, ids, answer["ids"], gap, options)
                allowed = may_part(gap, name, largest)
                partings.append({"from": name, "prompt": ours_text, **gap, "allowed": allowed})
                agrees &= allowed
    return {**result, "partings": partings, "agrees": agrees}


# Perplexity

def file_ids(tokenizer, path):
    """The ids of a whole text, with the token that begins one if the model has that habit."""
    return tokenizer(pathlib.Path(path).read_text(encoding="utf-8"), verbose=False)["input_ids"]


def adds_bos(tokenizer):
    return tokenizer("")["input_ids"] == [tokenizer.bos_token_id]


def sliding_windows(ids, context, stride):
    """Windows of `context` tokens, each `stride` after the last, and the first position of each whose
    token counts: every token but the first once, with the most tokens before it."""
    scored = 1
    for start in range(0, len(ids), stride):
        window = ids[start:start + context]
        if scored < start + len(window):
            yield window, scored - start
        scored = start + len(window)
        if scored >= len(ids):
            return


def llama_windows(ids, context, begin):
    """Windows of llama-perplexity: side by side, the incomplete last one left out, each begun by
    `begin` if there is one, and only the later half of each counts."""
    for start in range(0, len(ids) - context + 1, context):
        window = ids[start:start + context]
        yield ([begin] + window[1:] if begin is not None else window), context // 2 + 1


@torch.inference_mode()
def perplexity(model, windows):
    """Perplexity, and the number of tokens that counted."""
    total, count = 0.0, 0
    for window, first in windows:
        first = max(first, 1)
        ids = torch.tensor([window])
        kept = len(window) - first + 1  # the logits from the one before `first`
        logits = model(ids, logits_to_keep=kept, use_cache=False).logits[0]
        losses = torch.nn.functional.cross_entropy(
            logits[:-1].float(), ids[0, first:], reduction="none")
        total += losses.double().sum().item()
        count += losses.numel()
    return math.exp(total / count), count


def llama_perplexity(subject, options):
    """llama-perplexity's last figure."""
    output, errors = run([
        options.llama_bin / "llama-perplexity", "-m", subject.path, "-f", options.text, "-c",
        options.context, "-b", options.context, "-t", options.threads])
    return float(re.search(r"Final estimate: PPL = ([0-9.]+)", output + errors).group(1))


def perplexity_references(subject, options):
    """Of both protocols: transformers' perplexity and how many tokens counted; llama-perplexity's."""
    digest = hashlib.sha256(pathlib.Path(options.text).read_bytes()).hexdigest()[:16]
    context, stride = options.context, options.stride
    ids = file_ids(subject.tokenizer, options.text)
    begin = subject.tokenizer.bos_token_id if adds_bos(subject.tokenizer) else None
    windows = {f"perplexity {context} {stride}": sliding_windows(ids, context, stride),
               f"halves {context}": llama_windows(ids, context, begin)}
    (wanted, scored), (halves, scored_halves) = [
        subject.remember(f"{name} {digest}", lambda: perplexity(subject.model, parts))
        for name, parts in windows.items()]
    result = {"tokens": len(ids), "transformers": wanted, "scored": scored,
              "transformers_halves": halves, "scored_halves": scored_halves}
    if options.llama_bin:
        result["llama_cpp_halves"] = subject.remember(
            f"llama-perplexity {context} {digest}", lambda: llama_perplexity(subject, options))
    return result


def check_perplexity(subject, kind, options):
    common = ["--file", options.text, "--context", options.context]
    ours = apus_json(options, "perplexity", subject.path, *common, "--stride", options.stride)
    halves = apus_json(options, "perplexity", subject.path, *common, "--llama-cpp-protocol")
    ours, halves = ours["perplexity"], halves["perplexity"]
    wanted = perplexity_references(subject, options)
    agrees = (abs(ours / wanted["transformers"] - 1) <= NEAR
              and abs(halves / wanted["transformers_halves"] - 1) <= NEAR)
    if options.llama_bin:
        agrees &= abs(halves / wanted["llama_cpp_halves"] - 1) <= NEAR_LLAMA
    return {"apus": ours, "apus_halves": halves, **wanted, "agrees": agrees}


def record(subject, options):
    """Computes what `greedy` and `perplexity` compare with, without Apus."""
    questions, _ = prompts(subject.tokenizer)
    if "greedy" in options.what:
        for _, text, ids in questions:
            greedy_references(subject, text, ids, options)
    if "perplexity" in options.what:
        return {**perplexity_references(subject, options), "agrees": True}
    return {"agrees": True}


CHECKS = {"logits": check_logits, "greedy": check_greedy, "perplexity": check_perplexity}


def subjects(options):
    """Path, name and type of each file that is wanted."""
    for path in sorted(options.models.glob("*.gguf")):
        name, kind, _ = path.name.rsplit(".", 2)
        if (not options.only or name in options.only) and (
                not options.types or kind in options.types):
            yield path, name, kind


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--apus", default=".build/release/apus")
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--llama-bin", type=pathlib.Path)
    parser.add_argument("--llama-python", type=pathlib.Path)
    parser.add_argument("--only", type=lambda text: text.split(","))
    parser.add_argument("--types", type=lambda text: text.split(","))
    parser.add_argument("--what", type=lambda text: text.split(","), default=list(CHECKS))
    parser.add_argument("--new-tokens", type=int, default=48)
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--stride", type=int, default=256)
    parser.add_argument("--characters", type=int, help="only so many characters of the text")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--forget", action="store_true")
    parser.add_argument("--record", action="store_true")
    return parser.parse_args()


def main():
    options = parse()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    agrees, files = True, list(subjects(options))
    if not files:
        sys.exit(f"{options.models} has no such model; get_models.py makes them")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as shorter:
        if options.characters:
            text = pathlib.Path(options.text).read_text(encoding="utf-8")
            shorter.write(text[:options.characters])
            shorter.flush()
            options.text = shorter.name
        for path, name, kind in files:
            subject = Subject(path, options.models / "reference" / f"{name}.{kind}.json",
                              options.forget)
            if options.record:
                print(json.dumps({"model": name, "type": kind, **record(subject, options)}),
                      flush=True)
                continue
            for what in options.what:
                try:
                    result = CHECKS[what](subject, kind, options)
                except (RuntimeError, KeyError, ValueError) as error:
                    result = {"error": f"{type(error).__name__}: {error}", "agrees": False}
                agrees &= result["agrees"]
                print(json.dumps({"model": name, "type": kind, "check": what, **result}), flush=True)
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
