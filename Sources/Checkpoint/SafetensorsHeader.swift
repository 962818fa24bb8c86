import JSON

/// The header of a safetensors file: eight bytes of length, then JSON.
///
/// The rules are those of the reference implementation, <https://github.com/huggingface/safetensors>
/// 0.8. Two are stricter, as the format's description asks: a key may not come twice, and the
/// header must begin with `{`.
package struct SafetensorsHeader: Sendable {
  /// The tensors in the order of their bytes; ranges count from the beginning of the file.
  package let entries: [TensorInfo]
  /// The strings under `__metadata__`.
  package let metadata: [String: String]

  static let maximumByteCount = 100_000_000
  /// No header of that size has more values, unless its shapes have hundreds of extents.
  static let maximumValueCount = 1 << 24
  static let metadataKey = "__metadata__"

  /// Reads and checks the header at the beginning of a whole file's bytes.
  package init(of file: UnsafeRawBufferPointer) throws(SafetensorsFaults) {
    let text = try Self.text(of: file)
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: text, valueLimit: Self.maximumValueCount)
    } catch {
      throw [.headerNotJSON(reason: error.description)]
    }
    var faults: [SafetensorsFault] = []
    var metadata: [String: String] = [:]
    var spans: [TensorSpan] = []
    for (name, member) in value.object ?? [:] {
      do throws(SafetensorsFault) {
        if name == Self.metadataKey {
          metadata = try Self.metadata(member)
        } else {
          spans.append(try TensorSpan(name: name, member))
        }
      } catch {
        faults.append(error)
      }
    }
    let dataStart = 8 + text.count
    // Of tensors without bytes several may begin at one place; they keep the header's order.
    let order = spans.indices.sorted {
      (spans[$0].begin, spans[$0].end, $0) < (spans[$1].begin, spans[$1].end, $1)
    }
    let sorted = order.map { spans[$0] }
    // With an entry missing, the layout of the rest would only repeat that fault.
    if faults.isEmpty {
      faults = Self.layoutFaults(of: sorted, available: file.count - dataStart)
    }
    guard faults.isEmpty else { throw SafetensorsFaults(faults) }
    self.metadata = metadata
    entries = sorted.map { span in
      TensorInfo(
        name: span.name, elementType: span.elementType, shape: span.shape,
        byteRange: dataStart + span.begin..<dataStart + span.end)
    }
  }

  /// The header's JSON.
  private static func text(
    of file: UnsafeRawBufferPointer
  ) throws(SafetensorsFaults) -> UnsafeRawBufferPointer {
    guard file.count >= 8 else { throw [.tooShort(byteCount: file.count)] }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(maximumByteCount) else { throw [.headerTooLarge(length: length)] }
    guard Int(length) <= file.count - 8 else {
      throw [.headerBeyondEnd(length: Int(length), available: file.count - 8)]
    }
    guard length > 0, file[8] == UInt8(ascii: "{") else { throw [.headerStart] }
    return UnsafeRawBufferPointer(rebasing: file[8..<8 + Int(length)])
  }

  private static func metadata(
    _ value: JSONValue
  ) throws(SafetensorsFault) -> [String: String] {
    if value.isNull { return [:] }
    guard let object = value.object else { throw .metadata(reason: "it is \(value.kind)") }
    var metadata: [String: String] = [:]
    for (key, value) in object {
      guard let text = value.string else {
        throw .metadata(reason: "\(quoted(key)) is \(value.kind)")
      }
      metadata[key] = text
    }
    return metadata
  }

  /// Whether the tensors tile the data without overlap, gap or rest.
  private static func layoutFaults(
    of spans: [TensorSpan], available: Int
  ) -> [SafetensorsFault] {
    var faults: [SafetensorsFault] = []
    var end = 0
    var previous = ""
    for span in spans {
      if span.begin < end {
        faults.append(.overlap(tensor: span.name, previous: previous))
      } else if span.begin > end {
        faults.append(.gap(tensor: span.name, begin: span.begin, expected: end))
      }
      end = max(end, span.end)
      previous = span.name
    }
    if faults.isEmpty && end != available {
      faults.append(.coverage(tensorBytes: end, fileBytes: available))
    }
    return faults
  }
}

/// All faults of a header.
package struct SafetensorsFaults: Error, Sendable, ExpressibleByArrayLiteral {
  /// The faults, at least one.
  package let faults: [SafetensorsFault]

  init(_ faults: [SafetensorsFault]) { self.faults = faults }
  package init(arrayLiteral elements: SafetensorsFault...) { faults = elements }
}
