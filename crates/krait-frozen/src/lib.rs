//! The standard library, compiled when Krait is built.
#![forbid(unsafe_code)]

mod stamp;
pub use stamp::stamp;

/// A module of the library.
pub struct Entry {
    name: &'static str,
    file: &'static str,
    package: bool,
    code: (usize, usize),
    source: (usize, usize),
    length: usize,
}

/// A file of the library that is no module.
pub struct DataFile {
    file: &'static str,
    bytes: (usize, usize),
    length: usize,
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

static CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/code.bin"));
static SOURCE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/source.bin"));

static DATA_BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/data.bin"));

/// The files below a folder of the library that are no modules: path below the library's
/// folder, and content.
pub fn data(folder: &str) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let folder = format!("{folder}/");
    DATA.iter()
        .filter(move |d| d.file.starts_with(&folder))
        .filter_map(|d| {
            let packed = &DATA_BYTES[d.bytes.0..d.bytes.1];
            let content = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, d.length);
            content.ok().map(|c| (d.file, c))
        })
}

/// The paths of all files of the library, below its folder.
pub fn files() -> impl Iterator<Item = &'static str> {
    let modules = MODULES.iter().map(|e| e.file);
    modules.chain(DATA.iter().map(|d| d.file))
}

/// The content of a file of the library.
pub fn content(file: &str) -> Option<Vec<u8>> {
    if let Some(path) = file.strip_suffix(".py") {
        let name = path.strip_suffix("/__init__").unwrap_or(path);
        if let Some(entry) = entry(&name.replace('/', ".")).filter(|e| e.file == file) {
            return source(entry.name);
        }
    }
    let found = DATA.iter().find(|d| d.file == file)?;
    let packed = &DATA_BYTES[found.bytes.0..found.bytes.1];
    miniz_oxide::inflate::decompress_to_vec_with_limit(packed, found.length).ok()
}

/// What is known of a module without loading it.
#[derive(Clone, Copy)]
pub struct Info {
    /// Path below the library's folder.
    pub file: &'static str,
    pub package: bool,
    /// The serialised code object.
    pub code: &'static [u8],
}

fn entry(name: &str) -> Option<&'static Entry> {
    MODULES
        .binary_search_by(|e| e.name.cmp(name))
        .ok()
        .map(|i| &MODULES[i])
}

pub fn find(name: &str) -> Option<Info> {
    let entry = entry(name)?;
    Some(Info {
        file: entry.file,
        package: entry.package,
        code: &CODE[entry.code.0..entry.code.1],
    })
}

/// The source text of a module.
pub fn source(name: &str) -> Option<Vec<u8>> {
    let entry = entry(name)?;
    miniz_oxide::inflate::decompress_to_vec_with_limit(
        &SOURCE[entry.source.0..entry.source.1],
        entry.length,
    )
    .ok()
}

/// The names of all modules, sorted.
pub fn names() -> Vec<&'static str> {
    MODULES.iter().map(|e| e.name).collect()
}
