import JSON

/// Separates numbers from the rest, digit by digit or in runs: the component `Digits`.
struct DigitsPreTokenizer: Sendable, Equatable, TextCutter {
  /// Whether each digit is a piece of its own.
  var isIndividual: Bool

  init(isIndividual: Bool) {
    self.isIndividual = isIndividual
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    isIndividual = try reader.bool("individual_digits")
  }

  var json: JSONValue { ["type": "Digits", "individual_digits": .bool(isIndividual)] }

  var removesText: Bool { false }

  func appendParts(
    of piece: Range<Int>, in text: UnsafeBufferPointer<UInt8>, to parts: inout [Range<Int>]
  ) {
    let classes = ComponentClass.classes
    Tokenizer.appendParts(of: piece, in: text, to: &parts, isIndividual ? .isolated : .contiguous) {
      classes($0) & ComponentClass.number != 0
    }
  }
}

extension DigitsPreTokenizer {
  /// A splitter that cuts as the component does.
  func makeSplitter() -> ClassRunSplitter {
    let table = CharacterClasses { ComponentClass.of($0) & ComponentClass.number }
    return ClassRunSplitter(limit: isIndividual ? 1 : .max, table: table)
  }
}

/// Separates numbers from the rest in text that is written in the byte alphabet, where some bytes
/// that are no digits are written as numbers, such as 0xB2 as `²`.
struct AlphabetDigitsSplitter: TextSplitter {
  var isIndividual: Bool

  private static let isNumber: [Bool] = ByteAlphabet.characters.map {
    Unicode.Scalar($0).map { ComponentClass.of($0) & ComponentClass.number != 0 } ?? false
  }

  func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let first = Self.isNumber[Int(text[start])]
    if first, isIndividual { return start + 1 }
    var at = start + 1
    while at < end, Self.isNumber[Int(text[at])] == first { at += 1 }
    return at
  }
}
