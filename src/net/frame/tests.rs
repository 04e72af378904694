use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::crypto::GcmStream;

const LIMIT: usize = 1 << 20;

fn pair(secure: bool) -> (Encoder, Decoder) {
    if secure {
        let gcm = || GcmStream::new(&[7; 16], [9; 12]).unwrap();
        (Encoder::secure(gcm()), Decoder::secure(gcm(), LIMIT))
    } else {
        (Encoder::default(), Decoder::plain(LIMIT))
    }
}

fn flat(pieces: &[Bytes]) -> Vec<u8> {
    pieces.concat()
}

/// Hands the input out in portions of `step` bytes, as a socket might.
fn decode_in_steps(decoder: &mut Decoder, wire: &[u8], step: usize) -> (Tag, Vec<Vec<u8>>, usize) {
    let mut have = Vec::new();
    let mut given = 0;
    loop {
        match decoder.step(&mut have).unwrap() {
            Step::Need(len) => {
                assert!(len > have.len(), "asked for {len} of {} bytes it has", have.len());
                assert!(len <= wire.len(), "asked for {len} bytes of a frame of {}", wire.len());
                while have.len() < len {
                    let end = (given + step).min(wire.len());
                    have.extend_from_slice(&wire[given..end]);
                    given = end;
                }
            }
            Step::Frame(frame) => {
                let segments = frame.segments.iter().map(|range| have[range.clone()].to_vec()).collect();
                return (frame.tag, segments, frame.len);
            }
        }
    }
}

proptest! {
    #[test]
    fn frames_come_back(
        secure: bool,
        first in proptest::collection::vec(any::<u8>(), 0..200),
        front in proptest::collection::vec(any::<u8>(), 0..300),
        middle in proptest::collection::vec(any::<u8>(), 0..40),
        data in proptest::collection::vec(any::<u8>(), 0..5000),
        cut in 0_usize..5000,
        step in 1_usize..400,
    ) {
        let (mut encoder, mut decoder) = pair(secure);
        let cut = cut.min(data.len());
        let pieces = [Bytes::copy_from_slice(&data[..cut]), Bytes::copy_from_slice(&data[cut..])];
        // Twice: the second frame of a secure connection has another nonce.
        for _ in 0..2 {
            let mut out = Vec::new();
            encoder.frame(Tag::Message, &first, [&[front.clone().into()], &[middle.clone().into()], &pieces], &mut out);
            let wire = flat(&out);
            let (tag, segments, len) = decode_in_steps(&mut decoder, &wire, step);
            prop_assert_eq!(tag, Tag::Message);
            prop_assert_eq!(len, wire.len());
            prop_assert_eq!(&segments[0], &first);
            prop_assert_eq!(&segments[1], &front);
            prop_assert_eq!(&segments[2], &middle);
            prop_assert_eq!(&segments[3], &data);
        }
    }

    /// Any one flipped bit is noticed, save in what no one reads: reserved bytes and paddings are covered too.
    #[test]
    fn damage_is_noticed(secure: bool, data in proptest::collection::vec(any::<u8>(), 1..300), bit in any::<prop::sample::Index>()) {
        let (mut encoder, mut decoder) = pair(secure);
        let mut out = Vec::new();
        encoder.frame(Tag::Message, &[1; 41], [&[Bytes::from_static(b"front")], &[], &[data.into()]], &mut out);
        let mut wire = flat(&out);
        let bit = bit.index(wire.len() * 8);
        wire[bit / 8] ^= 1 << (bit % 8);
        // In crc mode the upper half of the late status and the sum of the segment that is not there are free.
        let free = !secure && bit / 8 >= wire.len() - CRC_EPILOGUE && bit / 8 == wire.len() - CRC_EPILOGUE && bit % 8 >= 4;
        match decoder.step(&mut wire) {
            Err(_) => {}
            Ok(Step::Need(_)) => prop_assert!(false, "bit {} was believed to be a length", bit),
            Ok(Step::Frame(frame)) => prop_assert!(free || frame.aborted, "bit {} of {} went unnoticed", bit, wire.len() * 8),
        }
    }

    #[test]
    fn garbage_is_an_error_or_incomplete(secure: bool, mut garbage in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (_, mut decoder) = pair(secure);
        let len = garbage.len();
        if let Ok(Step::Frame(frame)) = decoder.step(&mut garbage) {
            prop_assert!(frame.len <= len);
        }
    }
}

#[test]
fn a_frame_beyond_the_limit_is_refused_before_it_arrives() {
    let mut encoder = Encoder::default();
    let mut out = Vec::new();
    encoder.frame(Tag::Message, &[1; 41], [&[], &[], &[vec![0; LIMIT].into()]], &mut out);
    let mut wire = flat(&out);
    let expected = Err(FrameError::TooLong(LIMIT as u64 + 41));
    assert_eq!(Decoder::plain(LIMIT).step(&mut wire[..PREAMBLE]), expected);
}

/// A keepalive as a stock daemon of Ceph 16.2 sends it.
#[test]
fn control_frames_have_a_crc_and_no_epilogue() {
    let mut encoder = Encoder::default();
    let mut out = Vec::new();
    encoder.control(Tag::Keepalive2, &[0; 8], &mut out);
    let wire = flat(&out);
    assert_eq!(wire.len(), PREAMBLE + 8 + CRC);
    assert_eq!(wire[..8], [18, 1, 8, 0, 0, 0, 8, 0]);
}
