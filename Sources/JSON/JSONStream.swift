/// JSON text from which values are taken one after another, without a tree of them.
///
/// For long lists of a known shape. Whatever is not as expected gives nil or false; what is wrong then
/// is for `JSONValue(parsing:)` to say.
package struct JSONStream {
  private var scanner: JSONScanner

  /// Begins at the start of a text.
  package init(_ bytes: UnsafeRawBufferPointer) {
    scanner = JSONScanner(
      bytes, depthLimit: 1, valueLimit: .max, duplicateKeys: .rejected,
      largeIntegers: .becomeDoubles)
  }

  /// Whether nothing but white space is left.
  package var isAtEnd: Bool {
    mutating get {
      scanner.skipSpace()
      return scanner.position == scanner.bytes.count
    }
  }

  /// Takes a sign such as a bracket or a comma if it is next.
  @inline(__always)
  package mutating func take(_ sign: UInt8) -> Bool {
    scanner.skipSpace()
    return scanner.skip(sign)
  }

  /// Takes a string without escapes in valid UTF-8: its bytes, which lie in the text.
  @inline(__always)
  package mutating func plainString() -> UnsafeBufferPointer<UInt8>? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = scanner.position
    guard (try? scanner.skipPlain()) != nil, scanner.bytes[scanner.position] == UInt8(ascii: "\"")
    else {
      scanner.position = start - 1
      return nil
    }
    let text = UnsafeBufferPointer(rebasing: scanner.bytes[start..<scanner.position])
    scanner.position += 1
    return isValidUTF8(text) ? text : nil
  }

  /// Takes a string of any kind.
  package mutating func string() -> String? {
    scanner.skipSpace()
    guard scanner.peek == UInt8(ascii: "\"") else { return nil }
    return try? scanner.string()
  }

  /// Takes a whole number of at most nine digits.
  @inline(__always)
  package mutating func smallInteger() -> Int? {
    scanner.skipSpace()
    var value = 0
    var digits = 0
    while case let digit = scanner.peek &- UInt8(ascii: "0"), digit < 10, digits < 10 {
      // A number does not begin with a zero.
      if digits == 1, value == 0 { return nil }
      value = value * 10 + Int(digit)
      digits += 1
      scanner.position += 1
    }
    switch scanner.peek {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return nil
    default: return digits > 0 && digits < 10 ? value : nil
    }
  }
}

extension JSONValue {
  /// Reads strict JSON but for a few values, which are passed over: null stands in their place.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - keys: members of the member `parent` of the text's object.
  /// - Returns: the value, and the text of each value that was passed over, of which only the strings
  ///   and the brackets have been looked at.
  package static func parsing(
    _ bytes: UnsafeRawBufferPointer, deferring keys: Set<String>, of parent: String
  ) throws(JSONError) -> (value: JSONValue, deferred: [String: UnsafeRawBufferPointer]) {
    var scanner = JSONScanner(
      bytes, depthLimit: 128, valueLimit: .max, duplicateKeys: .rejected,
      largeIntegers: .becomeDoubles)
    scanner.deferral = (parent, keys)
    do throws(JSONFailure) {
      let value = try scanner.document()
      return (
        value, scanner.deferred.mapValues { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
      )
    } catch {
      throw JSONError(error, in: bytes)
    }
  }
}
