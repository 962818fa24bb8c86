import Files
import GGUF

/// Where a model's metadata and tokenizer are: the folder, or the GGUF file, of which the first part
/// has them, whichever part the path names and if it is the only one of a folder.
package func descriptionFile(of path: String) -> String {
  if let part = GGUFParts.partName(path) {
    return part.prefix + GGUFParts.partSuffix(1, of: part.count)
  }
  guard isDirectory(path), !fileExists(path / "config.json"),
    let names = try? listDirectory(path)
  else { return path }
  let files = names.filter { $0.hasSuffix(".gguf") && GGUFParts.partName($0)?.number ?? 1 == 1 }
  return files.count == 1 ? path / files[0] : path
}
