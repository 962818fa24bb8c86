/// Splits tokens, ordered by a key, where their probabilities add up to a given mass, without sorting
/// them: quickselect by weight, linear on average.
struct MassSelection: Sendable {
  /// A token with what orders it and its share.
  struct Entry {
    var key: Float
    var weight: Float
    var token: Int32

    /// Whether it comes before another one; smaller tokens first among equal keys.
    func isBefore(_ other: Entry) -> Bool {
      key < other.key || (key == other.key && token < other.token)
    }
  }

  /// The tokens; ``split(at:including:)`` reorders them.
  var entries: [Entry] = []

  /// Splits the entries where their weights reach a mass.
  ///
  /// Afterwards those before the returned place are the longest beginning, in order of their keys,
  /// whose weights add up to less than `mass`, or at most `mass` when `including`. The entry at that
  /// place is the one that follows in order.
  mutating func split(at mass: Double, including: Bool) -> Int {
    var low = 0
    var high = entries.count
    var before = 0.0
    while low < high {
      let middle = partition(low, high)
      var sum = before
      for place in low..<middle { sum += Double(entries[place].weight) }
      let through = sum + Double(entries[middle].weight)
      if !fits(sum, mass, including) {
        high = middle
      } else if fits(through, mass, including) {
        before = through
        low = middle + 1
      } else {
        return middle
      }
    }
    return low
  }

  private func fits(_ sum: Double, _ mass: Double, _ including: Bool) -> Bool {
    // Nothing at all always fits.
    sum == 0 || (including ? sum <= mass : sum < mass)
  }

  /// Brings the entries before a pivot to the front of the range and returns the pivot's place.
  private mutating func partition(_ low: Int, _ high: Int) -> Int {
    let middle = low + (high - low) / 2
    let last = high - 1
    if entries[middle].isBefore(entries[low]) { entries.swapAt(middle, low) }
    if entries[last].isBefore(entries[low]) { entries.swapAt(last, low) }
    if entries[middle].isBefore(entries[last]) { entries.swapAt(middle, last) }
    let pivot = entries[last]
    var place = low
    for index in low..<last where entries[index].isBefore(pivot) {
      entries.swapAt(index, place)
      place += 1
    }
    entries.swapAt(place, last)
    return place
  }
}
