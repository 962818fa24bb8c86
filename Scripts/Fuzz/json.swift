import JSON

/// One input of the fuzzer: what is accepted must come back from its own text unchanged.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  do throws(JSONError) {
    let value = try JSONValue(parsing: input)
    for pretty in [false, true] {
      let text = value.serializedBytes(pretty: pretty)
      do throws(JSONError) {
        let again = try JSONValue(parsing: text)
        precondition(again == value)
      } catch {
        preconditionFailure("own text refused: \(error)")
      }
    }
  } catch {
    precondition(error.offset <= count && error.line > 0 && error.column > 0)
  }
  _ = try? JSONValue(parsing: Array(input), depthLimit: 8, duplicateKeys: .lastWins)
  return 0
}
