/// A text, or a pair of texts, as a model reads it: tokens with all that goes with them.
///
/// All arrays have one element for each token. The fields are those of `Encoding` in Hugging Face
/// tokenizers; offsets are counted in UTF-8 bytes.
public struct Encoding: Sendable, Equatable {
  /// The tokens.
  public internal(set) var ids: [TokenID] = []
  /// Which segment each token belongs to, as models with token types count them.
  public internal(set) var typeIDs: [Int32] = []
  /// The bytes of its text that each token stands for, widened to whole characters; `0..<0` for
  /// tokens that are in no text.
  public internal(set) var offsets: [Range<Int>] = []
  /// The number of the piece of text that each token is a part of, counted by the pre-tokenizer.
  public internal(set) var words: [Int?] = []
  /// Which of the texts each token is from: 0 or 1, nil for tokens put around them.
  public internal(set) var texts: [Int?] = []
  /// Whether a token was put there by the post-processor or by padding.
  public internal(set) var specialTokensMask: [Bool] = []
  /// Whether the model should look at a token: all but padding.
  public internal(set) var attentionMask: [Bool] = []
  /// What truncation cut off, in parts that are as long and overlap as `Truncation` says.
  public internal(set) var overflowing: [Encoding] = []

  init() {}

  /// Tokens that stand around texts.
  init(special ids: [TokenID], typeID: Int32) {
    self.ids = ids
    typeIDs = ids.map { _ in typeID }
    offsets = ids.map { _ in 0..<0 }
    words = ids.map { _ in nil }
    texts = ids.map { _ in nil }
    specialTokensMask = ids.map { _ in true }
    attentionMask = ids.map { _ in true }
  }

  /// The tokens of one text.
  init(_ sink: TokenSink, text: Int) {
    ids = Array(sink.tokens)
    typeIDs = ids.map { _ in Int32(text) }
    offsets = sink.offsets
    words = sink.words.map { Int($0) }
    texts = ids.map { _ in text }
    specialTokensMask = ids.map { _ in false }
    attentionMask = ids.map { _ in true }
  }

  mutating func setTypeIDs(_ id: Int32) { typeIDs = ids.map { _ in id } }

  /// A range of the tokens, without what was cut off.
  private func part(_ range: Range<Int>) -> Encoding {
    var part = Encoding()
    part.ids = Array(ids[range])
    part.typeIDs = Array(typeIDs[range])
    part.offsets = Array(offsets[range])
    part.words = Array(words[range])
    part.texts = Array(texts[range])
    part.specialTokensMask = Array(specialTokensMask[range])
    part.attentionMask = Array(attentionMask[range])
    return part
  }

  /// Keeps `length` tokens; the others go to `overflowing` in parts of that length which share
  /// `stride` tokens with the part before.
  ///
  /// - Parameter stride: less than `length`, unless that is 0.
  mutating func truncate(to length: Int, stride: Int, from direction: Direction) {
    guard length < ids.count else { return }
    guard length > 0 else {
      let whole = self
      self = Encoding()
      overflowing = [whole]
      return
    }
    var parts: [Encoding] = []
    var done = false
    var at = 0
    while !done {
      let range =
        direction == .right
        ? at..<min(at + length, ids.count) : max(ids.count - at - length, 0)..<(ids.count - at)
      done = direction == .right ? range.upperBound == ids.count : range.lowerBound == 0
      parts.append(part(range))
      at += length - stride
    }
    self = parts[0]
    overflowing = Array(parts.dropFirst())
  }

  /// Appends another encoding; each part that was cut off either is combined with all of the other.
  mutating func append(_ other: Encoding) {
    var combined: [Encoding] = []
    for part in overflowing {
      for following in [other] + other.overflowing {
        var whole = part
        whole.append(following)
        combined.append(whole)
      }
    }
    for following in other.overflowing {
      var whole = self
      whole.append(following)
      combined.append(whole)
    }
    ids += other.ids
    typeIDs += other.typeIDs
    offsets += other.offsets
    words += other.words
    texts += other.texts
    specialTokensMask += other.specialTokensMask
    attentionMask += other.attentionMask
    overflowing = combined
  }

  /// Fills up to `length` tokens, the parts that were cut off too.
  mutating func pad(to length: Int, _ padding: Padding) {
    for index in overflowing.indices { overflowing[index].pad(to: length, padding) }
    guard length > ids.count else { return }
    var filling = Encoding(
      special: Array(repeating: padding.id, count: length - ids.count), typeID: padding.typeID)
    filling.attentionMask = filling.ids.map { _ in false }
    let parts = overflowing
    overflowing = []
    if padding.direction == .right {
      append(filling)
    } else {
      filling.append(self)
      self = filling
    }
    overflowing = parts
  }
}
