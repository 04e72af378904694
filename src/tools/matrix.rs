//! `docs/MATRIX.md`: every function of Ceph's libraries, the release that brought it, and whether it is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use syn::{Item, ItemFn, Meta};

use crate::headers::{public_name, sources};
use crate::{Made, Result};

/// A header, the sources of its functions, and the list of what Ceph's library exports; and where what stock's functions
/// said is recorded, for the comparison with ours.
const TABLES: &[(&str, &str, &str, Option<&str>)] = &[
    (
        "rados/librados.h",
        "src/capi/rados",
        "ctests/abi/librados.symbols",
        Some("ctests/compare/expected/20.2"),
    ),
    ("rbd/librbd.h", "src/capi/rbd", "ctests/abi/librbd.symbols", None),
];

pub fn make(top: &Path) -> Result<Made> {
    let mut text = String::from(
        "# What is there\n\nEvery C function of Ceph's libraries and the Ceph release that brought it. All are exported; \
         one that is\nnot there returns `-EOPNOTSUPP`, NULL or 0. Made from the code by \
         `cargo run -p sepiola-tools -- matrix`.\nWhat every function of librados answers is compared with what \
         Ceph's library answers: `ctests/compare`.\n",
    );
    for (header, dir, symbols, recorded) in TABLES {
        let symbols = fs::read_to_string(top.join(symbols))?;
        if let Some(recorded) = recorded {
            all_compared(&symbols, &top.join(recorded))?;
        }
        table(&mut text, header, &implemented(&top.join(dir))?, &symbols)?;
    }
    Ok(vec![("docs/MATRIX.md".into(), text)])
}

/// Every function has a line of its own in what the comparing programs print.
fn all_compared(symbols: &str, recorded: &Path) -> Result<()> {
    let mut said = BTreeSet::new();
    for file in fs::read_dir(recorded)? {
        let text = fs::read_to_string(file?.path())?;
        said.extend(text.lines().filter_map(|line| Some(line.split_once(": ")?.0.to_owned())));
    }
    let names = symbols.lines().filter_map(|line| Some(line.split_once(' ')?.0));
    match names.into_iter().find(|name| !said.contains(*name)) {
        Some(missing) => Err(format!("{missing} is compared by no program in ctests/compare").into()),
        None => Ok(()),
    }
}

fn table(text: &mut String, header: &str, there: &BTreeMap<String, bool>, symbols: &str) -> Result<()> {
    let rows: Vec<_> = symbols.lines().filter_map(|line| line.split_once(' ')).collect();
    if let Some((missing, _)) = rows.iter().find(|(name, _)| !there.contains_key(*name)) {
        return Err(format!("{missing} of {header} is nowhere in the code").into());
    }
    let count = rows.iter().filter(|(name, _)| there[*name]).count();
    writeln!(text, "\n## {header}\n\n{count} of {} are there.\n", rows.len())?;
    writeln!(text, "| function | since Ceph | there |\n|---|---|---|")?;
    for (name, release) in rows {
        writeln!(text, "| `{name}` | {} | {} |", release.trim(), if there[name] { "yes" } else { "no" })?;
    }
    Ok(())
}

/// The exported functions of a directory, and whether each has a body.
fn implemented(dir: &Path) -> Result<BTreeMap<String, bool>> {
    let mut there = BTreeMap::new();
    for file in sources(dir)? {
        let source =
            syn::parse_file(&fs::read_to_string(&file)?).map_err(|e| format!("{}: {e}", file.display()))?;
        for item in source.items {
            let Item::Fn(function) = item else { continue };
            if let Some(name) = exported(&function) {
                there.insert(name, !unsupported(&function));
            }
        }
    }
    Ok(there)
}

/// The public name of an exported function.
fn exported(function: &ItemFn) -> Option<String> {
    function.attrs.iter().find_map(|attribute| {
        let inner: Meta = match &attribute.meta {
            Meta::List(list) if list.path.is_ident("unsafe") => list.parse_args().ok()?,
            _ => return None,
        };
        match inner {
            Meta::Path(path) if path.is_ident("no_mangle") => Some(function.sig.ident.to_string()),
            Meta::NameValue(pair) if pair.path.is_ident("export_name") => match pair.value {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) => public_name(&name.value()),
                _ => None,
            },
            _ => None,
        }
    })
}

/// Whether the body says `unsupported!`.
fn unsupported(function: &ItemFn) -> bool {
    struct Finder(bool);
    impl<'a> syn::visit::Visit<'a> for Finder {
        fn visit_macro(&mut self, mac: &'a syn::Macro) {
            self.0 |= mac.path.segments.last().is_some_and(|name| name.ident == "unsupported");
        }
    }
    let mut finder = Finder(false);
    syn::visit::visit_block(&mut finder, &function.block);
    finder.0
}
