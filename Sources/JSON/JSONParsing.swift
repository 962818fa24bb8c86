/// What to do when an object names a key twice.
package enum JSONDuplicateKeys: Sendable {
  /// Such a text is an error.
  case rejected
  /// The last value stands, in the place of the first, as in Python.
  case lastWins
}

/// What to do with an integer that does not fit 64 bits.
package enum JSONLargeIntegers: Sendable {
  /// The nearest double stands for it.
  case becomeDoubles
  /// Such a text is an error.
  case rejected
}

extension JSONValue {
  /// Reads strict RFC 8259 JSON, and nothing else, from UTF-8 bytes.
  ///
  /// Rejected are byte order marks, comments, trailing commas and bytes, control characters in
  /// strings, invalid UTF-8, lone surrogates, `NaN` and `Infinity`, numbers beyond `Double`, arrays
  /// and objects nested deeper than `depthLimit`, and repeated keys unless allowed. A value takes
  /// up to fifty bytes of memory for two of text, which `valueLimit` can bound.
  package init(
    parsing bytes: UnsafeRawBufferPointer, depthLimit: Int = 128, valueLimit: Int = .max,
    duplicateKeys: JSONDuplicateKeys = .rejected,
    largeIntegers: JSONLargeIntegers = .becomeDoubles
  ) throws(JSONError) {
    var scanner = JSONScanner(
      bytes, depthLimit: depthLimit, valueLimit: valueLimit, duplicateKeys: duplicateKeys,
      largeIntegers: largeIntegers)
    do throws(JSONFailure) {
      self = try scanner.document()
    } catch {
      throw JSONError(error, in: bytes)
    }
  }

  /// Reads strict JSON from UTF-8 bytes.
  package init(
    parsing bytes: [UInt8], depthLimit: Int = 128, valueLimit: Int = .max,
    duplicateKeys: JSONDuplicateKeys = .rejected,
    largeIntegers: JSONLargeIntegers = .becomeDoubles
  ) throws(JSONError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in
        try JSONValue(
          parsing: bytes, depthLimit: depthLimit, valueLimit: valueLimit,
          duplicateKeys: duplicateKeys, largeIntegers: largeIntegers)
      }
    }
    self = try result.get()
  }

  /// Reads strict JSON from text.
  package init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }
}
