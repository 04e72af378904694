//! Plain structs without a derive: the fields in order, bare or in an envelope.

/// `plain!(Type { a: u32, b: Bytes })`: the fields one after the other.
#[macro_export]
macro_rules! plain {
    ($type:ty { $($field:tt: $kind:ty),* $(,)? }) => {
        impl $crate::Encode for $type {
            fn encode(&self, out: &mut $crate::BytesMut) {
                $($crate::Encode::encode(&self.$field, out);)*
                let _ = out;
            }
        }

        impl $crate::Decode for $type {
            const MIN: usize = 0 $(+ <$kind as $crate::Decode>::MIN)*;

            fn decode(from: &mut $crate::Reader) -> $crate::Result<Self> {
                let _ = &from;
                Ok(Self { $($field: from.get::<$kind>()?),* })
            }
        }
    };
}

/// `versioned!(Type, 1, 1 { a: u32, b: Bytes })`: the same in an envelope of that version and oldest
/// compatible version, for structs that have had these fields since their first version.
#[macro_export]
macro_rules! versioned {
    ($type:ty, $version:literal, $compat:literal { $($field:tt: $kind:ty),* $(,)? }) => {
        impl $crate::Encode for $type {
            fn encode(&self, out: &mut $crate::BytesMut) {
                $crate::envelope(out, $version, $compat, |out| {
                    $($crate::Encode::encode(&self.$field, out);)*
                    let _ = out;
                });
            }
        }

        impl $crate::Decode for $type {
            const MIN: usize = 6 $(+ <$kind as $crate::Decode>::MIN)*;

            fn decode(from: &mut $crate::Reader) -> $crate::Result<Self> {
                from.envelope($version, |_, body| {
                    let _ = &body;
                    Ok(Self { $($field: body.get::<$kind>()?),* })
                })
            }
        }
    };
}
