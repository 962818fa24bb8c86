extension Tensor {
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Tensor { self }
  public func squared() -> Tensor { self }
  public func rsqrt() -> Tensor { self }
  public func silu() -> Tensor { self }
  public func relu() -> Tensor { self }
  public func tanh() -> Tensor { self }
  public func cos() -> Tensor { self }
  public func sin() -> Tensor { self }
  public enum GELUForm { case exact, tanh }
  public func gelu(_ f: GELUForm = .exact) -> Tensor { self }
  public func softmax(axis: Int) -> Tensor { self }
  public func logSumExp(axis: Int) -> Tensor { self }
  public func maskedFill(_ m: Tensor, with v: Double) -> Tensor { self }
  public static func .== (a: Tensor, b: Double) -> Tensor { a }
  public func pow(_ e: Tensor) -> Tensor { self }
  public static func - (a: Tensor, b: Tensor) -> Tensor { a }
  public static func + (a: Tensor, b: Double) -> Tensor { a }
  public static func - (a: Tensor, b: Double) -> Tensor { a }
  public static func * (a: Tensor, b: Double) -> Tensor { a }
}
extension Tensor { public func exp() -> Tensor { self } }
