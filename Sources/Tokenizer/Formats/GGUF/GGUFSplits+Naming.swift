extension GGUFSplits {
  /// The name under which llama.cpp cuts text as a pre-tokenizer does; nil if it has none.
  ///
  /// - Parameters:
  ///   - preTokenizer: What cuts the text.
  ///   - ignoresMerges: Whether a piece that is a token as a whole is taken so.
  static func name(of preTokenizer: PreTokenizer?, ignoresMerges: Bool) -> String? {
    guard let preTokenizer, let steps = steps(preTokenizer) else { return nil }
    let candidates = preferred + knownNames.filter { !preferred.contains($0) }
    let fitting = candidates.filter { name in
      guard let splits = GGUFSplits(named: name), splits.alphabet == .bytes,
        let own = try? PreTokenizer.read(splits.preTokenizer, path: name)
      else { return false }
      return self.steps(own) == steps
    }
    // Where merges decide all the same, the other rule is as good.
    return fitting.first { GGUFSplits(named: $0)?.ignoresMerges == ignoresMerges }
      ?? fitting.first { _ in !ignoresMerges }
  }

  /// Of names that mean the same, those of the most common models.
  private static let preferred = [
    "gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2", "tekken", "gpt-4o", "bloom", "falcon",
    "deepseek-llm", "deepseek-coder", "deepseek-v3",
  ]

  /// A step of cutting, equal where the results are.
  private enum Step: Equatable {
    case known(KnownSplitter)
    case split(SplitPreTokenizer)
    case digits
    case bytes
  }

  /// The steps of a pre-tokenizer for byte-level tokens; nil where it is of another kind.
  private static func steps(_ preTokenizer: PreTokenizer) -> [Step]? {
    var steps: [Step] = []
    for part in preTokenizer.flattened {
      switch part {
      case .split(let split):
        // All that patterns of this kind leave between matches is nothing.
        if let known = split.known {
          steps.append(.known(known))
        } else {
          steps.append(.split(split))
        }
      case .digits(let digits) where digits.isIndividual: steps.append(.digits)
      case .byteLevel(let level):
        if level.usesPattern { steps.append(.known(.gpt2)) }
        steps.append(.bytes)
      default: return nil
      }
    }
    return steps.last == .bytes ? steps : nil
  }
}
