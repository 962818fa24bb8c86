import JSON

/// One tensor of a safetensors header, checked by itself; offsets count from the first data byte.
struct TensorSpan {
  let name: String
  let elementType: ElementType
  let shape: [Int]
  let begin: Int
  let end: Int

  /// Reads `{"dtype": …, "shape": […], "data_offsets": [begin, end]}`; other fields are ignored, as
  /// in the reference implementation.
  init(name: String, _ value: JSONValue) throws(SafetensorsFault) {
    guard let object = value.object else {
      throw .entry(tensor: name, reason: "expected an object, found \(value.kind)")
    }
    guard let typeName = try Self.field("dtype", of: object, name).string else {
      throw .entry(tensor: name, reason: "dtype must be a string")
    }
    shape = try Self.counts("shape", of: object, name)
    let offsets = try Self.counts("data_offsets", of: object, name)
    guard offsets.count == 2 else {
      throw .entry(
        tensor: name, reason: "data_offsets must be two numbers, and has \(offsets.count)")
    }
    guard let elementType = ElementType(rawValue: typeName) else {
      throw .unknownElementType(tensor: name, name: String(typeName.prefix(100)))
    }
    guard offsets[0] <= offsets[1] else {
      throw .reversed(tensor: name, begin: offsets[0], end: offsets[1])
    }
    guard let bits = elementType.totalBits(ofShape: shape) else {
      throw .tooLarge(tensor: name, shape: shape)
    }
    guard bits % 8 == 0 else { throw .partialByte(tensor: name, bitCount: bits) }
    guard offsets[1] - offsets[0] == bits / 8 else {
      throw .byteCount(tensor: name, expected: bits / 8, found: offsets[1] - offsets[0])
    }
    self.name = name
    self.elementType = elementType
    begin = offsets[0]
    end = offsets[1]
  }

  private static func field(
    _ key: String, of object: JSONObject, _ tensor: String
  ) throws(SafetensorsFault) -> JSONValue {
    guard let value = object[key] else { throw .entry(tensor: tensor, reason: "\(key) is missing") }
    return value
  }

  /// An array of integers that are not negative.
  private static func counts(
    _ key: String, of object: JSONObject, _ tensor: String
  ) throws(SafetensorsFault) -> [Int] {
    guard let elements = try field(key, of: object, tensor).array else {
      throw .entry(tensor: tensor, reason: "\(key) must be an array")
    }
    var counts: [Int] = []
    counts.reserveCapacity(elements.count)
    for element in elements {
      guard let count = element.integer, count >= 0 else {
        throw .entry(
          tensor: tensor, reason: "\(key) must hold integers from 0 to \(Int.max)")
      }
      counts.append(count)
    }
    return counts
  }
}
