//! Files of the library that programs want as real files: laid out in Krait's cache when
//! they are first asked for.
//!
//! What always holds: a folder of the cache is complete, since it is filled under another
//! name and then renamed; its name changes with the content. The exception is the folder
//! `files`: files of the library, each laid out when it is asked for and all of them when a
//! folder is, which the file `complete` beside them tells.

use std::borrow::Cow;
use std::ffi::{CStr, CString};
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use krait_sys::stand_in::StandIn;

/// Krait's folder for what can be made again.
pub fn cache_folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|p| p.is_absolute())
        .or_else(|| variable("HOME").map(|h| Path::new(&h).join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
        .join("krait")
}

/// What the folder of the library's files is named after: changes with their content.
const STAMP: u64 = {
    let mut stamp = krait_frozen::STAMP;
    let mut at = 0;
    while at < krait_testcapi::EXTENSIONS.len() {
        stamp = stamp.rotate_left(1) ^ krait_frozen::stamp(krait_testcapi::EXTENSIONS[at].1);
        at += 1;
    }
    stamp
};

fn root() -> PathBuf {
    cache_folder().join(format!("library-{STAMP:016x}"))
}

/// The paths of all files of the library, below its folder.
fn library_files() -> impl Iterator<Item = &'static str> {
    krait_frozen::files().chain(krait_testcapi::EXTENSIONS.map(|(file, _)| file))
}

/// The folder with the data files of a package of the library.
pub fn package(name: &str) -> Result<PathBuf> {
    let folder = name.replace('.', "/");
    filled(&folder.clone(), |target| {
        for (file, content) in krait_frozen::data(&folder) {
            let inside = file.strip_prefix(&folder).unwrap_or(file);
            write(target, inside.trim_start_matches('/'), &content)?;
        }
        Ok(())
    })
}

/// The folder with a package that is in the library as a wheel.
pub fn bundled(name: &str) -> Result<PathBuf> {
    let front = format!("ensurepip/_bundled/{name}-");
    let wheel = krait_frozen::data("ensurepip/_bundled").find(|(file, _)| file.starts_with(&front));
    let Some((_, wheel)) = wheel else {
        return Err(Error::new(ErrorKind::NotFound, "there is no such wheel"));
    };
    filled(&format!("bundled/{name}"), |target| {
        crate::unzip::each_file(&wheel, |file, content| write(target, file, content))
    })
}

/// A folder of the cache, filled if it is not there yet. Where the cache cannot be
/// written, a folder for temporary files takes its place.
fn filled(name: &str, fill: impl Fn(&Path) -> Result<()>) -> Result<PathBuf> {
    let wanted = root().join(name);
    if wanted.is_dir() {
        return Ok(wanted);
    }
    let other = std::env::temp_dir().join(format!("krait-{:016x}", krait_frozen::STAMP));
    fill_new(&wanted, &fill).or_else(|_| fill_new(&other.join(name), &fill))
}

fn fill_new(wanted: &Path, fill: &impl Fn(&Path) -> Result<()>) -> Result<PathBuf> {
    if wanted.is_dir() {
        return Ok(wanted.to_path_buf());
    }
    let mut under = wanted.as_os_str().to_owned();
    under.push(format!(".{}", std::process::id()));
    let under = PathBuf::from(under);
    std::fs::create_dir_all(&under)?;
    let done = fill(&under).and_then(|()| std::fs::rename(&under, wanted));
    if done.is_err() {
        let _ = std::fs::remove_dir_all(&under);
        // Another process may have been quicker.
        if !wanted.is_dir() {
            done?;
        }
    }
    Ok(wanted.to_path_buf())
}

/// The library's files under their own paths, where nothing is on the disk.
pub const STAND_IN: StandIn = StandIn { path, names };

/// What a path of the library's names below its folder; `None` for other paths, and for
/// the folder above where that exists.
fn below_library(path: &CStr) -> Option<Cow<'_, str>> {
    static LIBRARY: OnceLock<String> = OnceLock::new();
    let library = LIBRARY.get_or_init(crate::paths::library_folder);
    let path = path.to_str().ok()?.trim_end_matches('/');
    match path.strip_prefix(library.as_str()) {
        Some("") => Some("".into()),
        Some(rest) => {
            let name = without_detours(rest.strip_prefix('/')?)?;
            (name.is_empty() || is_file(&name) || is_folder(&name)).then_some(name)
        }
        None if library.strip_suffix("/python3.14") == Some(path) => Some("..".into()),
        None => None,
    }
}

/// A path without `.` and `..`, where it leads through folders of the library alone; no link
/// is among them.
fn without_detours(name: &str) -> Option<Cow<'_, str>> {
    if !name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some(name.into());
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." if !is_folder(&parts.join("/")) => return None,
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/").into())
}

fn is_file(name: &str) -> bool {
    library_files().any(|file| file == name)
}

/// The part of a file's path that follows a folder's.
fn inside<'a>(folder: &str, file: &'a str) -> Option<&'a str> {
    if folder.is_empty() {
        return Some(file);
    }
    file.strip_prefix(folder)?.strip_prefix('/')
}

fn is_folder(folder: &str) -> bool {
    library_files().any(|file| inside(folder, file).is_some())
}

fn path(path: &CStr, whole: bool) -> Option<CString> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let name = below_library(path)?;
    let name = &*name;
    let laid = if is_file(name) {
        file(name)
    } else if whole {
        all_files().map(|()| files_root().join(name))
    } else {
        let real = files_root().join(name.trim_start_matches('.'));
        // (Most often it is there. To ask costs less than to try.)
        let made = match real.is_dir() {
            true => Ok(()),
            false => std::fs::create_dir_all(&real),
        };
        made.map(|()| files_root().join(name))
    };
    CString::new(laid.ok()?.into_os_string().into_encoded_bytes()).ok()
}

fn names(path: &CStr) -> Option<Vec<(String, bool)>> {
    let folder = &*below_library(path).filter(|name| !is_file(name))?;
    if folder == ".." {
        return None;
    }
    let inside = library_files().filter_map(|file| inside(folder, file));
    let mut names: Vec<_> = inside
        .map(|file| match file.split_once('/') {
            Some((folder, _)) => (folder.to_string(), true),
            None => (file.to_string(), false),
        })
        .collect();
    names.sort();
    names.dedup();
    Some(names)
}

fn files_root() -> PathBuf {
    root().join("files/lib/python3.14")
}

/// Lays out one file of the library.
fn file(name: &str) -> Result<PathBuf> {
    let path = files_root().join(name);
    if path.is_file() {
        return Ok(path);
    }
    let extension = krait_testcapi::EXTENSIONS.iter().find(|(e, _)| *e == name);
    let content = match extension {
        Some((_, content)) => content.to_vec(),
        None => krait_frozen::content(name).ok_or(ErrorKind::NotFound)?,
    };
    let under = format!("{name}.{}", std::process::id());
    write(&files_root(), &under, &content)?;
    std::fs::rename(files_root().join(under), &path)?;
    Ok(path)
}

/// Lays out all files of the library.
fn all_files() -> Result<()> {
    let complete = root().join("files/complete");
    if complete.is_file() {
        return Ok(());
    }
    for name in library_files() {
        file(name)?;
    }
    std::fs::write(complete, "")
}

fn write(folder: &Path, file: &str, content: &[u8]) -> Result<()> {
    let path = folder.join(file);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, content)
}
