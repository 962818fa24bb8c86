/// Why a NumPy file could not be read or written.
public enum NumpyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The system did not let the file be read or written.
  case file(path: String, reason: String)
  /// The file does not begin as a `.npy` file does, or its version is unknown.
  case notNumpy(path: String, reason: String)
  /// The header is not the dictionary that the format prescribes.
  case malformedHeader(path: String, reason: String)
  /// The elements have a type that tensors do not have.
  case unsupportedType(path: String, type: String)
  /// The array has more axes or elements than a tensor can have.
  case tooLarge(path: String, shape: [Int])
  /// The file holds more or fewer bytes than its header says.
  case wrongLength(path: String, expected: Int, found: Int)

  /// A sentence: which file, what was found and what to do.
  public var description: String {
    switch self {
    case .file(_, let reason): reason
    case .notNumpy(let path, let reason):
      "‘\(path)’ is not a NumPy file: \(reason); write it with numpy.save"
    case .malformedHeader(let path, let reason):
      "the header of the NumPy file ‘\(path)’ is malformed: \(reason); write it with numpy.save"
    case .unsupportedType(let path, let type):
      "the elements of the NumPy file ‘\(path)’ have the type \(type), which tensors do not have; "
        + "convert them to float16, float32, float64, bool, uint8 or int8 to int64"
    case .tooLarge(let path, let shape):
      "the array in the NumPy file ‘\(path)’ has the shape \(shape); a tensor has at most 8 axes "
        + "and 2⁶² bytes"
    case .wrongLength(let path, let expected, let found):
      "the NumPy file ‘\(path)’ has \(found) bytes where its header asks for \(expected); "
        + "it was cut off or changed"
    }
  }
}
