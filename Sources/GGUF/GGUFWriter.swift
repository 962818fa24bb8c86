import Files

/// A tensor that is to be written, before its place in the file is known.
package struct GGUFTensorDeclaration: Sendable, Equatable {
  /// Its name.
  package let name: String
  /// Its extents as the file has them: the one whose neighbours lie side by side comes first.
  package let shape: [Int]
  /// How its elements are stored.
  package let type: GGUFTensorType

  package init(name: String, shape: [Int], type: GGUFTensorType) {
    self.name = name
    self.shape = shape
    self.type = type
  }
}

/// Writes a GGUF file, one tensor after the other, without holding any of them.
///
/// Metadata and tensors keep the order in which they are given. The alignment is what the metadata
/// says under `general.alignment`, otherwise 32; zeros fill the space before the first tensor and
/// after each. That is how the Python package gguf and ggml write files, so one that was read from
/// them and is written again has the same bytes. The file appears under its name only when
/// `finish()` has put all of it on the disk.
///
/// ```swift
/// var writer = try GGUFWriter(replacing: path, metadata: metadata, tensors: declarations)
/// for tensor in writer.tensors { try writer.write(bytes(of: tensor.name)) }
/// try writer.finish()
/// ```
package struct GGUFWriter: ~Copyable {
  /// The tensors with their places, in the order in which their bytes must be written.
  package let tensors: [GGUFTensor]
  private let alignment: Int
  private var output: GGUFOutput
  /// The tensor that comes next, and how much of it is written.
  private var next = 0
  private var written = 0

  /// The dimensions of a tensor at most; ggml reads no more.
  package static let dimensionLimit = 4
  /// The alignment at most: each tensor may take that much more space.
  package static let alignmentLimit = 1 << 20

  /// Begins the file with everything that comes before the data of the tensors.
  ///
  /// - Parameters:
  ///   - path: The file that is written or replaced.
  ///   - version: 3, or 2, which differs in nothing but the number.
  ///   - metadata: All keys, each once, in the order of the file.
  ///   - tensors: All tensors, each name once, in the order of the file.
  ///   - endsAligned: Whether zeros follow the head of a file without tensors. ggml writes them, the
  ///     Python package leaves them out after a vocabulary.
  package init(
    replacing path: String, version: UInt32 = 3,
    metadata: [(key: String, content: GGUFContent)], tensors: [GGUFTensorDeclaration],
    endsAligned: Bool = true
  ) throws(GGUFWritingError) {
    precondition(version == 2 || version == 3, "GGUFWriter: there is no version \(version)")
    let alignment =
      metadata.first { $0.key == GGUFFile.alignmentKey }.map { $0.content.integer ?? 0 } ?? 32
    let offsets = try Self.layout(path, metadata.map(\.key), tensors, alignment)
    do throws(FileError) {
      var output = GGUFOutput(try AtomicFile(replacing: path))
      try output.write(GGUFFile.magic)
      try output.write(version)
      try output.write(UInt64(tensors.count))
      try output.write(UInt64(metadata.count))
      for (key, content) in metadata {
        try output.write(key)
        try output.write(content.type.rawValue)
        try output.write(content)
      }
      for (tensor, offset) in zip(tensors, offsets) {
        try output.write(tensor.name)
        try output.write(UInt32(tensor.shape.count))
        for extent in tensor.shape { try output.write(UInt64(extent)) }
        try output.write(tensor.type.rawValue)
        try output.write(UInt64(offset))
      }
      if endsAligned || !tensors.isEmpty { try output.pad(to: alignment) }
      let start = output.count
      self.tensors = zip(tensors, offsets).map { tensor, offset in
        GGUFTensor(
          name: tensor.name, shape: tensor.shape, type: tensor.type, offset: start + offset,
          byteCount: tensor.type.byteCount(ofShape: tensor.shape))
      }
      self.alignment = alignment
      self.output = output
    } catch {
      throw .file(error)
    }
  }

  /// The bytes from the beginning of the data to each tensor.
  private static func layout(
    _ path: String, _ keys: [String], _ tensors: [GGUFTensorDeclaration], _ alignment: Int
  ) throws(GGUFWritingError) -> [Int] {
    var problems: [String] = []
    var seen: Set<String> = []
    for key in keys where !seen.insert(key).inserted {
      problems.append("the key “\(key)” is given more than once")
    }
    if alignment <= 0 || alignment & (alignment - 1) != 0 || alignment > alignmentLimit {
      problems.append(
        "“\(GGUFFile.alignmentKey)” must be a power of two, \(alignmentLimit) at most")
    }
    seen = []
    var offsets: [Int] = []
    var end = 0
    for tensor in tensors {
      if !seen.insert(tensor.name).inserted {
        problems.append("the tensor “\(tensor.name)” is given more than once")
      }
      if tensor.shape.count > dimensionLimit {
        problems.append(
          "“\(tensor.name)” has \(tensor.shape.count) dimensions; \(dimensionLimit) are the most")
      }
      offsets.append(end)
      guard !tensor.shape.contains(where: { $0 < 0 }),
        let size = tensor.type.byteCount(ofShape: tensor.shape), size < 1 << 60,
        end < 1 << 60
      else {
        let type = tensor.type.layout?.name ?? "\(tensor.type.rawValue)"
        problems.append("“\(tensor.name)” of shape \(tensor.shape) cannot have the type \(type)")
        continue
      }
      if problems.isEmpty { end += (size + alignment - 1) / alignment * alignment }
    }
    guard problems.isEmpty else { throw .unwritable(path: path, problems: problems) }
    return offsets
  }

  /// Appends the next bytes: a tensor, a part of one, or several, in the order of `tensors`.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(GGUFWritingError) {
    var rest = bytes
    do throws(FileError) {
      while !rest.isEmpty {
        precondition(next < tensors.count, "GGUFWriter.write: more bytes than were declared")
        let size = tensors[next].byteCount ?? 0
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(size - written))
        try output.write(part)
        written += part.count
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
        if written == size {
          try output.pad(to: alignment)
          (next, written) = (next + 1, 0)
        }
      }
    } catch {
      throw .file(error)
    }
  }

  /// Appends the next bytes.
  package mutating func write(_ bytes: [UInt8]) throws(GGUFWritingError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(GGUFWritingError) in try write(bytes) }
    }
    try result.get()
  }

  /// Puts the complete file in its place; without this call nothing changes on the disk.
  package consuming func finish() throws(GGUFWritingError) {
    let isComplete =
      written == 0 && tensors[next...].allSatisfy { $0.byteCount ?? 0 == 0 }
    precondition(isComplete, "GGUFWriter.finish: not all declared bytes were written")
    do throws(FileError) {
      try output.finish()
    } catch {
      throw .file(error)
    }
  }
}
