package import Files

/// A GGUF file: metadata by key, tensors by name, and their bytes, which stay in the file.
///
/// Versions 2 and 3 with the least byte first are read; all lengths, counts, offsets and types are
/// checked before the file is accepted, and what they take in memory is bounded by what the file
/// has in bytes.
package final class GGUFFile: @unchecked Sendable {
  /// What errors call the file.
  package let path: String
  /// The version of the format: 2 or 3.
  package let version: UInt32
  /// The metadata in the order of the file.
  package let metadata: [(key: String, value: GGUFValue)]
  /// Where the bytes of each value of the metadata lie, behind the number of its type.
  let valueRanges: [Range<Int>]
  /// The tensors in the order of the file.
  package let tensors: [GGUFTensor]
  /// What tensor offsets are a multiple of.
  package let alignment: Int
  /// Where the data of the tensors begins.
  package let dataOffset: Int
  /// Whether the file goes on to where data begin; vocabularies, which have none, may end before.
  package var endsAligned: Bool { bytes.count >= dataOffset }
  /// All bytes of the file; they go with the last reference to this object.
  package let bytes: UnsafeRawBufferPointer

  private let mapping: MappedFile?
  private let positions: [String: Int]

  /// The first four bytes of such a file.
  package static let magic: [UInt8] = [0x47, 0x47, 0x55, 0x46]
  /// The key of the alignment.
  package static let alignmentKey = "general.alignment"

  /// Reads the file at `path`, of which only what is asked for is brought into memory.
  package convenience init(mapping file: MappedFile) throws(GGUFError) {
    try self.init(file.bytes, path: file.path, mapping: file)
  }

  /// Reads a copy of some bytes.
  package convenience init(parsing bytes: [UInt8], name: String) throws(GGUFError) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    copy.copyBytes(from: bytes)
    do throws(GGUFError) {
      // Checked first, so that the copy goes if it is refused: no deinit runs then.
      _ = try GGUFContents(UnsafeRawBufferPointer(copy), path: name)
    } catch {
      copy.deallocate()
      throw error
    }
    try self.init(UnsafeRawBufferPointer(copy), path: name, mapping: nil)
  }

  private init(
    _ bytes: UnsafeRawBufferPointer, path: String, mapping: MappedFile?
  ) throws(GGUFError) {
    let contents = try GGUFContents(bytes, path: path)
    self.bytes = bytes
    self.path = path
    self.mapping = mapping
    version = contents.version
    metadata = contents.metadata
    valueRanges = contents.valueRanges
    positions = contents.positions
    tensors = contents.tensors
    alignment = contents.alignment
    dataOffset = contents.dataOffset
  }

  deinit {
    if mapping == nil { bytes.deallocate() }
  }

  /// The value of a key.
  package subscript(key: String) -> GGUFValue? { positions[key].map { metadata[$0].value } }

  /// The bytes of a tensor, or nil if its size is unknown; they live as long as this object.
  package func bytes(of tensor: GGUFTensor) -> UnsafeRawBufferPointer? {
    tensor.byteCount.map {
      UnsafeRawBufferPointer(rebasing: bytes[tensor.offset..<tensor.offset + $0])
    }
  }
}

/// What the head of a GGUF file says.
struct GGUFContents {
  var version: UInt32
  var metadata: [(key: String, value: GGUFValue)] = []
  var valueRanges: [Range<Int>] = []
  var positions: [String: Int] = [:]
  var tensors: [GGUFTensor] = []
  var alignment = 32
  var dataOffset = 0

  /// Dimensions of a tensor at most.
  private static let dimensionLimit = 8

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(GGUFError) {
    var reader = GGUFReader(bytes: bytes, path: path, offset: 0)
    guard bytes.prefix(4).elementsEqual(GGUFFile.magic) else {
      throw reader.failure(
        LFSPointer.begins(bytes)
          ? "a pointer of Git LFS begins; " + LFSPointer.advice : "“GGUF” was expected")
    }
    reader.offset = 4
    version = try reader.integer(UInt32.self, "the version")
    if version.byteSwapped == 2 || version.byteSwapped == 3 {
      throw reader.failure(
        "the version is \(version.byteSwapped) with its greatest byte first;"
          + " files for big-endian machines are not read", at: 4)
    }
    guard version == 2 || version == 3 else {
      throw reader.failure("the version is \(version); versions 2 and 3 are read", at: 4)
    }
    // The count of tensors comes first, but the metadata before them.
    let tensorPlace = reader.offset
    let tensorCount = try reader.count("the count of tensors", ofAtLeast: 24)
    let entryCount = try reader.count("the count of metadata", ofAtLeast: 13)
    try readMetadata(entryCount, &reader)
    guard tensorCount <= reader.rest / 24 else {
      throw reader.failure(
        "the count of tensors is \(tensorCount), more than the file can hold", at: tensorPlace)
    }
    try readTensors(tensorCount, &reader)
  }

  private mutating func readMetadata(
    _ count: Int, _ reader: inout GGUFReader
  ) throws(GGUFError) {
    for number in 0..<count {
      let start = reader.offset
      let key = try reader.string("the key of metadata \(number)")
      guard positions.updateValue(number, forKey: key) == nil else {
        throw reader.failure("the key “\(key)” is there a second time", at: start)
      }
      let type = try reader.valueType("“\(key)”")
      let begin = reader.offset
      metadata.append((key, try reader.value(type, "“\(key)”")))
      valueRanges.append(begin..<reader.offset)
      if key == GGUFFile.alignmentKey {
        guard let value = metadata[number].value.integer, value > 0, value & (value - 1) == 0,
          value <= 1 << 30
        else {
          throw reader.failure("“\(key)” must be a power of two", at: start)
        }
        alignment = value
      }
    }
  }

  private mutating func readTensors(
    _ count: Int, _ reader: inout GGUFReader
  ) throws(GGUFError) {
    var names: Set<String> = []
    var places: [Int] = []
    for number in 0..<count {
      let start = reader.offset
      places.append(start)
      let name = try reader.string("the name of tensor \(number)")
      guard names.insert(name).inserted else {
        throw reader.failure("the tensor “\(name)” is there a second time", at: start)
      }
      let rank = try reader.integer(UInt32.self, "the rank of “\(name)”")
      guard rank <= Self.dimensionLimit else {
        throw reader.failure(
          "“\(name)” has \(rank) dimensions; \(Self.dimensionLimit) are the most", at: start)
      }
      var shape: [Int] = []
      var elements = 1
      for _ in 0..<rank {
        let extent = try reader.integer(UInt64.self, "an extent of “\(name)”")
        // Empty tensors must not have absurd extents either.
        let (product, overflow) = elements.multipliedReportingOverflow(
          by: max(Int(clamping: extent), 1))
        guard extent <= UInt64(Int.max), !overflow else {
          throw reader.failure("“\(name)” has more elements than can be counted", at: start)
        }
        elements = product
        shape.append(Int(extent))
      }
      let type = GGUFTensorType(rawValue: try reader.integer(UInt32.self, "the type of “\(name)”"))
      let offset = try reader.integer(UInt64.self, "the offset of “\(name)”")
      guard offset.isMultiple(of: UInt64(alignment)) else {
        throw reader.failure(
          "the offset \(offset) of “\(name)” must be a multiple of \(alignment)",
          at: reader.offset - 8)
      }
      guard offset <= UInt64(reader.bytes.count) else {
        throw reader.failure(
          "“\(name)” has the offset \(offset), beyond the end of the file at"
            + " \(reader.bytes.count); was it copied completely?", at: reader.offset - 8)
      }
      let size = type.byteCount(ofShape: shape)
      if size == nil, let layout = type.layout {
        throw reader.failure(
          "“\(name)” of type \(layout.name) has rows that are no whole number of blocks of"
            + " \(layout.elements), or is too large", at: start)
      }
      tensors.append(
        GGUFTensor(name: name, shape: shape, type: type, offset: Int(offset), byteCount: size))
    }
    // The data begins at the next multiple of the alignment.
    dataOffset = (reader.offset + alignment - 1) / alignment * alignment
    for (index, tensor) in tensors.enumerated() {
      let begin = dataOffset + tensor.offset
      guard begin <= reader.bytes.count,
        tensor.byteCount ?? 0 <= reader.bytes.count - begin
      else {
        throw reader.failure(
          "“\(tensor.name)” lies at \(begin) with \(tensor.byteCount ?? 0) bytes, beyond the end"
            + " of the file at \(reader.bytes.count); was it copied completely?", at: places[index])
      }
      tensors[index] = GGUFTensor(
        name: tensor.name, shape: tensor.shape, type: tensor.type, offset: begin,
        byteCount: tensor.byteCount)
    }
  }
}
