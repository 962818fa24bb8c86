import Tensor
import Testing

/// Literals and Swift numbers beside tensors: they have no type of their own.
@Suite struct ElementwiseNumberTests {
  @Test(arguments: DType.allCases) func wholeNumbersKeepTheType(type: DType) {
    let x = Tensor.ones([3], dtype: type)
    let two = 2
    let expected = type == .bool ? .int64 : type
    #expect((x + 2).dtype == expected)
    #expect((2 * x).dtype == expected)
    #expect((x - two).dtype == expected)
    #expect((x + 2).scalars(as: Double.self) == [3, 3, 3])
    #expect((x .> 0).dtype == .bool)
    #expect((x / 2).dtype == (type.isFloatingPoint ? type : .float32))
    #expect((x / 2).scalars(as: Double.self) == [0.5, 0.5, 0.5])
  }

  @Test(arguments: DType.allCases) func realNumbersMakeIntegersFloat32(type: DType) {
    let x = Tensor.ones([3], dtype: type)
    let half = 0.5
    let expected = type.isFloatingPoint ? type : .float32
    #expect((x + 0.5).dtype == expected)
    #expect((half * x).dtype == expected)
    #expect((x * half).scalars(as: Double.self) == [0.5, 0.5, 0.5])
  }

  @Test func numbersBesideFloat64AreExact() {
    let factor = 1.0 / 3
    for x in [Tensor([3.0]), Tensor(3, dtype: .float64)] {
      #expect((x * 0.1).scalar(as: Double.self) == 3 * 0.1)
      #expect((0.1 * x).scalar(as: Double.self) == 3 * 0.1)
      #expect((x * (2 * factor)).scalar(as: Double.self) == 3 * (2 * factor))
      #expect((x * factor).dtype == .float64)
      #expect((-(0.1 as Tensor) * x).scalar(as: Double.self) == -0.1 * 3)
      #expect(which(x .> 5, x, 0.1).scalar(as: Double.self) == 0.1)
      #expect(maximum(x, 3.3).scalar(as: Double.self) == 3.3)
      #expect(pow(x, 1.7).dtype == .float64)
    }
    #expect((Tensor(3, dtype: .float16) * 2.5).dtype == .float16)
  }

  @Test func largeIntegersStayExact() {
    let x = Tensor([Int64(1) << 53])
    #expect((x + 1).scalars(as: Int64.self) == [(1 << 53) + 1])
    let big = (1 << 53) + 1
    #expect((Tensor([Int64(0)]) + big).scalars(as: Int64.self) == [(1 << 53) + 1])
  }

  @Test func aLiteralThatChangesIsATensor() {
    var x: Tensor = 1
    x += 0.5
    #expect(x.scalar(as: Double.self) == 1.5)
    x.withUnsafeMutableElements(as: Float.self) { $0[0] = 7 }
    #expect(x.scalar(as: Double.self) == 7)
    #expect((x * Tensor([2.0])).scalars(as: Double.self) == [14])
  }

  @Test func axisFreeTensorsRaiseOnlyTheCategory() {
    let array = Tensor([1, 2] as [Float])
    #expect((array + Tensor(1, dtype: .float64)).dtype == .float32)
    #expect((array.cast(to: .int32) + Tensor(1, dtype: .int64)).dtype == .int32)
    #expect((array.cast(to: .int32) + Tensor(1, dtype: .float64)).dtype == .float64)
    #expect((array.cast(to: .bool) + Tensor(1, dtype: .int16)).dtype == .int16)
    #expect((array + Tensor([1.0])).dtype == .float64)
  }
}
