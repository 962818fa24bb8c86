/// A value whose leaves are tensors: a layer, a model, a gradient, an optimizer's state, a cache.
///
/// Everything that is done to models (loading, saving, counting, freezing, initialising, averaging,
/// optimizing, merging, quantizing) is a visitor. Conform with one line a field, under the name the
/// field has in checkpoints:
///
/// ```swift
/// struct Block: TensorTree {
///   var norm: LayerNorm
///   var projection: Linear
///
///   mutating func visit(_ visitor: inout some TensorVisitor) {
///     visitor("ln", &norm)
///     visitor("proj", &projection)
///   }
/// }
/// ```
public protocol TensorTree: Sendable {
  /// Shows each child to `visitor`, always in the same order, under its name in a checkpoint.
  mutating func visit(_ visitor: inout some TensorVisitor)
}

/// Something that is done to every leaf of a tree.
public protocol TensorVisitor {
  /// Where in the tree the visitor is. Start with an empty path; the walk keeps it.
  var path: TensorPath { get set }
  /// Called for each leaf; `path` names it.
  mutating func visit(leaf: inout Tensor)
}

extension TensorVisitor {
  /// Walks through `child`, which its parent knows as `name`.
  public mutating func callAsFunction(_ name: String, _ child: inout some TensorTree) {
    path.push(name)
    child.visit(&self)
    path.pop()
  }
}

/// The way from the root of a tree to a node of it.
public struct TensorPath: Sendable, CustomStringConvertible {
  private var names: [String] = []

  /// The root.
  public init() {}

  mutating func push(_ name: String) { names.append(name) }
  mutating func pop() { names.removeLast() }

  /// The names joined by dots, as checkpoints write them: `transformer.h.0.ln_1.weight`.
  public var description: String { names.joined(separator: ".") }
}

extension Tensor: TensorTree {
  /// A tensor is its only leaf.
  public mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit(leaf: &self) }

  /// The gradient of a constant: an empty tensor that optimizers and sums pass over.
  public static let absent = Tensor(uninitialized: [0], dtype: .bool)

  /// Whether this stands for the gradient of something that was not differentiated.
  public var isAbsent: Bool { dtype == .bool && shape == [0] }
}

extension Optional: TensorTree where Wrapped: TensorTree {
  /// Shows the wrapped tree under its own names, if it is there.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    if var tree = self {
      self = nil  // so that the visit changes it in place instead of copying it
      tree.visit(&visitor)
      self = tree
    }
  }
}

extension Array: TensorTree where Element: TensorTree {
  /// Shows the elements under their positions, counted from 0.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    for index in indices { visitor(String(index), &self[index]) }
  }
}
