/// The order of all suffixes of a text of integers, found in linear time by induced sorting
/// (Nong, Zhang and Chan, Data Compression Conference 2009: SA-IS).
enum SuffixArray {
  /// The places where suffixes begin, in the order of the suffixes.
  ///
  /// - Parameters:
  ///   - text: the characters, from 0 to `alphabet` − 1.
  ///   - alphabet: the number of different characters.
  static func make(_ text: [Int32], alphabet: Int) -> [Int32] {
    precondition(
      text.count < Int(Int32.max), "SuffixArray: the text has 2³¹ − 1 characters or more")
    guard text.count > 1 else { return text.isEmpty ? [] : [0] }
    return [Int32](unsafeUninitializedCapacity: text.count) { array, count in
      text.withUnsafeBufferPointer {
        sort($0.baseAddress!, array.baseAddress!, text.count, alphabet)
      }
      count = text.count
    }
  }

  /// Sorts the suffixes of `text` into `array`; both have `count` places.
  ///
  /// A suffix is *small* if it comes before the one that begins a place later, otherwise *large*; the
  /// last one is large, because the end comes before every character. Small suffixes after a large
  /// one, the *leftmost small* ones, are sorted first, and from them all others follow.
  private static func sort(
    _ text: UnsafePointer<Int32>, _ array: UnsafeMutablePointer<Int32>, _ count: Int,
    _ alphabet: Int
  ) {
    let isSmall = UnsafeMutablePointer<Bool>.allocate(capacity: count)
    defer { isSmall.deallocate() }
    isSmall[count - 1] = false
    for at in stride(from: count - 2, through: 0, by: -1) {
      isSmall[at] =
        text[at] < text[at + 1] || (text[at] == text[at + 1] && isSmall[at + 1])
    }
    @inline(__always)
    func isLeftmost(_ at: Int) -> Bool { at > 0 && isSmall[at] && !isSmall[at - 1] }

    var sizes = [Int32](repeating: 0, count: alphabet)
    for at in 0..<count { sizes[Int(text[at])] += 1 }
    let buckets = Buckets(sizes)

    // The leftmost small suffixes in any order at the ends of their buckets, then all by induction:
    // that sorts the stretches from one leftmost small place to the next.
    array.update(repeating: -1, count: count)
    var ends = buckets.ends
    for at in 1..<count where isLeftmost(at) {
      ends[Int(text[at])] -= 1
      array[Int(ends[Int(text[at])])] = Int32(at)
    }
    induce(text, array, count, isSmall, buckets)

    var sorted = 0
    for index in 0..<count where isLeftmost(Int(array[index])) {
      array[sorted] = array[index]
      sorted += 1
    }
    if sorted > 0 {
      sortLeftmost(text, array, count, sorted, isSmall)
      // From the right, so that none is overwritten before it has moved.
      for index in sorted..<count { array[index] = -1 }
      ends = buckets.ends
      for index in stride(from: sorted - 1, through: 0, by: -1) {
        let at = array[index]
        array[index] = -1
        ends[Int(text[Int(at)])] -= 1
        array[Int(ends[Int(text[Int(at)])])] = at
      }
    } else {
      array.update(repeating: -1, count: count)
    }
    induce(text, array, count, isSmall, buckets)
  }

  /// Puts the leftmost small suffixes, of which `array` begins with the stretches in order, into their
  /// own order.
  private static func sortLeftmost(
    _ text: UnsafePointer<Int32>, _ array: UnsafeMutablePointer<Int32>, _ count: Int,
    _ sorted: Int, _ isSmall: UnsafePointer<Bool>
  ) {
    // Each stretch gets the number of its content. Leftmost small places are two apart at least, so
    // half their place finds room behind the sorted ones.
    let names = array + sorted
    for index in 0..<(count - sorted) { names[index] = -1 }
    var different = 0
    var before = -1
    for index in 0..<sorted {
      let at = Int(array[index])
      if before < 0 || !haveSameStretch(text, count, isSmall, before, at) { different += 1 }
      names[at / 2] = Int32(different - 1)
      before = at
    }
    var reduced: [Int32] = []
    reduced.reserveCapacity(sorted)
    for index in 0..<(count - sorted) where names[index] >= 0 { reduced.append(names[index]) }
    var order: [Int32]
    if different < sorted {
      order = make(reduced, alphabet: different)
    } else {
      order = [Int32](repeating: 0, count: sorted)
      for (index, name) in reduced.enumerated() { order[Int(name)] = Int32(index) }
    }
    // The places of the stretches in the order of the text.
    var next = 0
    for at in 1..<count where isSmall[at] && !isSmall[at - 1] {
      reduced[next] = Int32(at)
      next += 1
    }
    for index in 0..<sorted { array[index] = reduced[Int(order[index])] }
  }

  /// Whether the text is the same from two leftmost small places to the next such place.
  private static func haveSameStretch(
    _ text: UnsafePointer<Int32>, _ count: Int, _ isSmall: UnsafePointer<Bool>, _ left: Int,
    _ right: Int
  ) -> Bool {
    var offset = 0
    while true {
      let (a, b) = (left + offset, right + offset)
      // The end of the text is like no character.
      if a >= count || b >= count { return false }
      if text[a] != text[b] || isSmall[a] != isSmall[b] { return false }
      if offset > 0, isSmall[a], !isSmall[a - 1] { return isSmall[b] && !isSmall[b - 1] }
      offset += 1
    }
  }

  /// Sorts the large suffixes by the small ones that are there, then the small ones by the large.
  private static func induce(
    _ text: UnsafePointer<Int32>, _ array: UnsafeMutablePointer<Int32>, _ count: Int,
    _ isSmall: UnsafePointer<Bool>, _ buckets: Buckets
  ) {
    var starts = buckets.starts
    var ends = buckets.ends
    starts.withUnsafeMutableBufferPointer { starts in
      @inline(__always)
      func placeLarge(_ at: Int) {
        let character = Int(text[at])
        array[Int(starts[character])] = Int32(at)
        starts[character] += 1
      }
      // The suffix before the end is the first of its bucket.
      placeLarge(count - 1)
      for index in 0..<count {
        let at = Int(array[index]) - 1
        if at >= 0, !isSmall[at] { placeLarge(at) }
      }
    }
    ends.withUnsafeMutableBufferPointer { ends in
      for index in stride(from: count - 1, through: 0, by: -1) {
        let at = Int(array[index]) - 1
        guard at >= 0, isSmall[at] else { continue }
        let character = Int(text[at])
        ends[character] -= 1
        array[Int(ends[character])] = Int32(at)
      }
    }
  }

  /// Where the suffixes with each first character lie.
  private struct Buckets {
    var starts: [Int32]
    var ends: [Int32]

    init(_ sizes: [Int32]) {
      starts = []
      ends = []
      starts.reserveCapacity(sizes.count)
      ends.reserveCapacity(sizes.count)
      var sum: Int32 = 0
      for size in sizes {
        starts.append(sum)
        sum += size
        ends.append(sum)
      }
    }
  }
}
