//! Reads the text of a `ceph.conf`.
//!
//! The grammar is that of Ceph's clients since release 16: sections of `key = value` lines, comments from
//! `#` or `;`, lines joined by a backslash at their end, values bare or in quotes, and a backslash before a
//! character that stands for itself. One liberty is taken: the last line may lack its line feed.

use std::collections::HashMap;

use ops::{Errno, Result};

/// Where reading stopped, for the log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ParseError {
    pub line: usize,
    pub what: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct ConfFile {
    sections: HashMap<String, HashMap<String, String>>,
}

impl ConfFile {
    pub fn parse(text: &[u8]) -> Result<ConfFile, ParseError> {
        let text = std::str::from_utf8(text).map_err(|e| ParseError {
            line: 1 + text[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count(),
            what: "invalid UTF-8",
        })?;
        let mut file = ConfFile::default();
        let mut section: Option<String> = None;
        let mut bare = false;
        for (line, body) in joined(text) {
            let fail = |what| Err(ParseError { line, what });
            let body = body.trim_ascii();
            if body.is_empty() || body.starts_with(['#', ';']) {
                continue;
            }
            if bare {
                return fail("a second line without a section");
            }
            if let Some(rest) = body.strip_prefix('[') {
                let (heading, rest) = take_text(rest, |c| c == ']');
                let Some(rest) = rest.strip_prefix(']') else { return fail("']' expected") };
                if heading.is_empty() || !blank_or_comment(rest) {
                    return fail("bad section heading");
                }
                file.sections.entry(heading.clone()).or_default();
                section = Some(heading);
                continue;
            }
            let (key, rest) = take_text(body, |c| c == '=' || c == '[');
            let Some(rest) = rest.strip_prefix('=') else { return fail("'=' expected") };
            let key = normalize(&key);
            if key.is_empty() {
                return fail("no name before '='");
            }
            let Some(value) = take_value(rest.trim_ascii_start()) else { return fail("bad value") };
            // A file may be one line of the global section, without saying so.
            bare = section.is_none();
            let name = section.clone().unwrap_or_else(|| "global".into());
            file.sections.entry(name).or_default().insert(key, value);
        }
        Ok(file)
    }

    /// The value of `key` in the first of `sections` that has it.
    pub fn get(&self, sections: &[String], key: &str) -> Option<&str> {
        sections.iter().find_map(|name| self.sections.get(name)?.get(key)).map(String::as_str)
    }

    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sections
            .iter()
            .flat_map(|(name, keys)| keys.keys().map(move |key| (name.as_str(), key.as_str())))
    }
}

/// Names of options, with blanks and dashes as underscores, runs of blanks as one.
pub(super) fn normalize(name: &str) -> String {
    let words: Vec<&str> = name.split_ascii_whitespace().collect();
    words.join("_").replace('-', "_")
}

/// Logical lines with the number of their first physical one.
fn joined(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut lines = text.split('\n').enumerate();
    std::iter::from_fn(move || {
        let (number, first) = lines.next()?;
        let mut line = first.strip_suffix('\r').unwrap_or(first).to_owned();
        while ends_with_continuation(&line) {
            line.pop();
            match lines.next() {
                Some((_, more)) => line.push_str(more.strip_suffix('\r').unwrap_or(more)),
                None => {
                    line.push('\\');
                    break;
                }
            }
        }
        Some((number + 1, line))
    })
}

fn ends_with_continuation(line: &str) -> bool {
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    backslashes % 2 == 1
}

/// Text up to a comment or a character that ends it, escapes resolved; and what follows.
fn take_text(text: &str, ends: impl Fn(char) -> bool) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, escaped)) => out.push(escaped),
                None => return (out, &text[at..]),
            },
            '#' | ';' => return (out, &text[at..]),
            c if ends(c) => return (out, &text[at..]),
            c => out.push(c),
        }
    }
    (out, "")
}

fn take_value(text: &str) -> Option<String> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (value, rest) = take_text(&text[1..], |c| c == quote);
        return rest
            .strip_prefix(quote)
            .filter(|rest| blank_or_comment(rest))
            .map(|_| value.trim_ascii().into());
    }
    let (value, rest) = take_text(text, |_| false);
    // Nothing but a comment may follow: a lone backslash at the end of the file is an error.
    blank_or_comment(rest).then(|| value.trim_ascii().into())
}

fn blank_or_comment(text: &str) -> bool {
    let text = text.trim_ascii_start();
    text.is_empty() || text.starts_with(['#', ';'])
}

impl From<ParseError> for Errno {
    fn from(_: ParseError) -> Errno {
        Errno::EINVAL
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
