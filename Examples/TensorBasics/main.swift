// Tensors are values: views share memory, writing one never changes another, and every derivative
// is asked for by name.
import Tensor

// Literals are float32. A slice is a view, not a copy.
var grid: Tensor = [[1, 2, 3], [4, 5, 6]]
let lastColumn = grid[.all, -1]
print("grid", grid, "shape \(grid.shape), \(grid.dtype)", separator: "\n")

// Writing copies what is shared: the view keeps what it saw.
grid[.all, -1] = 0
print("\nafter the write", grid, "the view still holds", lastColumn, separator: "\n")

// Shapes are broadcast as in NumPy.
let row: Tensor = [10, 20, 30]
let column: Tensor = [[1], [2]]
print("\nrow + column", row + column, separator: "\n")

// Matrix products take transposed and sliced operands as they lie in memory.
print("\ngrid · gridᵀ", matmul(grid, grid.transposed()), separator: "\n")

// Reductions name their axes; softmax works on the last one.
let probabilities = row.softmax()
let total = probabilities.sum().scalar(as: Float.self)
print("\nsoftmax", probabilities, "sum \(total)", separator: "\n")

// Random numbers come from a stream that is passed as an argument. The same seed and purpose give
// the same numbers, on any number of threads.
var noise = RandomStream(seed: 7).stream("noise")
var again = RandomStream(seed: 7).stream("noise")
let (first, second) = (
  Tensor.normal([1000], using: &noise), Tensor.normal([1000], using: &again)
)
print("\nequal draws: \((first .== second).all().scalar(as: Bool.self))")

// A gradient is a value of the same type as what it was taken at.
let x: Tensor = [1, 2, 3]
let (value, slope) = valueWithGradient(at: x) { x in (x * x).sum() }
print("\nΣx² = \(value.scalar(as: Float.self)), its gradient", slope, separator: "\n")
