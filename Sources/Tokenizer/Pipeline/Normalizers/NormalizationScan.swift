/// Finds the parts of a text that a normalization form may change.
struct NormalizationScan {
  let form: UnicodeNormalizer.Form
  let tables: UnicodeTables

  /// The next stretch with something to change, nil if the rest of the text is in the form.
  ///
  /// Nothing outside a stretch depends on what is in it: a stretch and what follows it begin with
  /// characters that do not change what is before them. `start` must be such a place.
  func nextSegment(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
    guard let base = text.baseAddress else { return nil }
    let end = text.count
    let flags = tables.flags
    var segmentStart = start
    var classBefore: UInt32 = 0
    var at = start
    while at < end {
      if base[at] < 0x80 {
        at = asciiEnd(base, at, end)
        segmentStart = at - 1
        classBefore = 0
        continue
      }
      let (value, length) = character(in: base, at: at, end: end)
      let bits = flags[value]
      if bits & UnicodeTables.Flags.joinsPrevious == 0 {
        segmentStart = at
        classBefore = 0
        if bits >> UnicodeTables.Flags.decompositionShift != 0 || Hangul.isSyllable(value),
          changes(value, bits)
        {
          return segmentStart..<segmentEnd(base, at + length, end)
        }
      } else {
        let combiningClass = bits & UnicodeTables.Flags.combiningClass
        let disordered = combiningClass != 0 && combiningClass < classBefore
        let composes = form.composes && bits & UnicodeTables.Flags.composesBackwards != 0
        if disordered || composes || changes(value, bits) {
          return segmentStart..<segmentEnd(base, at + length, end)
        }
        classBefore = combiningClass
      }
      at += length
    }
    return nil
  }

  /// Whether the form replaces a character that stands alone.
  private func changes(_ character: UInt32, _ flags: UInt32) -> Bool {
    if Hangul.isSyllable(character) { return !form.composes }
    guard let decomposition = tables.decomposition(flags) else { return false }
    if form.isCompatible, !decomposition.compatible.isEmpty { return true }
    if decomposition.canonical.isEmpty { return false }
    return !form.composes || !decomposition.recomposes
  }

  /// Where the first character at or after `start` is that does not change what is before it.
  private func segmentEnd(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var at = start
    while at < end {
      let (value, length) = character(in: text, at: at, end: end)
      if tables.flags[value] & UnicodeTables.Flags.joinsPrevious == 0 { break }
      at += length
    }
    return at
  }
}
