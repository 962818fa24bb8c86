/// Which library a pattern was written for: they disagree about `{1,3}+`.
enum PatternDialect {
  /// Oniguruma, as in tokenizer.json: `+` repeats.
  case oniguruma
  /// Rust's fancy-regex, as in tiktoken: `+` makes the quantifier possessive.
  case rust
}

extension KnownSplitter {
  /// Recognises a pattern by its text; nil if it is none of the known ones.
  ///
  /// Spellings that match the same are taken for the same: with and without possessive quantifiers,
  /// with contractions one by one or in a group.
  init?(_ pattern: String, dialect: PatternDialect = .oniguruma) {
    if pattern == Self.deepSeekPattern || pattern == Self.deepSeekEscapedPattern {
      self = .deepSeek
      return
    }
    if let run = ClassRunPattern(pattern) {
      self = .classRun(run)
      return
    }
    var alternatives = Alternatives(pattern)
    if alternatives.hasOpenGroup { return nil }
    if let splitter = Self.readGPT2(alternatives) {
      self = splitter
    } else if let splitter = Self.readCL100k(&alternatives, dialect) {
      self = .cl100k(splitter)
    } else {
      var alternatives = Alternatives(pattern)
      guard let splitter = Self.readO200k(&alternatives, dialect) else { return nil }
      self = .o200k(splitter)
    }
  }

  private static let deepSeekPattern =
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    + "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"
  private static let deepSeekEscapedPattern =
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
    + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    + "| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

  private static func readGPT2(_ given: Alternatives) -> KnownSplitter? {
    var alternatives = given
    guard alternatives.take(anyOf: Contractions.oneCaseGroups) || alternatives.takeSingles(),
      alternatives.take(anyOf: [" ?\\p{L}+", " ?[\\p{L}]+", " ?\\p{L}++"]),
      alternatives.take(anyOf: [" ?\\p{N}+", " ?[\\p{N}]+", " ?\\p{N}++"]),
      alternatives.take(anyOf: [" ?[^\\s\\p{L}\\p{N}]+", " ?[^\\s\\p{L}\\p{N}]++"])
    else { return nil }
    _ = alternatives.take("\\s++$")
    guard alternatives.take("\\s+(?!\\S)") else { return nil }
    // Without the last alternative a single white space is left over, as a piece of its own.
    _ = alternatives.take(anyOf: ["\\s+", "\\s"])
    return alternatives.isEmpty ? .gpt2 : nil
  }

  private static func readCL100k(
    _ alternatives: inout Alternatives, _ dialect: PatternDialect
  ) -> CL100kSplitter? {
    var splitter = CL100kSplitter()
    if alternatives.take(anyOf: Contractions.asciiGroups) {
      splitter.contractions = .ascii
    } else if !alternatives.take(anyOf: Contractions.groups) {
      splitter.contractions = .none
    }
    if alternatives.take(anyOf: ["[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+"]) {
      splitter.wordsHaveMarks = true
    } else if !alternatives.take(anyOf: [
      "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+", "[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+",
      "[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++", "[^\\r\\n\\p{L}\\p{N}]?\\p{L}++",
    ]) {
      return nil
    }
    guard let digits = alternatives.takeDigits(dialect) else { return nil }
    splitter.digits = digits
    let others = splitter.wordsHaveMarks ? "\\s\\p{L}\\p{M}\\p{N}" : "\\s\\p{L}\\p{N}"
    if alternatives.take(anyOf: [" ?[^\(others)\\r\\n]+"]) {
      splitter.punctuationTakesLineEnds = false
    } else if !alternatives.take(anyOf: [
      " ?[^\(others)]+[\\r\\n]*", " ?[^\(others)]++[\\r\\n]*", " ?[^\(others)]++[\\r\\n]*+",
    ]) {
      return nil
    }
    splitter.keepsTrailingSpace = alternatives.take("\\s++$")
    return alternatives.takeSpace() ? splitter : nil
  }

  private static func readO200k(
    _ alternatives: inout Alternatives, _ dialect: PatternDialect
  ) -> O200kSplitter? {
    var splitter = O200kSplitter()
    splitter.separatesHan = alternatives.take(anyOf: ["[\\p{Han}]+", "\\p{Han}+"])
    let han = splitter.separatesHan ? "&&[^\\p{Han}]" : ""
    let uppers = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}\(han)]"
    let lowers = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}\(han)]"
    let first = "[^\\r\\n\\p{L}\\p{N}]?\(uppers)*\(lowers)+"
    let second = "[^\\r\\n\\p{L}\\p{N}]?\(uppers)+\(lowers)*"
    if alternatives.take(first) {
      splitter.takesContractions = false
      guard alternatives.take(second) else { return nil }
    } else {
      guard let group = Contractions.groups.first(where: { alternatives.take("\(first)\($0)?") }),
        alternatives.take("\(second)\(group)?")
      else { return nil }
    }
    guard let digits = alternatives.takeDigits(dialect) else { return nil }
    splitter.digits = digits
    if alternatives.take(" ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*") {
      splitter.punctuationTakesSlashes = false
    } else if !alternatives.take(" ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*") {
      return nil
    }
    return alternatives.takeSpace() ? splitter : nil
  }
}

/// Spellings of the contractions.
private enum Contractions {
  static let groups = [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)", "'(?i:[sdmt]|ll|ve|re)", "(?i:'s|'t|'re|'ve|'m|'d|'ll)",
  ]
  static let asciiGroups = [
    "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])",
    "'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])",
  ]
  static let oneCaseGroups = ["'(?:[sdmt]|ll|ve|re)", "(?:'s|'t|'re|'ve|'m|'ll|'d)"]
  static let singles: Set<String> = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"]
}

/// The alternatives of a pattern, to be recognised one after another.
private struct Alternatives {
  private var rest: ArraySlice<String>
  /// Whether a bracket or parenthesis is not closed.
  let hasOpenGroup: Bool

  /// Cuts a pattern at the bars that are in no group.
  init(_ pattern: String) {
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    var depth = 0
    var brackets = 0
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if isEscaped {
        isEscaped = false
      } else {
        switch scalar {
        case "\\": isEscaped = true
        case "[": brackets += 1
        case "]": brackets -= 1
        case "(" where brackets == 0: depth += 1
        case ")" where brackets == 0: depth -= 1
        case "|" where brackets == 0 && depth == 0:
          parts.append(String(part))
          part = String.UnicodeScalarView()
          continue
        default: break
        }
      }
      part.append(scalar)
    }
    parts.append(String(part))
    rest = parts[...]
    hasOpenGroup = depth != 0 || brackets != 0
  }

  var isEmpty: Bool { rest.isEmpty }

  /// Takes the next alternative if it is the given one; line ends may stand for themselves.
  mutating func take(_ wanted: String) -> Bool {
    guard let next = rest.first else { return false }
    let same =
      next == wanted
      || next.unicodeScalars.elementsEqual(Self.unescaped(wanted).unicodeScalars)
    if same { rest.removeFirst() }
    return same
  }

  mutating func take(anyOf wanted: [String]) -> Bool { wanted.contains { take($0) } }

  /// Takes the seven contractions in any order.
  mutating func takeSingles() -> Bool {
    guard rest.count > 7, Set(rest.prefix(7)) == Contractions.singles else { return false }
    rest.removeFirst(7)
    return true
  }

  /// Takes an alternative for numbers and says how many digits it allows.
  mutating func takeDigits(_ dialect: PatternDialect) -> Int? {
    if take(anyOf: ["\\p{N}", "\\p{N}{1}"]) { return 1 }
    if take(anyOf: ["\\p{N}{1,3}"]) { return 3 }
    if take(anyOf: ["\\p{N}{1,3}+"]) { return dialect == .rust ? 3 : .max }
    if take(anyOf: ["\\p{N}+", "\\p{N}++"]) { return .max }
    return nil
  }

  /// Takes the alternatives for white space, which must be the last.
  mutating func takeSpace() -> Bool {
    take(anyOf: ["\\s*[\\r\\n]+", "\\s*[\\r\\n]"]) && take("\\s+(?!\\S)")
      && take(anyOf: ["\\s+", "\\s"]) && isEmpty
  }

  private static func unescaped(_ pattern: String) -> String {
    var result = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if isEscaped {
        isEscaped = false
        switch scalar {
        case "r": result.append("\r")
        case "n": result.append("\n")
        default:
          result.append("\\")
          result.append(scalar)
        }
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
