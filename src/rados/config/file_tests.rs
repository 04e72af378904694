//! What Ceph 20.2 makes of small files: the options that differ from their defaults afterwards.

use ops::Errno;

use super::*;
use crate::config::{Config, EntityName};

type Vector = (&'static str, Result<&'static [(&'static str, &'static str)], i32>);

#[rustfmt::skip]
const VECTORS: &[Vector] = &[
    ("", Ok(&[])),
    ("x", Err(22)),
    ("[global]\n", Ok(&[])),
    ("[global]\nrbd cache = false\n", Ok(&[("rbd_cache", "false")])),
    ("rbd cache = false\n", Ok(&[("rbd_cache", "false")])),
    ("[global]\n rbd_cache = false # c\n", Ok(&[("rbd_cache", "false")])),
    ("[global]\nrbd_cache = false ; c\n", Ok(&[("rbd_cache", "false")])),
    ("[global]\nlog file = \"a # b\" # c\n", Err(22)),
    ("[global]\nlog file = 'a ; b'\n", Err(22)),
    ("[global]\nlog file = a\\#b\n", Ok(&[("log_file", "a#b")])),
    ("[global]\nlog file = a\\\nb\n", Ok(&[("log_file", "ab")])),
    ("[global]\nlog file = a \\\n   b\n", Ok(&[("log_file", "a    b")])),
    ("[global]\nlog file = \"abc\n", Err(22)),
    ("[global]\nrbd_cache\n", Err(22)),
    ("[global\nrbd_cache=false\n", Err(22)),
    ("[global]\nrbd_cache = maybe\nlog file = z\n", Ok(&[("log_file", "z")])),
    ("[global]\nfoo bar = 3\nlog file = z\n", Ok(&[("log_file", "z")])),
    ("[ global ]\nlog file = z\n", Ok(&[])),
    ("[global] # x\nlog file = z\n", Ok(&[("log_file", "z")])),
    ("[GLOBAL]\nlog file = z\n", Ok(&[])),
    ("[global]\nlog_file = a\nlog file = b\n", Ok(&[("log_file", "b")])),
    ("[global]\nlog file = a\n[client]\nlog file = b\n[client.admin]\nlog file=c\n", Ok(&[("log_file", "c")])),
    ("[client.admin]\nlog file=c\n[client]\nlog file = b\n[global]\nlog file = a\n", Ok(&[("log_file", "c")])),
    ("[client.foo]\nlog file=c\n", Ok(&[])),
    ("[global]\nlog file = a\n[global]\nlog file = b\n", Ok(&[("log_file", "b")])),
    ("[global]\r\nlog file = a\r\n", Ok(&[("log_file", "a")])),
    ("[global]\nlog file =\n", Ok(&[])),
    ("[global]\n\n\n# c\n; d\n   # e\nlog file = a = b [c]\n", Ok(&[("log_file", "a = b [c]")])),
    ("[global]\n\tlog   file\t=\ta  b \t\n", Ok(&[("log_file", "a  b")])),
    ("[global]\nlog file = é\n", Ok(&[("log_file", "é")])),
    ("[global]\nLOG FILE = q\n", Ok(&[])),
    ("[global]\nlog file = \"a\" b\n", Err(22)),
    ("[global]\nlog file = a \"b\"\n", Ok(&[("log_file", "a \"b\"")])),
    ("[global]\nlog file = a\\ b\\\\c\n", Ok(&[("log_file", "a b\\c")])),
    ("[global]\nlog file = \"a\\\"b\"\n", Ok(&[("log_file", "a\"b")])),
    ("[global]\nlog file = a\nbad line\nrun dir = y\n", Err(22)),
    ("[global]\nrun dir = y\n]\n", Err(22)),
    ("[]\nrun dir=y\n", Err(22)),
    ("# only comment\n", Ok(&[])),
    ("\n\n[global]\nlog file=a\n", Ok(&[("log_file", "a")])),
    ("[global]\nlog_file = a\n[global]]\nrun dir=b\n", Err(22)),
    ("[global]\nlog file = a#b\n", Ok(&[("log_file", "a")])),
    ("[osd.0]\nlog file = 3\n[mon1]\nfoo=bar\n", Ok(&[])),
    ("[global]\nlog file = x\\", Err(22)),
    ("[global]\nlog file = a\\\n\\\nb\n", Ok(&[("log_file", "ab")])),
    ("[global]\n=x\n", Err(22)),
    ("[global]\nrbd_cache = false\\\n\nlog file = c\n", Ok(&[("log_file", "c"), ("rbd_cache", "false")])),
    ("[global]\ndebug rbd = 20\n", Ok(&[("debug_rbd", "20/20")])),
    ("[global]\nrbd_cache_size = 32M\n", Ok(&[])),
    ("log file = a\nrun dir = b\n", Err(22)),
    ("[global]\nlog file = \"\"\n", Ok(&[])),
    ("[client.admin]\nlog_file = $name\n", Ok(&[("log_file", "client.admin")])),
    ("[global]\nsepiola store = /x\nlog file = k\n", Ok(&[("log_file", "k")])),
    ("[global] log file = k\n", Err(22)),
    ("[global]\nlog file = 'it''s'\n", Err(22)),
    ("[global]\nlog # file = k\n", Err(22)),
];

const WATCHED: &[&str] = &["log_file", "rbd_cache", "run_dir", "debug_rbd"];

fn read(text: &[u8]) -> Result<Vec<(&'static str, String)>, Errno> {
    let dir = tempfile::tempdir().expect("a directory for the file");
    let path = dir.path().join("t.conf");
    std::fs::write(&path, text).expect("the file");
    let config = Config::new(EntityName::client(None), "");
    let before: Vec<_> = WATCHED.iter().map(|name| config.get(name)).collect();
    config.read_file(Some(path.to_str().expect("a path in UTF-8")))?;
    let after = WATCHED.iter().zip(before).filter_map(|(name, before)| {
        let now = config.get(name);
        (now != before).then(|| (*name, now.expect("a known option")))
    });
    Ok(after.collect())
}

#[test]
fn files_are_read_as_stock_does() {
    let mut wrong = Vec::new();
    for (text, want) in VECTORS {
        let got = read(text.as_bytes()).map_err(|e| e.0);
        let want = want.map(|all| all.iter().map(|(n, v)| (*n, (*v).to_owned())).collect::<Vec<_>>());
        if got != want {
            wrong.push(format!("{text:?}: got {got:?}, want {want:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), VECTORS.len(), wrong.join("\n"));
}

#[test]
fn last_line_may_lack_its_line_feed() {
    assert_eq!(read(b"[global]\nrbd cache=false"), Ok(vec![("rbd_cache", "false".into())]));
}

#[test]
fn dashes_are_underscores() {
    assert_eq!(read(b"[global]\nlog-file = x\n"), Ok(vec![("log_file", "x".into())]));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_eq!(read(b"[global]\nlog file = \xff\n"), Err(Errno::EINVAL));
    let error = ConfFile::parse(b"[global]\n\xff").err();
    assert_eq!(error, Some(ParseError { line: 2, what: "invalid UTF-8" }));
}

#[test]
fn errors_tell_the_line() {
    let error = ConfFile::parse(b"[global]\na = 1\\\n2\nbad\n").err();
    assert_eq!(error, Some(ParseError { line: 4, what: "'=' expected" }));
}
