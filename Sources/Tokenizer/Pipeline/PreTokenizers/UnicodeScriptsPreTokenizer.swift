import JSON

/// Cuts text where the script changes: the component `UnicodeScripts`.
///
/// Chinese and Japanese scripts count as one. Spaces and characters without a script belong to what
/// is before them; at the start of a piece they are left out, as the reference does.
struct UnicodeScriptsPreTokenizer: Sendable, Equatable {
  var json: JSONValue { ["type": "UnicodeScripts"] }

  /// The runs of characters of one script, in order.
  private static let runs: [(start: UInt32, script: UInt16)] = {
    var result: [(start: UInt32, script: UInt16)] = []
    var start: UInt32 = 0
    for word in ScriptTable.runs.utf8.split(separator: UInt8(ascii: " ")) {
      let numbers = word.split(separator: UInt8(ascii: ".")).map { digits in
        digits.reduce(UInt32(0)) { $0 * 36 + UInt32($1 >= 0x61 ? $1 - 0x61 + 10 : $1 - 0x30) }
      }
      start += numbers[0]
      result.append((start, UInt16(numbers[1])))
    }
    return result
  }()

  private static func script(of character: UInt32) -> UInt16 {
    let runs = Self.runs
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].start <= character { low = middle } else { high = middle }
    }
    return runs[low].script
  }

  func apply(to pieces: inout TextPieces) {
    pieces.split { text, piece, parts in
      var last: UInt16 = 0
      var start: Int?
      forEachCharacter(in: text, piece) { value, place in
        let script = Self.script(of: value)
        guard script != 0, script != last else { return }
        if let start { parts.append(start..<place.lowerBound) }
        start = place.lowerBound
        last = script
      }
      if let start { parts.append(start..<piece.upperBound) }
    }
  }
}
