private import CKernels
public import Checkpoint

/// Numbers to quantized blocks and back.
extension Tensor {
  /// The elements rounded to blocks of `format`, as the Python package gguf rounds them, bit for bit.
  ///
  /// The result is cut off from the record.
  ///
  /// - Precondition: The last axis is a multiple of the elements of a block, and the format
  ///   `isWritable`.
  public func quantized(to format: BlockFormat) -> Tensor {
    if dtype == .blocks(format) { return self }
    precondition(
      format.isWritable, "quantized: there is no encoder for \(format) blocks; shape \(shape)")
    let result = Tensor(uninitialized: shape, dtype: .blocks(format))
    let numbers = detached().cast(to: .float32).contiguous()
    let (source, target) = (Address(numbers.base), Address(result.blockBytes.base))
    withExtendedLifetime((numbers, result)) {
      Self.forEachPiece(count) { start, count in
        apus_quantize(
          target.bytes + start / format.elements * format.byteCount, source.floats + start,
          Int32(format.rawValue), Int64(count))
      }
    }
    return result
  }

  /// The numbers that quantized blocks stand for, in float32.
  func dequantized(_ format: BlockFormat) -> Tensor {
    let result = Tensor(uninitialized: shape)
    let blocks = blockBytes.contiguous()
    let (source, target) = (Address(blocks.base), Address(result.base))
    withExtendedLifetime((blocks, result)) {
      Self.forEachPiece(count) { start, count in
        apus_dequantize(
          target.floats + start, source.bytes + start / format.elements * format.byteCount,
          Int32(format.rawValue), Int64(count))
      }
    }
    return result
  }

  /// Calls `body` on several threads with runs of `count` elements, whole blocks each.
  private static func forEachPiece(_ count: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
    let piece = 1 << 14
    parallel((count + piece - 1) / piece) { part in
      body(part * piece, Swift.min(piece, count - part * piece))
    }
  }
}

extension BlockFormat {
  /// Whether numbers can be rounded to this format.
  public var isWritable: Bool { apus_can_quantize(Int32(rawValue)) }
}

/// An address, seen as bytes or as floats.
private struct Address {
  let bytes: UnsafeMutableRawPointer
  var floats: UnsafeMutablePointer<Float> { bytes.assumingMemoryBound(to: Float.self) }

  init(_ bytes: UnsafeMutableRawPointer) { self.bytes = bytes }
}
