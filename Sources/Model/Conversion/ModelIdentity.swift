import Checkpoint
import GGUF
import JSON

/// What a model's name says of it: `general.name`, `basename`, `finetune`, `version`, `size_label`.
///
/// Names such as `Qwen/Qwen2.5-0.5B-Instruct` are taken apart as llama.cpp's converter does it, first
/// the one in `config.json`, then that of the folder.
struct ModelIdentity: Equatable {
  var name: String?
  var organization: String?
  var basename: String?
  var finetune: String?
  var version: String?
  var sizeLabel: String?

  /// - Parameters:
  ///   - configuration: `config.json`, whose `_name_or_path` counts unless it is a path.
  ///   - folder: The name of the folder.
  ///   - parameters: How many numbers the weights have.
  init(_ configuration: JSONObject, folder: String, parameters: Int) {
    if let known = configuration["_name_or_path"]?.string, !known.isEmpty,
      known.count(where: { $0 == "/" }) <= 1
    {
      add(ModelIdentity(named: known, parameters: parameters))
    }
    add(ModelIdentity(named: folder, parameters: parameters))
  }

  /// The parts of one name.
  init(named identifier: String, parameters: Int) {
    if identifier.contains(" ") {  // a title that people wrote
      let title = Self.title(identifier)
      if !title.isEmpty { name = title }
      return
    }
    var full = identifier[...]
    if let slash = full.firstIndex(of: "/") {
      let owner = full[..<slash]
      if !owner.isEmpty && !owner.hasPrefix(".") { organization = Self.title(String(owner)) }
      full = full[full.index(after: slash)...]
    }
    let title = Self.title(String(full))
    if !title.isEmpty { name = title }
    var parts = full.split(separator: "-").enumerated().map { index, part in
      NamePart(String(part), isFirst: index == 0, parameters: parameters)
    }
    Self.findBasename(&parts)
    func joined(_ kind: NamePart.Kind) -> String? {
      let texts = parts.filter { $0.kinds.contains(kind) }.map(\.text)
      return texts.isEmpty ? nil : texts.joined(separator: "-")
    }
    finetune = joined(.finetune)
    var sizes: [String] = []
    for part in parts where part.kinds.contains(.size) && !sizes.contains(part.text) {
      sizes.append(part.text)
    }
    sizeLabel = sizes.isEmpty ? nil : sizes.joined(separator: "-")
    let versions = parts.filter { $0.kinds.contains(.version) && !$0.kinds.contains(.basename) }
    version = versions.isEmpty ? nil : versions.map(\.text).joined(separator: "-")
    // A name alone may be anything.
    if sizeLabel != nil || finetune != nil || version != nil { basename = joined(.basename) }
  }

  /// Takes over what is not known yet.
  private mutating func add(_ other: ModelIdentity) {
    name = name ?? other.name
    organization = organization ?? other.organization
    basename = basename ?? other.basename
    finetune = finetune ?? other.finetune
    version = version ?? other.version
    sizeLabel = sizeLabel ?? other.sizeLabel
  }

  /// Decides which parts make the basename, and that of the unknown ones after it are of finetuning.
  private static func findBasename(_ parts: inout [NamePart]) {
    // 135M says more than small.
    let hasNumber = parts.contains { $0.kinds.contains(.size) && $0.text.contains(where: isDigit) }
    if hasNumber {
      for index in parts.indices where parts[index].text.allSatisfy(\.isLetter) {
        parts[index].kinds.remove(.size)
      }
    }
    var isBase = true
    for index in parts.indices {
      let isUnknown = parts[index].kinds.isEmpty
      let begins = isUnknown && parts[index].text.first?.isLetter == true
      if isBase && (begins || parts[index].kinds.contains(.version)) {
        parts[index].kinds.insert(.basename)
      } else {
        isBase = false
        if isUnknown { parts[index].kinds.insert(.finetune) }
      }
    }
    // A version at the end is one.
    for index in parts.indices.reversed() {
      guard parts[index].kinds.contains(.basename), parts[index].kinds.count > 1 else { break }
      parts[index].kinds.remove(.basename)
    }
  }

  /// A name as a title: `smollm2-135m` is Smollm2 135m.
  static func title(_ name: String) -> String {
    let words = name.split { $0 == "-" || $0.isWhitespace }.map(String.init)
    return words.map { word in
      let isLower = word.contains(where: \.isLowercase) && !word.contains(where: \.isUppercase)
      let isVersion = isDigit(word.first ?? " ") || NamePart.isVersion(word, prefixes: ["v"])
      return isLower && !isVersion ? capitalized(word) : word
    }.joined(separator: " ")
  }

  /// Each run of letters with a capital.
  private static func capitalized(_ word: String) -> String {
    var result = ""
    var follows = false
    for character in word {
      result += follows ? character.lowercased() : character.uppercased()
      follows = character.isLetter
    }
    return result
  }

  /// The metadata that a GGUF file has of these.
  var entries: [(key: String, content: GGUFContent)] {
    let texts = [
      ("name", name), ("organization", organization), ("finetune", finetune),
      ("basename", basename), ("version", version), ("size_label", sizeLabel),
    ]
    return texts.compactMap { key, text in text.map { ("general.\(key)", .string($0)) } }
  }
}

extension ModelIdentity {
  /// The size of a model as people write it: 135M, 1.2B, 8x7B.
  ///
  /// - Parameter tensors: The tensors of the file; those of experts have all of a layer in one.
  static func sizeLabel(of tensors: [PlannedTensor]) -> String? {
    var (shared, visited, experts, stacks) = (0, 0, 0, 0)
    for tensor in tensors {
      let shape = tensor.declaration.shape
      let count = shape.reduce(1, *)
      if tensor.name.contains("_exps."), shape.count == 3, shape[0] > 0 {
        visited += count / shape[0]
        experts += shape[0]
        stacks += 1
      } else {
        shared += count
      }
    }
    guard shared + visited > 0 else { return nil }
    let size = rounded(shared + visited)
    return stacks > 0 ? "\(experts / stacks)x\(size)" : size
  }

  /// A count in thousands, millions, … with two digits at least.
  private static func rounded(_ count: Int) -> String {
    let scales = [("T", 1e12, 1e-12), ("B", 1e9, 1e-9), ("M", 1e6, 1e-6)]
    let (suffix, _, share) = scales.first { Double(count) > $0.1 } ?? ("K", 1e3, 1e-3)
    let scaled = Double(count) * share
    let whole = rounded(scaled, times: 1)
    if whole >= 10 { return "\(whole)\(suffix)" }
    let places = whole == 0 ? 2 : 1
    let base = places == 2 ? 100 : 10
    let parts = rounded(scaled, times: base)
    let fraction = String(parts % base)
    let zeros = String(repeating: "0", count: places - fraction.count)
    return "\(parts / base).\(zeros)\(fraction)\(suffix)"
  }

  /// The product as a whole number, rounded once as printing the decimals of the number does.
  private static func rounded(_ number: Double, times factor: Int) -> Int {
    let below = (number * Double(factor)).rounded(.down)
    let beyondHalf = (-(below + 0.5)).addingProduct(number, Double(factor))
    let isUp = beyondHalf == 0 ? !Int(below).isMultiple(of: 2) : beyondHalf > 0
    return Int(below) + (isUp ? 1 : 0)
  }
}

/// A part between the hyphens of a model's name.
private struct NamePart {
  enum Kind { case basename, size, finetune, version, type }

  var text: String
  var kinds: Set<Kind> = []

  init(_ text: String, isFirst: Bool, parameters: Int) {
    self.text = text
    let lower = text.lowercased()
    if Self.isVersion(lower, prefixes: ["v", "iter"]) {
      kinds = [.version]
    } else if Self.isType(lower) {
      self.text = text.uppercased()
      kinds = [.type]
    } else if !isFirst && Self.words.contains(lower) {
      kinds = [.size]
    } else if !isFirst, let (size, count) = Self.size(text) {
      self.text = size
      kinds = [.size]
      // A number far from the model's size is likely a context length.
      if let count, abs(count - Double(parameters)) > Double(7 * parameters / 8) {
        kinds = [.finetune]
        self.text = size.dropLast() + size.suffix(1).lowercased()
      }
    } else if !isFirst && ["chat", "instruct", "vision", "lora"].contains(lower) {
      kinds = [.finetune]
    }
  }

  private static let words: Set<String> = ["small", "mini", "medium", "large", "xl", "xxl"]

  /// v2, iter100, 3.1 and the like, in small letters.
  static func isVersion(_ text: String, prefixes: [String]) -> Bool {
    let prefix = prefixes.first { text.hasPrefix($0) } ?? ""
    let numbers = text.dropFirst(prefix.count).split(
      separator: ".", omittingEmptySubsequences: false)
    return !numbers.isEmpty && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
  }

  /// q4_k_m, iq2_x, fp16, bf16 and the like, in small letters.
  private static func isType(_ text: String) -> Bool {
    if ["f16", "f32", "fp16", "fp32", "bf16", "bf32", "bfp16", "bfp32"].contains(text) {
      return true
    }
    var rest = text[...]
    if rest.hasPrefix("i") { rest.removeFirst() }
    guard rest.popFirst() == "q", let digit = rest.popFirst(), isDigit(digit) else { return false }
    while rest.popFirst() == "_" {
      guard let next = rest.popFirst(), next.isLetter || isDigit(next) || next == "_" else {
        return false
      }
      if rest.isEmpty { return true }
    }
    return text.count - (text.hasPrefix("i") ? 1 : 0) == 2
  }

  /// 135M, 1_5b, 8x7B, A3B and 7b1 in one spelling, and how many that is where it is a plain number.
  private static func size(_ text: String) -> (text: String, count: Double?)? {
    var number = text.replacing("_", with: ".")[...]
    let after = number.last.flatMap { isDigit($0) ? number.removeLast() : nil }
    guard let unit = number.popLast()?.uppercased(),
      let power = ["K", "M", "B", "T"].firstIndex(of: unit)
    else { return nil }
    var value = number
    if value.first?.lowercased() == "a" {
      value.removeFirst()
    } else if let cross = value.firstIndex(where: { $0.lowercased() == "x" }) {
      guard cross > value.startIndex, value[..<cross].allSatisfy(isDigit) else { return nil }
      value = value[value.index(after: cross)...]
    }
    guard isVersion(String(value), prefixes: []), value.count(where: { $0 == "." }) <= 1 else {
      return nil
    }
    if let after { number += ".\(after)" }  // 7b1 is 7.1b
    let units = [1e3, 1e6, 1e9, 1e12]
    return ("\(number)\(unit)", Double(number).map { $0 * units[power] })
  }
}

private func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
