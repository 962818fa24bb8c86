import CText

/// What the splitters do with ASCII text, which is cut 64 bytes at once.
extension apus_pattern {
  /// The pattern of some stages; nil if there is no fast way for them.
  init?(_ stages: [ByteStages.Stage]) {
    if stages.count == 1, case .known(let splitter) = stages[0] {
      guard let pattern = Self.pattern(of: splitter) else { return nil }
      self = pattern
    } else if stages.count == 2, case .digits(let digits) = stages[0],
      case .known(.gpt2) = stages[1]
    {
      self = .gpt2
      self.digits = digits.isIndividual ? 1 : 0
      cuts_digits = true
    } else if stages.count == 3, case .known(.classRun(let numbers)) = stages[0],
      case .known(.classRun(let characters)) = stages[1], case .known(.deepSeek) = stages[2],
      numbers.areASCIIDigits, !characters.hasASCII, let limit = Self.digits(numbers.limit)
    {
      self.init()
      digits = limit
      cuts_digits = true
      takes_line_ends = true
      leaves_controls = true
    } else {
      return nil
    }
  }

  private static var gpt2: apus_pattern {
    var pattern = apus_pattern()
    pattern.is_spaced = true
    pattern.contractions = apus_contractions_lower
    return pattern
  }

  private static func pattern(of splitter: KnownSplitter) -> apus_pattern? {
    var pattern = apus_pattern()
    switch splitter {
    case .gpt2: return .gpt2
    case .cl100k(let splitter):
      guard let limit = digits(splitter.digits) else { return nil }
      pattern.digits = limit
      pattern.contractions =
        splitter.contractions == .none ? apus_contractions_none : apus_contractions_any_case
      pattern.takes_line_ends = splitter.punctuationTakesLineEnds
    case .o200k(let splitter):
      guard let limit = digits(splitter.digits) else { return nil }
      pattern.digits = limit
      pattern.splits_case = true
      pattern.contractions =
        splitter.takesContractions ? apus_contractions_any_case : apus_contractions_none
      pattern.takes_line_ends = true
      pattern.takes_slashes = splitter.punctuationTakesSlashes
    case .deepSeek, .classRun: return nil
    }
    return pattern
  }

  /// How many digits a piece may have, as `apus_pattern` says it.
  private static func digits(_ limit: Int) -> UInt8? {
    switch limit {
    case 1: 1
    case 3: 3
    case .max: 0
    default: nil
    }
  }
}

extension ClassRunPattern {
  /// Whether of ASCII it takes the digits, with nothing before them.
  fileprivate var areASCIIDigits: Bool {
    prefix == .none && (0..<0x80).allSatisfy { members.contains($0) == (0x30...0x39).contains($0) }
  }

  /// Whether it takes anything of ASCII.
  fileprivate var hasASCII: Bool {
    prefix != .none || (0..<0x80).contains { members.contains($0) }
  }
}
