import CText
import Synchronization

/// Objects that threads take and put back without waiting for each other: a place for each processor.
///
/// What a thread puts back it finds again, unless another one needed it.
final class Spares<Object: AnyObject>: @unchecked Sendable {
  /// The address of an object that is not in use, or zero.
  private typealias Place = Atomic<UInt>
  /// Places are so far apart that no two share a cache line, or two that are fetched together.
  private static var stride: Int { 128 / MemoryLayout<Place>.stride }

  private let places: UnsafeMutablePointer<Place>
  private let count = availableProcessors()

  init() {
    places = .allocate(capacity: count * Self.stride)
    for index in 0..<count * Self.stride { (places + index).initialize(to: Place(0)) }
  }

  deinit {
    for index in 0..<count { _ = object(placed(index).pointee.load(ordering: .acquiring)) }
    places.deinitialize(count: count * Self.stride)
    places.deallocate()
  }

  /// Takes an object that is not in use; nil if there is none.
  func take() -> Object? {
    let first = Int(apus_processor())
    for step in 0..<count {
      let place = placed(first &+ step)
      // Only a place that may hold something is written to.
      guard place.pointee.load(ordering: .relaxed) != 0 else { continue }
      if let object = object(place.pointee.exchange(0, ordering: .acquiring)) { return object }
    }
    return nil
  }

  /// Puts an object back, or gives it up if there are as many as processors.
  func put(_ object: Object) {
    let address = UInt(bitPattern: Unmanaged.passRetained(object).toOpaque())
    let first = Int(apus_processor())
    for step in 0..<count {
      let place = placed(first &+ step)
      let stored = place.pointee.compareExchange(
        expected: 0, desired: address, ordering: .releasing)
      if stored.exchanged { return }
    }
    _ = self.object(address)
  }

  private func placed(_ index: Int) -> UnsafeMutablePointer<Place> {
    places + (index % count) * Self.stride
  }

  private func object(_ address: UInt) -> Object? {
    UnsafeRawPointer(bitPattern: address).map {
      Unmanaged<Object>.fromOpaque($0).takeRetainedValue()
    }
  }
}
