//! Builds that are broken on purpose, by `--cfg sepiola_break="…"`: each leaves out one step of a hand-over between
//! threads, to show that the models in `tests/interleavings.rs` notice. `make broken-builds` runs them on each.

/// A completion says that it is complete before its result can be read.
pub const RESULT_LATE: bool = cfg!(sepiola_break = "result_late");
/// It says so before its callback is queued.
pub const CALLBACK_LATE: bool = cfg!(sepiola_break = "callback_late");
/// It takes a second result.
pub const COMPLETES_TWICE: bool = cfg!(sepiola_break = "completes_twice");
/// It is cancelled although somebody has seen its result.
pub const CANCELS_LATE: bool = cfg!(sepiola_break = "cancels_late");
/// Somebody sees its result while it is cancelled.
pub const SEEN_UNLOCKED: bool = cfg!(sepiola_break = "seen_unlocked");
/// Who waits for its callback is not told.
pub const END_UNTOLD: bool = cfg!(sepiola_break = "end_untold");
/// The thread that runs callbacks is not told of one.
pub const WORK_UNTOLD: bool = cfg!(sepiola_break = "work_untold");
/// Its end is waited for although a callback took it away.
pub const WAITS_FOR_THE_LOST: bool = cfg!(sepiola_break = "waits_for_the_lost");
/// Watch callbacks go on although one took its thread away.
pub const LOUD: bool = cfg!(sepiola_break = "loud");
/// The queue of watch callbacks does not wait for the running one when it closes.
pub const CLOSE_EARLY: bool = cfg!(sepiola_break = "close_early");
/// Nor who ends a watch.
pub const UNWATCH_EARLY: bool = cfg!(sepiola_break = "unwatch_early");
