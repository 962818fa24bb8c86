extension GGUFFile {
  /// Calls `body` with the bytes of each element of an array of strings.
  package func forEachString<Failure: Error>(
    of array: GGUFArray, _ body: (Int, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(array.elementType == .string, "an array of strings")
    var offset = array.byteRange.lowerBound
    for index in 0..<array.count {
      let length = Int(
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
      try body(index, UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
      offset += length
    }
    withExtendedLifetime(self) {}
  }

  /// The elements of an array of strings; one that is not UTF-8 is an error.
  package func strings(_ array: GGUFArray) throws(GGUFError) -> [String] {
    guard array.elementType == .string else {
      throw GGUFError(
        path: path, offset: array.byteRange.lowerBound, reason: "an array of strings was expected")
    }
    var result: [String] = []
    result.reserveCapacity(array.count)
    try forEachString(of: array) { (index, bytes) throws(GGUFError) in
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw GGUFError(
          path: path, offset: array.byteRange.lowerBound,
          reason: "element \(index) of an array is not UTF-8 text")
      }
      result.append(text)
    }
    return result
  }

  /// The elements of an array of whole numbers or floats, as doubles.
  package func numbers(_ array: GGUFArray) throws(GGUFError) -> [Double] {
    guard array.elementType.byteCount != nil else {
      throw GGUFError(
        path: path, offset: array.byteRange.lowerBound, reason: "an array of numbers was expected")
    }
    var reader = GGUFReader(bytes: bytes, path: path, offset: array.byteRange.lowerBound)
    var result: [Double] = []
    result.reserveCapacity(array.count)
    for _ in 0..<array.count {
      let value = try reader.value(array.elementType, "an element")
      result.append(value.double ?? (value.bool == true ? 1 : 0))
    }
    withExtendedLifetime(self) {}
    return result
  }

  /// The elements of any array, as values.
  package func values(_ array: GGUFArray) throws(GGUFError) -> [GGUFValue] {
    var reader = GGUFReader(bytes: bytes, path: path, offset: array.byteRange.lowerBound)
    var result: [GGUFValue] = []
    result.reserveCapacity(array.count)
    for _ in 0..<array.count {
      result.append(try reader.value(array.elementType, "an element"))
    }
    withExtendedLifetime(self) {}
    return result
  }
}
