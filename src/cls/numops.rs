//! The `numops` class: arithmetic on omap values that hold decimal numbers.

use bytes::Bytes;
use ops::{Errno, Result};

use crate::call::EBADMSG;
use crate::context::ObjectContext;
use crate::method::methods;

methods! { "numops" {
    rw "add" => add,
    rw "mul" => mul,
}}

/// Significant digits of what is stored.
const PRECISION: i32 = 10;

/// Key and operand.
type Arguments = (Bytes, Bytes);

fn add(ctx: &mut dyn ObjectContext, arguments: Arguments) -> Result<()> {
    update(ctx, arguments, |value, operand| value + operand)
}

fn mul(ctx: &mut dyn ObjectContext, arguments: Arguments) -> Result<()> {
    update(ctx, arguments, |value, operand| value * operand)
}

fn update(ctx: &mut dyn ObjectContext, (key, operand): Arguments, apply: fn(f64, f64) -> f64) -> Result<()> {
    let operand = parse(&operand).ok_or(Errno::EINVAL)?;
    // A value that is missing or empty counts as 0.
    let stored = ctx.omap_get(&key).unwrap_or_default();
    let value = parse(&stored).ok_or(EBADMSG)?;
    ctx.omap_set(key, print(apply(value, operand)).into())
}

/// As C's `strtod`, where it reads all of the text: leading white space is skipped, nothing is 0, and a
/// number may be hexadecimal.
fn parse(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.split('\0').next().unwrap_or(text);
    if text.is_empty() {
        return Some(0.0);
    }
    let text = text.trim_ascii_start();
    let unsigned = text.trim_start_matches(['+', '-']);
    if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        let value = u64::from_str_radix(digits, 16).ok()? as f64;
        return Some(if text.starts_with('-') { -value } else { value });
    }
    text.parse().ok()
}

/// As C's `%.10g`.
fn print(value: f64) -> String {
    if !value.is_finite() {
        return format!("{value}").to_ascii_lowercase();
    }
    let scientific = format!("{value:.*e}", PRECISION as usize - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..PRECISION).contains(&exponent) {
        let decimals = (PRECISION - 1 - exponent).unsigned_abs() as usize;
        return without_trailing_zeros(&format!("{value:.decimals$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", without_trailing_zeros(mantissa), exponent.abs())
}

fn without_trailing_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}
