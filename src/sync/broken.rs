//! Steps of hand-overs between threads that can be left out on purpose, to show that the models in `tests/interleavings.rs`
//! notice. Only a build with `--cfg sepiola_shuttle` leaves one out, the one that `SEPIOLA_BREAK` names; `make broken-builds`
//! names each in turn.

/// A completion says that it is complete before its result can be read.
pub const RESULT_LATE: &str = "result_late";
/// It says so before its callback is queued.
pub const CALLBACK_LATE: &str = "callback_late";
/// It takes a second result.
pub const COMPLETES_TWICE: &str = "completes_twice";
/// It is cancelled although somebody has seen its result.
pub const CANCELS_LATE: &str = "cancels_late";
/// Somebody sees its result while it is cancelled.
pub const SEEN_UNLOCKED: &str = "seen_unlocked";
/// Who waits for its callback is not told.
pub const END_UNTOLD: &str = "end_untold";
/// The thread that runs callbacks is not told of one.
pub const WORK_UNTOLD: &str = "work_untold";
/// Its end is waited for although a callback took it away.
pub const WAITS_FOR_THE_LOST: &str = "waits_for_the_lost";
/// Watch callbacks go on although one took its thread away.
pub const LOUD: &str = "loud";
/// The queue of watch callbacks does not wait for the running one when it closes.
pub const CLOSE_EARLY: &str = "close_early";
/// Nor who ends a watch.
pub const UNWATCH_EARLY: &str = "unwatch_early";

/// Whether this step is left out.
#[cfg(not(sepiola_shuttle))]
#[inline(always)]
pub const fn is(_: &str) -> bool {
    false
}

/// Whether this step is left out.
#[cfg(sepiola_shuttle)]
pub fn is(step: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    CHOSEN.get_or_init(|| std::env::var("SEPIOLA_BREAK").ok()).as_deref() == Some(step)
}
