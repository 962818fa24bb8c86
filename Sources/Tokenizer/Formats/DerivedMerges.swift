import JSON

/// Finds the merges that give the same tokens as merging by the rank of the result.
///
/// tiktoken and SentencePiece have no list of merges: of all neighbouring pairs whose union is a
/// token, they merge the one whose token comes first, leftmost first. A list of merges does the same
/// if it holds each way to split each token into two tokens, in the order of the tokens.
struct DerivedMerges {
  /// The bytes of the longest token that is accepted.
  ///
  /// Each way to split a token is looked up, so that the work grows with the square; the longest token
  /// of a real vocabulary has some hundred bytes.
  static let longestToken = 1024

  /// The tokens by number, which need not be ids.
  let tokens: ByteStringTable
  /// Whether the token with a number can be half of a merge.
  let isPart: [Bool]
  /// Whether tokens are only cut between characters, not between any two bytes.
  let cutsBetweenCharacters: Bool

  /// The merges that make the given tokens, which are in the order of their ranks.
  func merges(making order: [Int]) -> [(left: Int, right: Int)] {
    var result: [(left: Int, right: Int)] = []
    result.reserveCapacity(order.count * 2)
    var splits: [(place: Int, left: Int, right: Int)] = []
    for number in order {
      let token = tokens[number]
      guard let start = token.baseAddress, token.count > 1 else { continue }
      splits.removeAll(keepingCapacity: true)
      // The longest left part first, as Hugging Face's converters order them.
      var place = token.count - 1
      while place > 0 {
        defer { place -= 1 }
        if cutsBetweenCharacters, token[place] & 0xC0 == 0x80 { continue }
        guard
          let left = tokens.find(UnsafeBufferPointer(start: start, count: place)), isPart[left],
          let right = tokens.find(
            UnsafeBufferPointer(start: start + place, count: token.count - place)), isPart[right]
        else { continue }
        splits.append((place, left, right))
      }
      if splits.count > 1 { arrange(&splits, of: token) }
      for split in splits { result.append((split.left, split.right)) }
    }
    return result
  }

  /// Orders two splits of a token so that where both are possible, overlapping, the left one wins.
  ///
  /// A token XY that is also YZ can be made twice of XYZ; the merge to the left is that of X and Y.
  /// This concerns splits at mirrored places. Where Z is X too, either may be to the left, and no
  /// order of merges does what rank and place do; then the order stays.
  private func arrange(
    _ splits: inout [(place: Int, left: Int, right: Int)], of token: UnsafeBufferPointer<UInt8>
  ) {
    for first in 0..<splits.count - 1 {
      let long = splits[first].place
      let short = token.count - long
      guard short < long,
        let second = splits[(first + 1)...].firstIndex(where: { $0.place == short })
      else { continue }
      let repeats = token[short...].elementsEqual(token[..<long])
      let ends = token[long...].elementsEqual(token[..<short])
      if repeats, !ends { splits.swapAt(first, second) }
    }
  }
}
