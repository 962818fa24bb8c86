/// A rendered chat as tokens, with what a model is to be trained on.
public struct TokenizedChat: Sendable {
  /// The tokens.
  public let ids: [TokenID]
  /// For each token the UTF-8 bytes of the chat's text that it stands for.
  public let offsets: [Range<Int>]
  /// Which tokens a model is trained to make: those wholly within the trained turns.
  public let mask: [Bool]
  /// The numbers of the tokens that lie partly within a trained stretch and partly outside.
  ///
  /// They are not in `mask`; whoever wants them trained sets them.
  public let straddling: [Int]
  /// The trained turns.
  public let turns: [Turn]
  /// The tokens within `generation` blocks as transformers finds them, nil if the template has none.
  public let generationMask: [Bool]?
  /// What was encoded.
  public let chat: RenderedChat

  /// A trained turn.
  public struct Turn: Sendable, Hashable {
    /// Where it lies in the text.
    public var chat: ChatTurn
    /// The number of the token that ends it, nil where the template puts out none.
    public var stop: Int?
    /// The bytes of the text that are trained, with the stop token.
    public var trained: Range<Int>
  }

  /// Where the characters of a token came from.
  public func stretches(ofToken number: Int) -> [TextStretch] {
    chat.stretches(in: offsets[number])
  }
}

/// What happens to control tokens that a conversation's own text spells out.
public enum ControlTokenHandling: Sendable, Equatable {
  /// They are text; only those of the template become their ids.
  ///
  /// Control tokens are the special tokens and the other added tokens that the template's source
  /// contains. Roles and variables count as the template's.
  case fromTemplate
  /// They become their ids like those of the template, as in transformers.
  case fromAnywhere
}

extension TokenizedChat {
  init(
    _ encoded: TokenizedText, shownOffsets: [Range<Int>], _ chat: RenderedChat,
    roles: Set<String>, isStop: (TokenID) -> Bool
  ) {
    ids = encoded.ids
    offsets = encoded.offsets
    self.chat = chat
    var turns: [Turn] = []
    var trained: [Range<Int>] = []
    for turn in chat.turns(of: roles) {
      // Where a message's own loop turn goes on after its fields, its last special token ends it;
      // otherwise the first one that follows.
      let stop =
        Self.lastStop(encoded, in: turn.tail, isStop)
        ?? Self.firstStop(encoded, in: turn.after, isStop)
      let end = stop.map { encoded.offsets[$0].upperBound } ?? turn.body.upperBound
      let range = turn.body.lowerBound..<max(end, turn.body.lowerBound)
      turns.append(Turn(chat: turn, stop: stop, trained: range))
      trained += chat.parts(of: range, madeBy: turn.message)
    }
    self.turns = turns
    var mask = [Bool](repeating: false, count: ids.count)
    var straddling: [Int] = []
    var next = 0
    for (number, range) in encoded.offsets.enumerated() where !range.isEmpty {
      while next < trained.count, trained[next].upperBound <= range.lowerBound { next += 1 }
      var covered = 0
      var place = next
      while place < trained.count, trained[place].lowerBound < range.upperBound {
        covered += trained[place].clamped(to: range).count
        place += 1
      }
      if covered == range.count {
        mask[number] = true
      } else if covered > 0 {
        straddling.append(number)
      }
    }
    self.mask = mask
    self.straddling = straddling
    generationMask =
      chat.request.template.hasGenerationBlocks
      ? Self.generationMask(chat.generationRanges, shownOffsets) : nil
  }

  private static func lastStop(
    _ encoded: TokenizedText, in range: Range<Int>, _ isStop: (TokenID) -> Bool
  ) -> Int? {
    tokens(encoded, in: range).last { isStop(encoded.ids[$0]) }
  }

  private static func firstStop(
    _ encoded: TokenizedText, in range: Range<Int>, _ isStop: (TokenID) -> Bool
  ) -> Int? {
    tokens(encoded, in: range).first { isStop(encoded.ids[$0]) }
  }

  /// The numbers of the tokens that lie within a range.
  private static func tokens(_ encoded: TokenizedText, in range: Range<Int>) -> Range<Int> {
    func first(_ isBeyond: (Range<Int>) -> Bool) -> Int {
      var (low, high) = (0, encoded.offsets.count)
      while low < high {
        let middle = (low + high) / 2
        if isBeyond(encoded.offsets[middle]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let start = first { $0.lowerBound >= range.lowerBound }
    return start..<max(start, first { $0.upperBound > range.upperBound })
  }

  /// The mask that transformers makes of `generation` blocks.
  private static func generationMask(
    _ ranges: [Range<Int>], _ offsets: [Range<Int>]
  ) -> [Bool] {
    var mask = [Bool](repeating: false, count: offsets.count)
    func token(at place: Int) -> Int? { offsets.firstIndex { $0.contains(place) } }
    for range in ranges {
      guard let start = token(at: range.lowerBound) else { break }
      // An end that is not in a token, or in the first, is taken for the end of the text.
      let last = token(at: range.upperBound - 1) ?? 0
      let end = last > 0 ? last + 1 : offsets.count
      for number in start..<max(start, end) { mask[number] = true }
    }
    return mask
  }
}

extension RenderedChat {
  /// The parts of a range that another message, a tool or a document did not write.
  fileprivate func parts(of range: Range<Int>, madeBy message: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    for stretch in stretches(in: range) {
      if let path = stretch.origin.path {
        if let other = path.message, other != message { continue }
        if path.isFromOutside, path.message == nil { continue }
      }
      if let last = parts.last, last.upperBound == stretch.range.lowerBound {
        parts[parts.count - 1] = last.lowerBound..<stretch.range.upperBound
      } else {
        parts.append(stretch.range)
      }
    }
    return parts
  }

  /// The stretches that someone else than the program and its template wrote, joined, in order.
  var outsideRanges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    for stretch in stretches
    where stretch.origin.path.map({ $0.isFromOutside && !$0.isHeader }) ?? false {
      if let last = ranges.last, last.upperBound == stretch.range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<stretch.range.upperBound
      } else {
        ranges.append(stretch.range)
      }
    }
    return ranges
  }
}

extension FieldPath {
  /// Whether it leads into messages, tools or documents, which strangers write.
  var isFromOutside: Bool {
    guard case .key(let root)? = steps.first else { return false }
    return root == "messages" || root == "tools" || root == "documents"
  }
}
