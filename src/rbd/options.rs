//! Image options: what `rbd_create4` and its kind take besides name and size.

use std::collections::BTreeMap;

use ops::{Errno, Result};

/// `RBD_IMAGE_OPTION_*`. The discriminants are the C API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum ImageOption {
    Format = 0,
    Features = 1,
    Order = 2,
    StripeUnit = 3,
    StripeCount = 4,
    JournalOrder = 5,
    JournalSplayWidth = 6,
    JournalPool = 7,
    FeaturesSet = 8,
    FeaturesClear = 9,
    DataPool = 10,
    Flatten = 11,
    CloneFormat = 12,
    MirrorImageMode = 13,
}

const ALL: [ImageOption; 14] = {
    use ImageOption::*;
    [
        Format,
        Features,
        Order,
        StripeUnit,
        StripeCount,
        JournalOrder,
        JournalSplayWidth,
        JournalPool,
        FeaturesSet,
        FeaturesClear,
        DataPool,
        Flatten,
        CloneFormat,
        MirrorImageMode,
    ]
};

impl ImageOption {
    /// `-EINVAL` for a number that no option has.
    pub fn from_raw(raw: i32) -> Result<ImageOption> {
        ALL.into_iter().find(|option| *option as i32 == raw).ok_or(Errno::EINVAL)
    }

    fn is_text(self) -> bool {
        matches!(self, ImageOption::JournalPool | ImageOption::DataPool)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Number(u64),
    Text(String),
}

/// A set of options. Setting or getting one as the wrong type is `-EINVAL`; getting or unsetting one that
/// is not there is `-ENOENT`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageOptions(BTreeMap<ImageOption, Value>);

impl ImageOptions {
    pub fn new() -> ImageOptions {
        ImageOptions::default()
    }

    pub fn set_u64(&mut self, option: ImageOption, value: u64) -> Result<()> {
        if option.is_text() {
            return Err(Errno::EINVAL);
        }
        self.0.insert(option, Value::Number(value));
        Ok(())
    }

    pub fn set_text(&mut self, option: ImageOption, value: &str) -> Result<()> {
        if !option.is_text() {
            return Err(Errno::EINVAL);
        }
        self.0.insert(option, Value::Text(value.to_owned()));
        Ok(())
    }

    pub fn get_u64(&self, option: ImageOption) -> Result<u64> {
        match self.0.get(&option) {
            _ if option.is_text() => Err(Errno::EINVAL),
            Some(Value::Number(value)) => Ok(*value),
            _ => Err(Errno::ENOENT),
        }
    }

    pub fn get_text(&self, option: ImageOption) -> Result<&str> {
        match self.0.get(&option) {
            _ if !option.is_text() => Err(Errno::EINVAL),
            Some(Value::Text(value)) => Ok(value),
            _ => Err(Errno::ENOENT),
        }
    }

    pub fn is_set(&self, option: ImageOption) -> bool {
        self.0.contains_key(&option)
    }

    pub fn unset(&mut self, option: ImageOption) -> Result<()> {
        self.0.remove(&option).map(drop).ok_or(Errno::ENOENT)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn number(&self, option: ImageOption) -> Option<u64> {
        self.get_u64(option).ok()
    }

    /// Sets what is not set yet.
    pub(crate) fn default_u64(&mut self, option: ImageOption, value: u64) {
        self.0.entry(option).or_insert(Value::Number(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_absence() {
        let mut options = ImageOptions::new();
        assert_eq!(options.set_text(ImageOption::Order, "22"), Err(Errno::EINVAL));
        assert_eq!(options.get_u64(ImageOption::Order), Err(Errno::ENOENT));
        assert_eq!(options.get_text(ImageOption::Order), Err(Errno::EINVAL));
        options.set_u64(ImageOption::Order, 20).unwrap();
        assert_eq!(options.get_u64(ImageOption::Order), Ok(20));
        options.set_text(ImageOption::DataPool, "fast").unwrap();
        assert_eq!(options.get_text(ImageOption::DataPool), Ok("fast"));
        assert_eq!(options.unset(ImageOption::Flatten), Err(Errno::ENOENT));
        options.unset(ImageOption::Order).unwrap();
        options.unset(ImageOption::DataPool).unwrap();
        assert!(options.is_empty());
        assert_eq!(ImageOption::from_raw(14), Err(Errno::EINVAL));
        assert_eq!(ImageOption::from_raw(-1), Err(Errno::EINVAL));
    }
}
