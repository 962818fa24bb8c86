import CText

/// The tokens of bytes and the merges of two bytes, with which merging begins.
final class ByteMerges: @unchecked Sendable {
  /// The token of each byte, −1 where the vocabulary has none.
  let tokens: UnsafePointer<TokenID>
  /// The merge of two bytes, by 256 × the first + the second.
  let merges: UnsafePointer<Merge>
  /// All that merging short words needs, as the kernels see it.
  let kernel: UnsafePointer<apus_merges>
  private let pairs: PairTable

  init(_ byteTokens: [TokenID], _ pairs: PairTable) {
    let tokens = UnsafeMutablePointer<TokenID>.allocate(capacity: byteTokens.count)
    let merges = UnsafeMutablePointer<Merge>.allocate(capacity: 1 << 16)
    merges.initialize(repeating: .none, count: 1 << 16)
    for (left, leftToken) in byteTokens.enumerated() {
      tokens[left] = leftToken
      guard leftToken >= 0 else { continue }
      for (right, rightToken) in byteTokens.enumerated() where rightToken >= 0 {
        merges[left << 8 | right] = pairs.lookup(leftToken, rightToken)
      }
    }
    let kernel = UnsafeMutablePointer<apus_merges>.allocate(capacity: 1)
    kernel.initialize(to: pairs.merges(bytes: tokens, pairs: merges))
    self.tokens = UnsafePointer(tokens)
    self.merges = UnsafePointer(merges)
    self.kernel = UnsafePointer(kernel)
    self.pairs = pairs
  }

  deinit {
    tokens.deallocate()
    merges.deallocate()
    kernel.deallocate()
  }
}
