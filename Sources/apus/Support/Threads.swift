import ArgumentParser
import Tensor

/// Applies a `--threads` option.
func useThreads(_ count: Int) { if count > 0 { Runtime.threads = count } }
