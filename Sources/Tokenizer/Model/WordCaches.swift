import CText

/// The cache of words that all encoders of a tokenizer use, made when the first of them asks for it.
final class WordCaches: Sendable {
  private let current = Locked<WordCache?>(nil)

  /// The cache in use.
  ///
  /// - Parameter full: one that has become full, and is no longer to be used by anybody.
  func cache(after full: WordCache? = nil) -> WordCache {
    current.withLock { current in
      if let current, current !== full { return current }
      let made = WordCache()
      current = made
      return made
    }
  }
}

/// The words that an encoder knows: those of the cache that all encoders of its tokenizer share.
struct KnownWords {
  private let caches: WordCaches
  private var cache: WordCache
  /// The table of the cache as the kernels see it.
  private(set) var table: UnsafeMutablePointer<apus_words>

  init(_ caches: WordCaches) {
    self.caches = caches
    cache = caches.cache()
    table = cache.table
  }

  /// Begins with an empty cache if the one in use is full.
  @inline(__always)
  mutating func renewIfFull() {
    if apus_words_are_full(table) { renew() }
  }

  @inline(never)
  private mutating func renew() {
    cache = caches.cache(after: cache)
    table = cache.table
  }

  /// Writes the tokens of a known word to `output`, which has room for `apus_spare_tokens`, and returns
  /// their number, or −1 if the word is not known.
  @inline(__always)
  func copy(_ key: WordCache.Key, to output: UnsafeMutablePointer<TokenID>) -> Int {
    Int(apus_find_word(table, key.low, key.high, output))
  }

  /// Keeps a word's tokens, unless they are more than its bytes can be; if there is no place left, those
  /// of another word are forgotten.
  mutating func insert(_ key: WordCache.Key, tokens: UnsafePointer<TokenID>, count: Int) {
    guard count <= WordCache.longestWord else { return }
    renewIfFull()
    apus_keep_word(table, key.low, key.high, tokens, count)
  }
}
