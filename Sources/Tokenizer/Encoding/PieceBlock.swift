import CText

/// Some pieces that follow each other, to be looked up in the cache of words at once.
///
/// A lookup mostly waits for memory; many that do not depend on each other wait together.
final class PieceBlock {
  /// As soon as a block has so many pieces it is full.
  private static let enough = 64
  /// No block goes on beyond so many bytes.
  private static let longest = 1 << 20

  /// Where each piece begins, counted from the first one, and where the last one ends.
  let starts: UnsafeMutablePointer<UInt32>
  /// The number of pieces.
  @exclusivity(unchecked) private(set) var count = 0
  /// What is cut fast, if there is a fast way.
  private let pattern: apus_pattern?

  init(_ pattern: apus_pattern?) {
    self.pattern = pattern
    starts = .allocate(capacity: Self.enough + Int(apus_piece_room))
  }

  deinit { starts.deallocate() }

  /// The bytes of all pieces.
  var length: Int { Int(starts[count]) }

  /// Takes the pieces that begin at `begin`, where one does, before `end`.
  @inline(__always)
  func fill<Splitter: TextSplitter>(
    _ text: UnsafePointer<UInt8>, from begin: Int, to end: Int, _ splitter: inout Splitter,
    classes: CharacterClasses
  ) {
    count = 0
    starts[0] = 0
    let first = text + begin
    let length = end &- begin
    var at = 0
    while count < Self.enough, at < min(length, Self.longest) {
      if var pattern, isPlain(first + at, length &- at) {
        count &+= apus_find_pieces(&pattern, first, at, length, starts + count)
        at = self.length
        if count >= Self.enough || at >= length { return }
      }
      // What no fast way decides, and at the end of a text what is left of it.
      at = splitter.pieceEnd(in: text, from: begin &+ at, to: end, classes: classes) &- begin
      count &+= 1
      precondition(at < Int32.max, "encode: a piece of text has about 2³¹ bytes or more")
      starts[count] = UInt32(truncatingIfNeeded: at)
    }
  }

  /// Whether text begins with some ASCII, so that the fast way is worth trying.
  @inline(__always)
  private func isPlain(_ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    guard length >= 16 else { return false }
    let raw = UnsafeRawPointer(text)
    let both =
      raw.loadUnaligned(as: UInt64.self) | raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    return both & 0x8080_8080_8080_8080 == 0
  }
}
