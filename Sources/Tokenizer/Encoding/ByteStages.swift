/// Pre-tokenizers that only cut a text of which the model sees the bytes, one after another.
///
/// Such a text is never rewritten: pieces are stretches of the user's own bytes.
struct ByteStages: Sendable {
  /// One that cuts.
  enum Stage: Sendable {
    case known(KnownSplitter)
    case digits(DigitsPreTokenizer)
    /// Digits after the text was written in the byte alphabet.
    case alphabetDigits(isIndividual: Bool)
    case cutter(any TextCutter)
  }

  /// Whether a text that does not begin with a space gets one.
  private(set) var addsPrefixSpace = false
  /// What cuts.
  private(set) var stages: [Stage] = []

  /// The stages of a pre-tokenizer; nil if it does more than cut text into bytes.
  init?(_ preTokenizer: PreTokenizer) {
    var isInAlphabet = false
    for component in preTokenizer.flattened {
      switch component {
      case .byteLevel(let byteLevel):
        // A space before every piece would change text in its middle.
        guard !isInAlphabet, !byteLevel.addsPrefixSpace || stages.isEmpty else { return nil }
        isInAlphabet = true
        addsPrefixSpace = byteLevel.addsPrefixSpace
        if byteLevel.usesPattern { stages.append(.known(.gpt2)) }
      case .digits(let digits):
        stages.append(
          isInAlphabet ? .alphabetDigits(isIndividual: digits.isIndividual) : .digits(digits))
      case .split(let split) where !split.removesText:
        if isInAlphabet {
          // Only what the alphabet writes as itself is found as before.
          guard split.pattern == .expression("[0-9][0-9][0-9]") else { return nil }
          stages.append(.cutter(split))
        } else {
          stages.append(split.known.map { .known($0) } ?? .cutter(split))
        }
      case .punctuation(let punctuation) where !punctuation.removesText && !isInAlphabet:
        stages.append(.cutter(punctuation))
      default: return nil
      }
    }
    guard isInAlphabet else { return nil }
  }
}

/// The splitters of `ByteStages` for one thread; common combinations are compiled as one.
enum StageSplitter {
  case whole
  case gpt2
  case cl100k(CL100kSplitter)
  case o200k(O200kSplitter)
  /// Digits, then GPT-2: StarCoder, SmolLM, Command-R.
  case digitsGPT2(NestedSplitter<ClassRunSplitter, GPT2Splitter>)
  /// Numbers, Chinese and Japanese, the rest: DeepSeek V3.
  case deepSeek(
    NestedSplitter<NestedSplitter<ClassRunSplitter, ClassRunSplitter>, DeepSeekSplitter>)
  case chain(SplitterChain)

  init(_ stages: [ByteStages.Stage]) {
    if stages.isEmpty {
      self = .whole
    } else if stages.count == 1, case .known(.gpt2) = stages[0] {
      self = .gpt2
    } else if stages.count == 1, case .known(.cl100k(let splitter)) = stages[0] {
      self = .cl100k(splitter)
    } else if stages.count == 1, case .known(.o200k(let splitter)) = stages[0] {
      self = .o200k(splitter)
    } else if stages.count == 2, case .digits(let digits) = stages[0],
      case .known(.gpt2) = stages[1]
    {
      self = .digitsGPT2(NestedSplitter(digits.makeSplitter(), GPT2Splitter()))
    } else if stages.count == 3, case .known(.classRun(let numbers)) = stages[0],
      case .known(.classRun(let characters)) = stages[1], case .known(.deepSeek) = stages[2]
    {
      self = .deepSeek(
        NestedSplitter(
          NestedSplitter(ClassRunSplitter(numbers), ClassRunSplitter(characters)),
          DeepSeekSplitter()))
    } else {
      self = .chain(
        SplitterChain(
          stages.map { stage -> any TextSplitter in
            switch stage {
            case .known(let splitter): splitter.makeSplitter()
            case .digits(let digits): digits.makeSplitter()
            case .alphabetDigits(let isIndividual):
              AlphabetDigitsSplitter(isIndividual: isIndividual)
            case .cutter(let cutter): CutterSplitter(cutter)
            }
          }))
    }
  }
}
