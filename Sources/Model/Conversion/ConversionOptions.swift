import Checkpoint
import Tensor

/// The element type that matrices get in a conversion.
public enum ConversionType: String, Sendable, CaseIterable {
  /// The one they have; in a Hugging Face folder float32 for quantized blocks.
  case automatic = "auto"
  case float32, float16, bfloat16
  case q8Zero = "q8_0"
  case q4Zero = "q4_0"
  case q4One = "q4_1"
  case q5Zero = "q5_0"
  case q5One = "q5_1"

  /// The element type; nil for ``automatic``.
  var elementType: ElementType? {
    switch self {
    case .automatic: nil
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .q8Zero: .blocks(.q8_0)
    case .q4Zero: .blocks(.q4_0)
    case .q4One: .blocks(.q4_1)
    case .q5Zero: .blocks(.q5_0)
    case .q5One: .blocks(.q5_1)
    }
  }
}

/// How ``convert(from:to:options:progress:)`` does its work.
public struct ConversionOptions: Sendable {
  /// The type of the matrices; vectors, norms, positions and routers are always float32 in GGUF
  /// files.
  public var type = ConversionType.automatic
  /// Whether quantized blocks may be quantized again, which adds the errors of both.
  public var allowsRequantizing = false
  /// The bytes of tensors in a file at most, beyond which several are written; nil for one GGUF
  /// file, and for folders shards of five gigabytes.
  public var largestFile: Int?
  /// Whether files that are there already may be replaced.
  public var replaces = false
  /// Families besides those that Apus knows.
  public var families: [Family] = []

  /// The usual options: nothing is rounded, split or replaced.
  public init() {}
}

/// How far a conversion has come.
public struct ConversionProgress: Sendable {
  /// The tensor that has just been written.
  public let tensor: String
  /// How many tensors have been written, this one included.
  public let written: Int
  /// How many there are in all.
  public let total: Int
  /// The bytes written so far.
  public let bytes: Int
  /// The bytes of all tensors.
  public let totalBytes: Int
}

/// What a conversion has made.
public struct ConversionSummary: Sendable {
  /// The files that were written.
  public var files: [String] = []
  /// How many tensors they hold.
  public var tensors = 0
  /// The bytes of the tensors.
  public var bytes = 0
  /// What the user should know: sentences about what programs will read otherwise.
  public var notes: [String] = []
}
