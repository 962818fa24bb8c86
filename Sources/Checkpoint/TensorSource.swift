/// A file that holds tensors, whatever its format.
public protocol TensorSource: Sendable {
  /// The path as it was opened.
  var path: String { get }
  /// The tensors in the order of their bytes in the file.
  var entries: [TensorInfo] { get }
  /// Text that the file carries beside the tensors.
  var metadata: [String: String] { get }
  /// The tensor of that name, without copying it.
  subscript(name: String) -> StoredTensor? { get }
}

/// A tensor where it lies in a mapped file.
///
/// The bytes are row-major and little-endian. They are read from the disk when they are first
/// touched, and stay valid as long as `owner` lives.
public struct StoredTensor: @unchecked Sendable {
  /// Name, element type and shape.
  public let info: TensorInfo
  /// The elements, valid as long as `owner` lives.
  ///
  /// Swift may drop the tensor, and with it the owner, right after this property is fetched: use
  /// `withUnsafeBytes`, or store the owner beside the pointer.
  public let bytes: UnsafeRawBufferPointer
  /// The object that keeps the bytes in memory.
  public let owner: any AnyObject & Sendable

  /// A tensor at `bytes`, which `owner` keeps alive.
  public init(info: TensorInfo, bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    self.info = info
    self.bytes = bytes
    self.owner = owner
  }

  /// Whether the bytes begin at a multiple of the element's alignment.
  ///
  /// Files may put them anywhere; those that are not aligned must be copied before use.
  public var isAligned: Bool {
    UInt(bitPattern: bytes.baseAddress) % UInt(info.elementType.alignment) == 0
  }

  /// Calls `body` with the bytes and keeps them valid until it returns.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(owner) {} }
    return try body(bytes)
  }
}
