//! Enums that travel as a u8.

/// Values the enum does not have are refused.
macro_rules! byte_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $value:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$vdoc])* $variant = $value),+
        }

        impl denc::Encode for $name {
            fn encode(&self, out: &mut denc::BytesMut) {
                (*self as u8).encode(out);
            }
        }

        impl denc::Decode for $name {
            fn decode(from: &mut denc::Reader) -> denc::Result<$name> {
                match from.get::<u8>()? {
                    $($value => Ok($name::$variant),)+
                    _ => Err(denc::DecodeError::Malformed(stringify!($name))),
                }
            }
        }
    };
}

pub(crate) use byte_enum;
