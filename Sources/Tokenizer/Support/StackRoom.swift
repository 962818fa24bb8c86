import CText

/// Whether the calling thread's stack has room to go one level deeper into what is nested, with what
/// then is to be done there.
///
/// How much a level takes depends on how the program was built: a sanitizer takes several times as
/// much. Threads have from half a megabyte to eight.
var stackHasRoom: Bool { apus_stack_left() > 160 << 10 }
