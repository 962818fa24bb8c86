/// What to do when an object names a key twice.
package enum JSONDuplicateKeys: Sendable {
  /// Such a text is an error.
  case rejected
  /// The last value stands, in the place of the first, as in Python.
  case lastWins
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
    duplicateKeys: JSONDuplicateKeys = .rejected
  ) throws(JSONError) {
    var scanner = JSONScanner(
      bytes, depthLimit: depthLimit, valueLimit: valueLimit, duplicateKeys: duplicateKeys)
    do throws(JSONFailure) {
      self = try scanner.document()
    } catch {
      throw JSONError(error, in: bytes)
    }
  }

  /// Reads strict JSON from UTF-8 bytes.
  package init(
    parsing bytes: [UInt8], depthLimit: Int = 128, valueLimit: Int = .max,
    duplicateKeys: JSONDuplicateKeys = .rejected
  ) throws(JSONError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in
        try JSONValue(
          parsing: bytes, depthLimit: depthLimit, valueLimit: valueLimit,
          duplicateKeys: duplicateKeys)
      }
    }
    self = try result.get()
  }

  /// Reads strict JSON from text.
  package init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }
}
