//! The C headers, by cbindgen from the sources of the C API, section by section: a file of functions is a section, and
//! its first comment the section's text. What cbindgen cannot express (macros, anonymous enums) stands in text files
//! beside the sources.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use cbindgen::{Builder, Config, DocumentationStyle, ItemType, Language, Style};

use crate::{Made, Result};

/// One header: text, then types, then functions, then `#endif`s.
struct Header {
    path: &'static str,
    /// Where the sources are.
    dir: &'static str,
    /// A text file of ours: include guard, includes, macros.
    prelude: &'static str,
    types: &'static [&'static str],
    functions: &'static [&'static str],
    /// Whether Ceph's structs and enums have tags.
    style: Style,
    /// The macros before and after a declaration.
    api: &'static str,
    deprecated: &'static str,
}

const RADOS: (&str, &str) = ("CEPH_RADOS_API", "__attribute__((deprecated))");
const RBD: (&str, &str) = ("CEPH_RBD_API", "CEPH_RBD_DEPRECATED");

const HEADERS: &[Header] = &[
    Header {
        path: "include/rados/rados_types.h",
        dir: "src/capi/rados",
        prelude: "rados_types.prelude.h",
        types: &["watch_types"],
        functions: &[],
        style: Style::Both,
        api: RADOS.0,
        deprecated: RADOS.1,
    },
    Header {
        path: "include/rados/librados.h",
        dir: "src/capi/rados",
        prelude: "librados.prelude.h",
        types: &["types"],
        functions: &[
            "cluster",
            "conf",
            "pools",
            "ioctx",
            "list",
            "object_list",
            "snaps",
            "object",
            "xattr",
            "omap_iter",
            "completion",
            "aio",
            "watch",
            "write_op",
            "read_op",
            "lock",
            "applications",
            "command",
            "service",
        ],
        style: Style::Both,
        api: RADOS.0,
        deprecated: RADOS.1,
    },
    Header {
        path: "include/rbd/features.h",
        dir: "src/capi/rbd",
        prelude: "features.prelude.h",
        types: &[],
        functions: &[],
        style: Style::Type,
        api: RBD.0,
        deprecated: RBD.1,
    },
    Header {
        path: "include/rbd/librbd.h",
        dir: "src/capi/rbd",
        prelude: "librbd.prelude.h",
        types: &["types", "mirror_types"],
        functions: &[
            "info",
            "list",
            "create",
            "image_options",
            "open",
            "features",
            "io",
            "completion",
            "aio",
            "snap",
            "snap_namespace",
            "children",
            "copy",
            "migration",
            "encryption",
            "metadata",
            "advisory_lock",
            "exclusive_lock",
            "watch",
            "trash",
            "namespace",
            "pool",
            "pool_metadata",
            "group",
            "group_snap",
            "mirror_pool",
            "mirror_image",
            "mirror_status",
        ],
        style: Style::Type,
        api: RBD.0,
        deprecated: RBD.1,
    },
];

const END: &str = "\n#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n#endif\n";

pub fn make(top: &Path) -> Result<Made> {
    let there = HEADERS.iter().filter(|header| top.join(header.dir).join(header.prelude).exists());
    there.map(|header| Ok((header.path.into(), header.text(top)?))).collect()
}

impl Header {
    fn text(&self, top: &Path) -> Result<String> {
        let dir = top.join(self.dir);
        let mut text =
            fs::read_to_string(dir.join(self.prelude)).map_err(|e| format!("{}: {e}", self.prelude))?;
        let (mut functions, mut known) = (String::new(), Vec::new());
        for section in self.functions {
            let source = fs::read_to_string(dir.join(section).with_extension("rs"))?;
            known.extend(exported(&source));
            functions.push_str(&heading(&source));
            functions.push_str(&self.generate(&[source], ItemType::Functions)?);
        }
        self.nothing_left_out(&dir, &known)?;
        let types = self.types.iter().map(|file| fs::read_to_string(dir.join(file).with_extension("rs")));
        let types = self.generate(&types.collect::<std::io::Result<Vec<_>>>()?, ItemType::Structs)?;
        for part in [types, functions].into_iter().filter(|part| !part.is_empty()) {
            text.push('\n');
            text.push_str(part.trim());
            text.push('\n');
        }
        text.push_str(END);
        Ok(text)
    }

    /// Every file that exports functions must stand in the list of sections.
    fn nothing_left_out(&self, dir: &Path, known: &[String]) -> Result<()> {
        if self.functions.is_empty() {
            return Ok(());
        }
        for file in sources(dir)? {
            for name in exported(&fs::read_to_string(&file)?) {
                // These are in the libraries for old programs only; Ceph's header has not had them for long.
                if !known.contains(&name) && !name.starts_with("rados_tmap_") {
                    return Err(
                        format!("{}: {name} is in no section of {}", file.display(), self.path).into()
                    );
                }
            }
        }
        Ok(())
    }

    fn generate(&self, sources: &[String], items: ItemType) -> Result<String> {
        let dir = std::env::temp_dir().join(format!("sepiola-headers-{}", std::process::id()));
        fs::create_dir_all(&dir)?;
        let mut config = Config {
            language: Language::C,
            style: self.style,
            usize_is_size_t: true,
            documentation_style: DocumentationStyle::Doxy,
            no_includes: true,
            line_length: 100,
            tab_width: 4,
            ..Config::default()
        };
        config.function.prefix = Some(self.api.to_owned());
        config.function.deprecated = Some(self.deprecated.to_owned());
        config.export.item_types = match items {
            ItemType::Functions => vec![ItemType::Functions],
            _ => vec![
                ItemType::Constants,
                ItemType::Structs,
                ItemType::Enums,
                ItemType::Unions,
                ItemType::Typedefs,
            ],
        };
        // Also types that no function of these files names.
        config.export.include = sources.iter().flat_map(|source| types(source)).collect();
        config.export.rename = ["timespec", "timeval", "iovec"]
            .into_iter()
            .map(|name| (name.to_owned(), format!("struct {name}")))
            .collect::<HashMap<_, _>>();
        config.enumeration.prefix_with_name = false;
        let mut builder = Builder::new().with_config(config);
        for (index, source) in sources.iter().enumerate() {
            let file = dir.join(format!("{index}.rs"));
            fs::write(&file, normal(source))?;
            builder = builder.with_src(file);
        }
        let mut text = Vec::new();
        builder.generate()?.write(&mut text);
        fs::remove_dir_all(&dir)?;
        // Ceph's type for a count or an error; cbindgen knows isize by another name only.
        Ok(String::from_utf8(text)?.replace("ptrdiff_t", "ssize_t"))
    }
}

/// The source files of a directory, by name.
pub fn sources(dir: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(dir)?.map(|entry| Ok(entry?.path()));
    let mut files = files.collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    Ok(files)
}

/// The public name behind an exported one: `__rbd_open` is `rbd_open` in librbd.so.1, `__rados_x_14` is the default
/// version of `rados_x`. `None` for the base versions, which have no declaration.
pub fn public_name(export: &str) -> Option<String> {
    let name = export.strip_prefix("__").unwrap_or(export);
    if name.ends_with("_base") {
        return None;
    }
    Some(name.strip_suffix("_14").unwrap_or(name).to_owned())
}

/// Which functions a source declares for the header.
fn exported(source: &str) -> Vec<String> {
    let normal = normal(source);
    let mut lines = normal.lines();
    let mut names = Vec::new();
    while lines.any(|line| line.trim() == NO_MANGLE) {
        let name = lines.next().and_then(|line| line.split_once("extern \"C\" fn ")).map(|(_, rest)| rest);
        names.extend(name.and_then(|rest| rest.split_once('(')).map(|(name, _)| name.to_owned()));
    }
    names
}

/// The types a source defines.
fn types(source: &str) -> Vec<String> {
    let name = |line: &str| {
        let rest = ["pub struct ", "pub enum ", "pub union ", "pub type "]
            .iter()
            .find_map(|kind| line.strip_prefix(kind))?;
        Some(rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?.to_owned())
    };
    source.lines().filter_map(name).collect()
}

const NO_MANGLE: &str = "#[unsafe(no_mangle)]";

/// The source with every exported function under its public name.
fn normal(source: &str) -> String {
    let line = |line: &str| {
        let export =
            line.trim().strip_prefix("#[unsafe(export_name = \"").and_then(|rest| rest.strip_suffix("\")]"));
        match export {
            Some(export) if public_name(export).is_some() => NO_MANGLE.to_owned(),
            Some(_) => String::new(),
            None => line.to_owned(),
        }
    };
    source.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The first comment of a file, as the heading of its section.
fn heading(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let text = lines.collect::<Vec<_>>().join("\n * ");
    format!("\n/*\n * {text}\n */\n\n")
}
