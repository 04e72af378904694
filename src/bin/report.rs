//! What a check found, for people and for programs.

use serde_json::{Value, json};
use store::offline::Report;

pub fn as_json(report: &Report) -> Value {
    let findings = report.findings.iter().map(|finding| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let object = finding.object.as_ref().map(|object| {
            json!({
                "pool": object.pool,
                "namespace": text(&object.nspace),
                "locator": text(&object.key),
                "name": text(&object.name),
            })
        });
        let part = finding.part.map(|part| ops::HeadOr(part).to_string());
        json!({
            "file": finding.file,
            "offset": finding.offset,
            "object": object,
            "part": part,
            "what": finding.what,
        })
    });
    json!({
        "whole": report.findings.is_empty(),
        "complete": report.complete,
        "findings": findings.collect::<Vec<_>>(),
        "notes": report.notes,
        "objects": report.counts.objects,
        "parts": report.counts.parts,
        "omap_keys": report.counts.omap_keys,
        "bytes": report.counts.bytes,
    })
}

pub fn as_text(report: &Report) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    report.findings.iter().for_each(|finding| line(finding.to_string()));
    report.notes.iter().for_each(|note| line(format!("note: {note}")));
    let counts = report.counts;
    if report.complete {
        line(format!(
            "{} objects of {} parts, {} omap keys, {} bytes of data read",
            counts.objects, counts.parts, counts.omap_keys, counts.bytes
        ));
    }
    line(match report.findings.len() {
        0 => "the store is whole".into(),
        1 => "1 thing is wrong".into(),
        count => format!("{count} things are wrong"),
    });
    out
}
