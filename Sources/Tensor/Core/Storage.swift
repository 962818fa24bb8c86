private import CKernels

/// A Swift number in the place of a tensor: beside a tensor it takes that one's type.
package enum Number: Sendable {
  case whole(Int)
  case real(Double)
}

/// The memory behind one or more tensors.
///
/// It is written only through a unique reference (`isKnownUniquelyReferenced`), which is what makes
/// `Tensor` a value and this class `Sendable`.
package final class Storage: @unchecked Sendable {
  package let bytes: UnsafeMutableRawPointer
  package let byteCount: Int
  /// Who keeps the memory alive when it is not our own: a mapped file, a user's buffer.
  private let owner: (any AnyObject & Sendable)?

  /// What stands here if the element was written as a literal or comes from a Swift number.
  package let number: Number?

  /// Fresh memory with undefined contents, 64-byte aligned, from the caching allocator.
  package init(byteCount: Int, number: Number? = nil) {
    guard let block = apus_allocate(Int64(byteCount)) else {
      preconditionFailure("the system has no \(byteCount) bytes of memory for a tensor")
    }
    bytes = block
    self.byteCount = byteCount
    self.number = number
    owner = nil
  }

  /// Memory that `owner` keeps alive and nobody writes.
  package init(readOnly bytes: UnsafeRawPointer, byteCount: Int, owner: any AnyObject & Sendable) {
    self.bytes = UnsafeMutableRawPointer(mutating: bytes)
    self.byteCount = byteCount
    self.owner = owner
    number = nil
  }

  /// Whether the memory may be written by its only holder.
  package var isWritable: Bool { owner == nil && number == nil }

  deinit {
    if owner == nil { apus_free(bytes, Int64(byteCount)) }
  }
}
