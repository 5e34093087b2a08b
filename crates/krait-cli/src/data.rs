//! Files of the library that programs want as real files: laid out in Krait's cache when
//! they are first asked for.
//!
//! What always holds: a folder of the cache is complete, since it is filled under another
//! name and then renamed; its name changes with the content.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

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

fn root() -> PathBuf {
    cache_folder().join(format!("library-{:016x}", krait_frozen::STAMP))
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

fn write(folder: &Path, file: &str, content: &[u8]) -> Result<()> {
    let path = folder.join(file);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, content)
}
