import CKernels

/// Comparisons element by element: tensors of truth values.
extension Tensor {
  /// Whether the elements are equal; NaN equals nothing.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { compared(apus_equal, a, b, ".==") }
  /// Whether the elements differ.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { compared(apus_not_equal, a, b, ".!=") }
  /// Whether the left element is smaller.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { compared(apus_less, a, b, ".<") }
  /// Whether the left element is smaller or equal.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { compared(apus_less_equal, a, b, ".<=") }
  /// Whether the left element is larger.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { compared(apus_less, b, a, ".>") }
  /// Whether the left element is larger or equal.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { compared(apus_less_equal, b, a, ".>=") }

  private static func compared(
    _ code: apus_map_code, _ a: Tensor, _ b: Tensor, _ operation: StaticString
  ) -> Tensor {
    let (a, b) = typed(a, b)
    let computing = promoted(a, b).computing
    return mapped(
      code, a.computed(as: computing), b.computed(as: computing), to: .bool, operation)
  }
}

/// Comparisons of tensors with numbers.
extension Tensor {
  /// Whether the elements are equal; NaN equals nothing.
  @_disfavoredOverload public static func .== (a: Tensor, b: Double) -> Tensor {
    a .== Tensor(.real(b))
  }
  /// Whether the elements are equal; NaN equals nothing.
  @_disfavoredOverload public static func .== (a: Tensor, b: Int) -> Tensor {
    a .== Tensor(.whole(b))
  }
  /// Whether the elements differ.
  @_disfavoredOverload public static func .!= (a: Tensor, b: Double) -> Tensor {
    a .!= Tensor(.real(b))
  }
  /// Whether the elements differ.
  @_disfavoredOverload public static func .!= (a: Tensor, b: Int) -> Tensor {
    a .!= Tensor(.whole(b))
  }
  /// Whether the left element is smaller.
  @_disfavoredOverload public static func .< (a: Tensor, b: Double) -> Tensor {
    a .< Tensor(.real(b))
  }
  /// Whether the left element is smaller.
  @_disfavoredOverload public static func .< (a: Tensor, b: Int) -> Tensor {
    a .< Tensor(.whole(b))
  }
  /// Whether the left element is smaller or equal.
  @_disfavoredOverload public static func .<= (a: Tensor, b: Double) -> Tensor {
    a .<= Tensor(.real(b))
  }
  /// Whether the left element is smaller or equal.
  @_disfavoredOverload public static func .<= (a: Tensor, b: Int) -> Tensor {
    a .<= Tensor(.whole(b))
  }
  /// Whether the left element is larger.
  @_disfavoredOverload public static func .> (a: Tensor, b: Double) -> Tensor {
    a .> Tensor(.real(b))
  }
  /// Whether the left element is larger.
  @_disfavoredOverload public static func .> (a: Tensor, b: Int) -> Tensor {
    a .> Tensor(.whole(b))
  }
  /// Whether the left element is larger or equal.
  @_disfavoredOverload public static func .>= (a: Tensor, b: Double) -> Tensor {
    a .>= Tensor(.real(b))
  }
  /// Whether the left element is larger or equal.
  @_disfavoredOverload public static func .>= (a: Tensor, b: Int) -> Tensor {
    a .>= Tensor(.whole(b))
  }
}

/// Logic element by element; whatever is not zero holds.
extension Tensor {
  /// Whether both hold.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { combined(apus_and, a, b, ".&") }
  /// Whether at least one holds.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { combined(apus_or, a, b, ".|") }
  /// Whether exactly one holds.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { combined(apus_xor, a, b, ".^") }
  /// Whether the element does not hold.
  public static prefix func ! (x: Tensor) -> Tensor { x .== 0 }

  private static func combined(
    _ code: apus_map_code, _ a: Tensor, _ b: Tensor, _ operation: StaticString
  ) -> Tensor {
    mapped(code, a.computed(as: .bool), b.computed(as: .bool), to: .bool, operation)
  }
}
