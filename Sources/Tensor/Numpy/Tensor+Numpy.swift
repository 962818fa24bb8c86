private import Files

/// NumPy's files of one array.
extension Tensor {
  /// The array in a `.npy` file of version 1, 2 or 3, in C or Fortran order, of either byte order.
  ///
  /// Little-endian elements stay in the mapped file, uncopied, where their place in it suits their
  /// type; an array in Fortran order becomes a transposed view.
  public init(contentsOfNumpyFile path: String) throws(NumpyError) {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(path) } catch {
      throw .file(path: path, reason: error.description)
    }
    let header = try NumpyHeader(file.bytes, path: path)
    let extents = header.isFortranOrder ? header.shape.reversed() : header.shape
    guard extents.count <= Shape.largestRank else {
      throw .tooLarge(path: path, shape: header.shape)
    }
    // Extents next to a zero must not overflow either: strides are made of them.
    var size = header.dtype.byteCount
    for extent in extents where extent > 0 {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= 1 << 62 else {
        throw .tooLarge(path: path, shape: header.shape)
      }
      size = product
    }
    let shape = Shape(extents)
    let byteCount = shape.elementCount * header.dtype.byteCount
    guard file.bytes.count - header.dataStart == byteCount else {
      throw .wrongLength(
        path: path, expected: header.dataStart + byteCount, found: file.bytes.count)
    }
    let data = UnsafeRawBufferPointer(rebasing: file.bytes[header.dataStart...])
    let swaps = header.isBigEndian && header.dtype.byteCount > 1
    let isAligned = Int(bitPattern: data.baseAddress) % header.dtype.byteCount == 0
    var tensor: Tensor
    if swaps || !isAligned || header.dtype == .bool {
      tensor = Tensor(bytes: data, shape: shape, dtype: header.dtype)
      if swaps { tensor.swapBytes() }
      if header.dtype == .bool { tensor.normalizeBools() }
    } else {
      tensor = Tensor(borrowing: data, shape: shape, dtype: header.dtype, owner: file)
    }
    if header.isFortranOrder {
      tensor = tensor.permuted(by: Array((0..<tensor.rank).reversed()))
    }
    self = tensor
  }

  /// Writes the tensor as `numpy.save` does, byte for byte: version 1, C order, little-endian.
  ///
  /// The file appears complete or not at all. NumPy has no bfloat16; cast such a tensor first.
  public func write(toNumpyFile path: String) throws(NumpyError) {
    guard let header = NumpyHeader.bytes(shape: shape, dtype: dtype) else {
      throw .unsupportedType(path: path, type: dtype.description)
    }
    let rowMajor = contiguous()
    defer { withExtendedLifetime(rowMajor) {} }
    do throws(FileError) {
      var file = try AtomicFile(replacing: path)
      try file.write(header)
      try file.write(UnsafeRawBufferPointer(start: rowMajor.base, count: byteCount))
      try file.commit()
    } catch {
      throw .file(path: path, reason: error.description)
    }
  }

  private mutating func swapBytes() {
    makeWritable()
    switch dtype.byteCount {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    default: swap(UInt64.self)
    }
  }

  private func swap<Word: FixedWidthInteger>(_ type: Word.Type) {
    let words = base.assumingMemoryBound(to: type)
    for index in 0..<count { words[index] = words[index].byteSwapped }
  }

  /// Makes every byte 0 or 1: a file may hold others, a Swift `Bool` must not.
  private mutating func normalizeBools() {
    makeWritable()
    let bytes = base.assumingMemoryBound(to: UInt8.self)
    for index in 0..<count { bytes[index] = bytes[index] == 0 ? 0 : 1 }
  }
}
