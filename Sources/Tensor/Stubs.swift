extension Tensor {
  public func cast(to dtype: DType) -> Tensor { self }
  public func sum(axes: [Int], keepingAxes: Bool = false) -> Tensor { self }
  public func sum() -> Tensor { self }
  public static func + (a: Tensor, b: Tensor) -> Tensor { a }
  public static func * (a: Tensor, b: Tensor) -> Tensor { a }
  package func accumulateInPlace(_ other: Tensor) {}
}
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor { a }
