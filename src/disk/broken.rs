//! Builds that are broken on purpose, by `--cfg sepiola_break="…"`: each leaves out one sync or one checksum, to show
//! that the crash model notices. `make broken-builds` runs it on each of them.

/// The frames of the log are written, but not synced.
pub const SKIP_LOG_SYNC: bool = cfg!(sepiola_break = "skip_log_sync");
/// Nor is content that goes directly to its place, before the frame that refers to it.
pub const SKIP_DATA_SYNC: bool = cfg!(sepiola_break = "skip_data_sync");
/// Nor content that a checkpoint brings from the log to its place.
pub const SKIP_PLACE_SYNC: bool = cfg!(sepiola_break = "skip_place_sync");
/// Nor the checkpoint itself.
pub const SKIP_CHECKPOINT_SYNC: bool = cfg!(sepiola_break = "skip_checkpoint_sync");
/// The checksum of a frame's head is not looked at.
pub const SKIP_HEAD_CRC: bool = cfg!(sepiola_break = "skip_head_crc");
/// Nor that of its meta bytes.
pub const SKIP_FRAME_CRC: bool = cfg!(sepiola_break = "skip_frame_crc");
/// Nor those of its payload.
pub const SKIP_PAYLOAD_CRC: bool = cfg!(sepiola_break = "skip_payload_crc");
/// Nor those of blocks that are read.
pub const SKIP_BLOCK_CRC: bool = cfg!(sepiola_break = "skip_block_crc");
/// Nor those of the checkpoint's pages.
pub const SKIP_PAGE_CRC: bool = cfg!(sepiola_break = "skip_page_crc");
