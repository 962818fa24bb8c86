import Checkpoint

/// One input of the fuzzer, read as the index of a sharded checkpoint.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do throws(MalformedIndex) {
    let index = try ShardIndex(parsing: UnsafeRawBufferPointer(start: start, count: count))
    precondition(index.shardNames.count <= index.shards.count)
    precondition(!index.serialized.isEmpty)
  } catch {
    precondition(!error.reason.isEmpty)
  }
  return 0
}
