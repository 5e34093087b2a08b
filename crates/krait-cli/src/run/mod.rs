//! `krait run SCRIPT`: runs a script with the dependencies that its inline metadata names
//! (PEP 723), installed once into an environment in Krait's cache.
//!
//! What always holds: an environment is used only when its marker `ready` is there, which
//! is written last; a lock keeps two processes from filling the same one.

use std::ffi::OsString;
use std::io::{Error, Result};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

mod metadata;
mod specifier;

use metadata::Metadata;

const USAGE: &str = "usage: krait run [option] ... SCRIPT [arg] ...\n\
Runs SCRIPT with the packages that its `# /// script` block names, which are installed\n\
into Krait's cache at the first run. Options are those of `krait`.";

/// What follows from `krait run ...`: the arguments of an ordinary start, or an exit code.
pub enum Outcome {
    Start(Vec<OsString>),
    Exit(u8),
}

/// Takes `krait run ...` apart and prepares the script's environment. Where the script
/// needs one, the process goes on as the environment's own interpreter.
pub fn prepare(arguments: &[OsString]) -> Outcome {
    let program = arguments[0].clone();
    let rest = &arguments[2..];
    let Some(at) = script_index(rest) else {
        eprintln!("{USAGE}");
        return Outcome::Exit(2);
    };
    let start = |program: OsString| {
        let mut all = vec![program];
        all.extend(rest.iter().cloned());
        all
    };
    let metadata = match std::fs::read(Path::new(&rest[at])) {
        // The ordinary start reports a file that cannot be read.
        Err(_) => return Outcome::Start(start(program)),
        Ok(source) => match metadata::read(&source) {
            Ok(metadata) => metadata,
            Err(text) => return fail(&text),
        },
    };
    let Some(metadata) = metadata else {
        return Outcome::Start(start(program));
    };
    if let Some(required) = &metadata.requires_python
        && !specifier::allows(required, crate::options::PYTHON)
    {
        let version = crate::options::VERSION;
        return fail(&format!(
            "the script requires Python {required}, this is {version}"
        ));
    }
    if metadata.dependencies.is_empty() {
        return Outcome::Start(start(program));
    }
    match environment(&metadata) {
        Ok(python) => {
            let error = Command::new(&python).args(rest).exec();
            fail(&format!("{}: {error}", python.display()))
        }
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(text: &str) -> Outcome {
    eprintln!("krait run: {text}");
    Outcome::Exit(1)
}

/// Where the script stands behind the options.
fn script_index(rest: &[OsString]) -> Option<usize> {
    let mut at = 0;
    while let Some(argument) = rest.get(at) {
        let text = argument.to_string_lossy();
        if !text.starts_with('-') || text == "-" {
            return Some(at);
        }
        at += if matches!(&*text, "-W" | "-X") { 2 } else { 1 };
    }
    None
}

/// The environment's interpreter; makes the environment if it is not there yet.
fn environment(metadata: &Metadata) -> Result<PathBuf> {
    let folder = crate::data::cache_folder()
        .join("environments")
        .join(format!("{:016x}", metadata.key()));
    let (python, ready) = (folder.join("bin/python"), folder.join("ready"));
    let own = std::fs::canonicalize(std::env::current_exe()?)?;
    if ready.exists() && is_link_to(&python, &own) {
        return Ok(python);
    }
    std::fs::create_dir_all(&folder)?;
    let lock = std::fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    if !is_link_to(&python, &own) {
        create(&folder, &python, &own)?;
    }
    if !ready.exists() {
        install(&python, metadata)?;
        std::fs::write(&ready, metadata.dependencies.join("\n"))?;
    }
    Ok(python)
}

fn is_link_to(link: &Path, target: &Path) -> bool {
    std::fs::read_link(link).is_ok_and(|to| to == target)
}

/// A virtual environment of this interpreter: an empty one, or one that another Krait has
/// filled (a program runs on the one that runs it).
fn create(folder: &Path, python: &Path, own: &Path) -> Result<()> {
    let home = own.parent().unwrap_or(Path::new("/"));
    std::fs::create_dir_all(folder.join("bin"))?;
    std::fs::create_dir_all(folder.join("lib/python3.14/site-packages"))?;
    std::fs::write(
        folder.join("pyvenv.cfg"),
        format!(
            "home = {}\ninclude-system-site-packages = false\nversion = {}\n",
            home.display(),
            crate::options::VERSION.trim_start_matches("Python ")
        ),
    )?;
    let link = folder.join("bin/python.new");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(own, &link)?;
    std::fs::rename(link, python)
}

/// Installs with pip, which shows its progress.
fn install(python: &Path, metadata: &Metadata) -> Result<()> {
    eprintln!("krait run: installing {}", metadata.dependencies.join(", "));
    let status = Command::new(python)
        .args([
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-warn-script-location",
        ])
        .args(&metadata.dependencies)
        .env_remove("PYTHONPATH")
        .stdout(std::io::stderr())
        .status()?;
    if status.success() {
        return Ok(());
    }
    Err(Error::other(
        "the script's dependencies could not be installed",
    ))
}
