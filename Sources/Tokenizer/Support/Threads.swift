#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The number of processors that are switched on.
func availableProcessors() -> Int {
  max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}

/// What a worker thread is handed: its number and the work.
private final class WorkerArguments {
  let number: Int
  let body: (Int) -> Void

  init(number: Int, body: @escaping (Int) -> Void) {
    self.number = number
    self.body = body
  }
}

/// Runs `body(0)` … `body(count - 1)` at the same time, the first on the caller's thread, and returns
/// when all are done.
///
/// The work of a batch or of a file is long against the creation of a thread, so none are kept.
/// If the system refuses a thread, its share runs on the caller's.
func runConcurrently(_ count: Int, _ body: (Int) -> Void) {
  guard count > 1 else { return body(0) }
  withoutActuallyEscaping(body) { body in
    var threads: [pthread_t] = []
    var refused: [Int] = []
    for number in 1..<count {
      let arguments = Unmanaged.passRetained(WorkerArguments(number: number, body: body))
      #if canImport(Darwin)
        var thread: pthread_t?
        let status = pthread_create(&thread, nil, startWorker, arguments.toOpaque())
      #else
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, startWorker, arguments.toOpaque())
      #endif
      if status == 0 {
        #if canImport(Darwin)
          if let thread { threads.append(thread) }
        #else
          threads.append(thread)
        #endif
      } else {
        arguments.release()
        refused.append(number)
      }
    }
    body(0)
    for number in refused { body(number) }
    for thread in threads { pthread_join(thread, nil) }
  }
}

#if canImport(Darwin)
  private func startWorker(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let arguments = Unmanaged<WorkerArguments>.fromOpaque(context).takeRetainedValue()
    arguments.body(arguments.number)
    return nil
  }
#else
  private func startWorker(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let arguments = Unmanaged<WorkerArguments>.fromOpaque(context).takeRetainedValue()
    arguments.body(arguments.number)
    return nil
  }
#endif

/// Calls `body(worker, index)` for every index below `count` on so many threads.
func forEachIndex(
  below count: Int, threads: Int, _ body: (_ worker: Int, _ index: Int) -> Void
) {
  let shares = Shares(of: count, workers: threads)
  runConcurrently(shares.workers) { worker in
    shares.forEach(of: worker) { body(worker, $0) }
  }
}
