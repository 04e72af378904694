//! A progress bar on a terminal; nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use store::offline::Progress;

pub struct Bar {
    bar: ProgressBar,
    stage: &'static str,
}

impl Bar {
    /// Draws on stderr, where that is a terminal.
    pub fn new() -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        Bar { bar, stage: "" }
    }

    pub fn show(&mut self, progress: Progress) {
        if self.stage != progress.stage {
            self.stage = progress.stage;
            let template = if progress.total > 0 {
                "{msg:10} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}"
            } else {
                "{msg:10} {spinner} {bytes} {bytes_per_sec}"
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style);
            }
            self.bar.set_message(progress.stage);
        }
        if progress.total > 0 {
            self.bar.set_length(progress.total);
        }
        self.bar.set_position(progress.done);
    }

    pub fn clear(self) {
        self.bar.finish_and_clear();
    }
}
