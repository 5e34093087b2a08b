//! From the command line to a running program, and its end.

use std::io::Write;
use std::path::{Path, PathBuf};

use krait_object::gc::collector;
use krait_object::{
    Bytes, Dict, List, Module, Owned, Py, PyResult, Raised, Str, Value, errors, exceptions, intern,
    protocol, raise,
};
use krait_stdlib_core::{finalize, import, run as compile_run, sys, warnings};
use krait_stdlib_data::contextvars;

use crate::library;
use crate::options::{Options, Program};

/// Stands for an exit code where a KeyboardInterrupt ended the program.
const INTERRUPTED: i32 = i32::MIN;

/// The exit code of a program whose output could not all be written.
const UNWRITTEN: i32 = 120;

/// Ends the process as SIGINT would, so that the parent can tell.
fn end_by_sigint(py: Py) {
    use krait_sys::signal::{Action, pthread_kill, set_action};
    const SIGINT: i32 = 2;
    sys::flush_streams(py);
    if set_action(SIGINT, Action::Default).is_ok() {
        let _ = pthread_kill(krait_vm::threads::main_ident(py), SIGINT);
    }
}

/// Runs the program; the result is the process's exit code.
pub fn run(options: Options) -> u8 {
    let Some(py) = krait_object::gil::start_runtime(hash_key(&options)) else {
        return 1;
    };
    match initialise(py, &options) {
        Ok(()) => {}
        Err(_) => {
            report(py);
            return 1;
        }
    }
    let result = program(py, &options);
    let result = inspect(py, &options, result);
    let code = finish(py, result);
    if code == INTERRUPTED {
        end_by_sigint(py);
        return 130;
    }
    u8::try_from(code & 0xFF).unwrap_or(1)
}

pub fn variable(options: &Options, name: &str) -> Option<String> {
    if options.ignore_environment {
        return None;
    }
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// The key of string hashing: random, or from `PYTHONHASHSEED`.
fn hash_key(options: &Options) -> (u64, u64) {
    match variable(options, "PYTHONHASHSEED")
        .filter(|_| !options.random_hashes)
        .as_deref()
    {
        None | Some("random") => random_key(),
        Some("0") => (0, 0),
        Some(seed) => match seed.parse::<u32>() {
            Ok(seed) => expand(seed),
            Err(_) => random_key(),
        },
    }
}

/// Two words from a seed by CPython's linear congruential generator.
fn expand(seed: u32) -> (u64, u64) {
    let (mut x, mut bytes) = (seed, [0u8; 16]);
    for byte in &mut bytes {
        x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
        *byte = (x >> 16) as u8;
    }
    let word = |b: &[u8]| b.iter().rev().fold(0u64, |w, &b| (w << 8) | u64::from(b));
    (word(&bytes[..8]), word(&bytes[8..]))
}

fn random_key() -> (u64, u64) {
    use std::hash::{BuildHasher, RandomState};
    (
        RandomState::new().hash_one(1u8),
        RandomState::new().hash_one(2u8),
    )
}

fn initialise(py: Py, options: &Options) -> PyResult<()> {
    collector::disable(py);
    krait_vm::init(py);
    if variable(options, "PYTHONNODEBUGRANGES").is_some()
        || options
            .x_options
            .iter()
            .any(|(n, _)| n == "no_debug_ranges")
    {
        krait_vm::code::attrs::hide_columns();
    }
    if options.bytes_warning > 0 {
        krait_object::types::bytes::warn_of_text();
    }
    crate::modules::register(py);
    import::set_source(py, library::SOURCE);
    krait_sys::stand_in::install(crate::data::STAND_IN);
    krait_object::hooks::install(py, |h| {
        h.audit = sys::audit::audit;
        h.warn = warnings::warn;
        h.unraisable = sys::report_unraisable;
        h.import_module = import::import_module;
    });
    sys::set_config(py, crate::paths::config(options));
    crate::coercion::start(options);
    crate::interpreters::prepare(py, options.no_site);
    import::start(py)?;
    crate::modules::install(py)?;
    krait_capi::pylifecycle::set_program(
        py,
        krait_capi::pylifecycle::Program {
            finalize: end,
            main: main_again,
        },
    );
    make_modules(py)?;
    handle_faults(py, options)?;
    if let Ok(lines @ 1..) = crate::options::traced_lines(options) {
        krait_vm::tracemalloc::start(py, usize::from(lines));
    }
    // What there is now stays to the end.
    collector::age(py);
    collector::enable(py);
    import_first(py, options.no_site)
}

/// Imports what programs find imported.
pub fn import_first(py: Py, no_site: bool) -> PyResult<()> {
    // The module reads what `-W` says.
    if sys::get(py, "warnoptions").is_some_and(|given| protocol::truth(py, &given).unwrap_or(false))
    {
        import::import_module(py, "warnings")?;
    }
    if !no_site {
        import::import_module(py, "site")?;
    }
    Ok(())
}

/// Makes the modules that every interpreter begins with, once the import system finds native
/// ones.
pub fn make_modules(py: Py) -> PyResult<()> {
    warnings::start(py, contextvars::new_variable(py, warnings::CONTEXT)?)?;
    let library = crate::paths::library_folder();
    import::start_external(py, &library)?;
    // Frozen modules are told by it where their source would be.
    sys::set(py, "_stdlib_dir", Value::from(Str::new(&library)))?;
    import_from_archives(py)?;
    crate::modules::start_streams(py)?;
    make_main(py).map(drop)
}

/// Has fatal signals show where the program is, where that is asked for.
fn handle_faults(py: Py, options: &Options) -> PyResult<()> {
    let asked = |name, variable_name| {
        options.setting(name).is_some() || variable(options, variable_name).is_some()
    };
    if !asked("faulthandler", "PYTHONFAULTHANDLER") && !asked("dev", "PYTHONDEVMODE") {
        return Ok(());
    }
    let faulthandler = import::import_module(py, "faulthandler")?;
    protocol::call_method(py, &faulthandler, intern!("enable"), &[]).map(drop)
}

/// Archives on `sys.path` are imported from; the library's folder is none.
fn import_from_archives(py: Py) -> PyResult<()> {
    let Some(hooks) = sys::get(py, "path_hooks") else {
        return Ok(());
    };
    let zipimport = import::import_module(py, "zipimport")?;
    let importer = protocol::get_attr(py, &zipimport, intern!("zipimporter"))?;
    let arguments = [Value::int(1), importer];
    protocol::call_method(py, &hooks, intern!("insert"), &arguments).map(drop)
}

/// The `__main__` module, in which the program runs.
fn make_main(py: Py) -> PyResult {
    let module = Module::new(py, intern!("__main__"));
    let dict = module.dict();
    let set = |name: &'static Str, value: Value| {
        dict.set_value(py, &Value::from(name.to_owned_str()), value)
    };
    set(intern!("__builtins__"), sys::builtins(py)?)?;
    let importlib = import::import_module(py, "_frozen_importlib")?;
    set(
        intern!("__loader__"),
        protocol::get_attr(py, &importlib, intern!("BuiltinImporter"))?,
    )?;
    let module = Value::from(module);
    import::register(py, "__main__", module.clone())?;
    Ok(module)
}

fn main_namespace(py: Py) -> PyResult<Owned<Dict>> {
    let main = import::import_module(py, "__main__")?;
    match main.downcast::<Module>() {
        Some(module) => Ok(module.dict()),
        None => raise!(py, RuntimeError, "__main__ is no module"),
    }
}

pub fn execute(py: Py, source: &[u8], is_text: bool, filename: &Str) -> PyResult<()> {
    let globals = main_namespace(py)?;
    let code = if is_text {
        let mode = krait_compiler::Mode::Exec;
        let code = compile_run::compile_source(py, source, true, filename, mode, 0, -1)?;
        import::set_command(py, &code, &String::from_utf8_lossy(source));
        code
    } else {
        compile_run::compile_file(py, source, filename)?
    };
    let locals = Value::from(globals.clone());
    krait_vm::run::run_code(py, &code, &globals, &locals, None).map(drop)
}

/// A command without the blanks that all of its lines begin with.
fn dedent(command: &str) -> String {
    let lines = || command.split('\n').filter(|line| !line.trim().is_empty());
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let Some(first) = lines().next() else {
        return command.to_string();
    };
    let common = lines().fold(&first[..blanks(first)], |common, line| {
        let same = common.bytes().zip(line.bytes()).take_while(|(a, b)| a == b);
        &common[..same.count()]
    });
    let cut = |line| match str::strip_prefix(line, common) {
        Some(rest) if !rest.trim_start_matches([' ', '\t']).is_empty() => rest,
        _ => "",
    };
    command
        .split('\n')
        .map(cut)
        .collect::<Vec<&str>>()
        .join("\n")
}

/// Whether a stream says that it is closed.
fn is_closed(py: Py, stream: &Value) -> bool {
    let closed = protocol::lookup_attr(py, stream, intern!("closed"));
    let closed = closed.and_then(|closed| match closed {
        Some(closed) => protocol::truth(py, &closed),
        None => Ok(false),
    });
    closed.unwrap_or_else(|_| {
        drop(py.thread().take_exception());
        false
    })
}

fn program(py: Py, options: &Options) -> PyResult<()> {
    // It lives while it runs, so that the runtime's end finds it (`Py_FinalizeEx`).
    let _main = import::import_module(py, "__main__")?;
    match &options.program {
        Program::Command(command) => {
            add_path(py, options, Path::new(""))?;
            check_command(py, options)?;
            let command = dedent(command);
            execute(
                py,
                format!("{command}\n").as_bytes(),
                true,
                intern!("<string>"),
            )
        }
        Program::Module(module) => {
            let folder = std::env::current_dir().unwrap_or_default();
            add_path(py, options, &folder)?;
            let runpy = import::import_module(py, "runpy")?;
            let arguments = [Value::from(Str::new(module)), Value::bool(true)];
            protocol::call_method(py, &runpy, intern!("_run_module_as_main"), &arguments).map(drop)
        }
        Program::File(file) => file_program(py, options, Path::new(file)),
        Program::Stdin => stdin_program(py, options),
        Program::Prompt => crate::prompt::run(py, options),
    }
}

/// A command must be UTF-8.
fn check_command(py: Py, options: &Options) -> PyResult<()> {
    let place = options.arguments.len().checked_sub(options.argv.len());
    let given = place.and_then(|place| options.arguments.get(place));
    if given.is_none_or(|given| given.to_str().is_some()) {
        return Ok(());
    }
    sys::write_stderr(py, "Unable to decode the command from the command line:\n");
    let whole = sys::get(py, "orig_argv");
    let whole = whole.as_ref().and_then(|list| list.downcast::<List>());
    let command = place.and_then(|place| whole?.get(place));
    match command
        .as_ref()
        .and_then(|command| command.downcast::<Str>())
    {
        Some(command) => {
            let wrong = command
                .code_points()
                .position(|c| char::from_u32(c).is_none());
            errors::surrogates_not_allowed(py, command, wrong.unwrap_or(0))
        }
        None => Ok(()),
    }
}

/// A path as Python has it.
pub fn path_text(path: &Path) -> Owned<Str> {
    Str::from_system(path.as_os_str().as_encoded_bytes())
}

/// Puts the program's folder in front of `sys.path`.
pub fn add_path(py: Py, options: &Options, folder: &Path) -> PyResult<()> {
    let safe = options.safe_path || variable(options, "PYTHONSAFEPATH").is_some();
    if safe || options.isolated {
        return Ok(());
    }
    let Some(path) = sys::get(py, "path") else {
        return Ok(());
    };
    krait_object::types::module_origin::set_first_folder(py, &folder.to_string_lossy());
    crate::interpreters::set_first_folder(py, folder);
    let arguments = [Value::int(0), Value::from(path_text(folder))];
    protocol::call_method(py, &path, intern!("insert"), &arguments).map(drop)
}

pub fn stdin_program(py: Py, options: &Options) -> PyResult<()> {
    use std::io::Read;
    add_path(py, options, Path::new(""))?;
    let mut source = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut source) {
        return krait_object::errors::io_error(py, &error, None);
    }
    execute(py, &source, false, intern!("<stdin>"))
}

/// A program's file as it sees it itself: from the root on, but not shortened.
fn from_root(file: &Path) -> PathBuf {
    match std::env::current_dir() {
        Ok(folder) if !file.is_absolute() => {
            let mut whole = folder.into_os_string();
            if whole != "/" {
                whole.push("/");
            }
            whole.push(file);
            PathBuf::from(whole)
        }
        _ => file.to_path_buf(),
    }
}

fn file_program(py: Py, options: &Options, file: &Path) -> PyResult<()> {
    let path = &*from_root(file);
    let filename = path_text(path);
    // A folder or a zip archive with a `__main__` module, or a folder in an archive.
    let in_archive = || {
        path.ancestors()
            .skip(1)
            .any(|p| p.is_file() && is_archive(p))
    };
    let perhaps_archive = || is_archive(path) || (!path.exists() && in_archive());
    if path.is_dir() || (perhaps_archive() && imports_from(py, &filename)) {
        let Some(paths) = sys::get(py, "path") else {
            return Ok(());
        };
        protocol::call_method(
            py,
            &paths,
            intern!("insert"),
            &[Value::int(0), Value::from(filename)],
        )?;
        let runpy = import::import_module(py, "runpy")?;
        let arguments = [Value::from(Str::new("__main__")), Value::bool(false)];
        return protocol::call_method(py, &runpy, intern!("_run_module_as_main"), &arguments)
            .map(drop);
    }
    let source = std::fs::read(path).or_else(|error| {
        let path = std::path::absolute(path).unwrap_or_default();
        let name = std::ffi::CString::new(path.into_os_string().into_encoded_bytes());
        let other = name
            .ok()
            .and_then(|name| (crate::data::STAND_IN.path)(&name, false));
        match other.as_ref().and_then(|other| other.to_str().ok()) {
            Some(other) => std::fs::read(other),
            None => Err(error),
        }
    });
    let source = match source {
        Ok(source) => source,
        Err(error) => {
            let shown = krait_object::errors::os_error_text(error.raw_os_error().unwrap_or(2));
            let _ = writeln!(
                std::io::stderr(),
                "{}: can't open file {}: [Errno {}] {shown}",
                options
                    .arguments
                    .first()
                    .map_or("krait".into(), |s| s.to_string_lossy()),
                protocol::repr(py, &Value::from(filename))?.to_rust(),
                error.raw_os_error().unwrap_or(2)
            );
            return Err(krait_object::errors::raise_args(
                py,
                &exceptions::SystemExit,
                &[Value::int(2)],
            ));
        }
    };
    let folder = std::fs::canonicalize(path)
        .ok()
        .and_then(|p| p.parent().map(Path::to_path_buf));
    add_path(py, options, &folder.unwrap_or_default())?;
    let globals = main_namespace(py)?;
    let shown = Value::from(filename.clone());
    globals.set_value(
        py,
        &Value::from(intern!("__file__").to_owned_str()),
        shown.clone(),
    )?;
    let cached = Value::from(intern!("__cached__").to_owned_str());
    globals.set_value(py, &cached, Value::none())?;
    let external = import::import_module(py, "_frozen_importlib_external")?;
    let compiled = is_compiled(path, &source);
    let class = match compiled {
        true => intern!("SourcelessFileLoader"),
        false => intern!("SourceFileLoader"),
    };
    let class = protocol::get_attr(py, &external, class)?;
    let main = Value::from(Str::new("__main__"));
    let loader = protocol::call(py, &class, &[main.clone(), shown])?;
    let name = Value::from(intern!("__loader__").to_owned_str());
    globals.set_value(py, &name, loader.clone())?;
    if compiled {
        return execute_compiled(py, &source);
    }
    let start = if options.skip_first_line {
        source.iter().position(|&b| b == b'\n').unwrap_or(0)
    } else {
        0
    };
    execute(py, &source[start..], false, &filename)
}

/// What compiled code begins with.
fn magic_number() -> [u8; 4] {
    (sys::MAGIC_TOKEN as u32).to_le_bytes()
}

/// Whether a program is compiled already: by its name, or by how it begins.
fn is_compiled(path: &Path, source: &[u8]) -> bool {
    path.extension().is_some_and(|e| e == "pyc") || source.starts_with(&magic_number())
}

fn execute_compiled(py: Py, bytes: &[u8]) -> PyResult<()> {
    if bytes.len() < 4 {
        return raise!(py, EOFError, "EOF read where not expected");
    }
    if !bytes.starts_with(&magic_number()) {
        return raise!(py, RuntimeError, "Bad magic number in .pyc file");
    }
    // (Flags, time and size of the source mean nothing here.)
    let Some(content) = bytes.get(16..) else {
        return raise!(py, EOFError, "EOF read where not expected");
    };
    let loads = protocol::get_attr(py, &import::import_module(py, "marshal")?, intern!("loads"))?;
    let read = protocol::call(py, &loads, &[Value::from(Bytes::new(content))]);
    let code = match &read {
        Ok(code) => code.downcast::<krait_vm::code::CodeObject>(),
        Err(Raised) => {
            drop(py.thread().take_exception());
            None
        }
    };
    let Some(code) = code else {
        return raise!(py, RuntimeError, "Bad code object in .pyc file");
    };
    let globals = main_namespace(py)?;
    let locals = Value::from(globals.clone());
    let code = krait_object::Layout::to_owned(code);
    krait_vm::run::run_code(py, &code, &globals, &locals, None).map(drop)
}

/// Whether a file that looks like a zip archive can be imported from.
fn imports_from(py: Py, archive: &Owned<Str>) -> bool {
    let importer = import::import_module(py, "zipimport").and_then(|zipimport| {
        let archive = [Value::from(archive.clone())];
        protocol::call_method(py, &zipimport, intern!("zipimporter"), &archive)
    });
    if importer.is_err() {
        drop(py.thread().take_exception());
    }
    importer.is_ok()
}

/// Whether a file has the mark at which zip archives end.
fn is_archive(path: &Path) -> bool {
    use std::io::{Read, Seek, SeekFrom};
    let Ok(mut file) = std::fs::File::open(path) else {
        return false;
    };
    let length = file.metadata().map_or(0, |m| m.len());
    if path.extension().is_some_and(|e| e == "py") || length < 22 {
        return false;
    }
    let mut tail = Vec::new();
    let from = length.saturating_sub(66_000);
    if file.seek(SeekFrom::Start(from)).is_err() || file.read_to_end(&mut tail).is_err() {
        return false;
    }
    tail.windows(4).any(|w| w == b"PK\x05\x06")
}

/// The prompt after a program, where it is asked for. What the program raised is shown
/// before it, and does not end the process.
fn inspect(py: Py, options: &Options, result: PyResult<()>) -> PyResult<()> {
    let own = matches!(options.program, Program::Prompt | Program::Stdin);
    if own || !crate::prompt::is_wanted(options) {
        return result;
    }
    if result.is_err() {
        show_exception(py);
    }
    crate::prompt::after_program(py, options)
}

/// Shows the exception that was raised, SystemExit like any other.
pub fn show_exception(py: Py) {
    if let Some(exception) = py.thread().take_exception() {
        sys::report_uncaught(py, &Value::from(exception));
    }
}

/// Reports the exception that is set; the exit code.
fn report(py: Py) -> i32 {
    let Some(exception) = py.thread().take_exception() else {
        return 1;
    };
    if exception.ty().is_subtype_of(&exceptions::SystemExit) {
        return exit_code(py, &Value::from(exception));
    }
    let interrupted = exception.ty().is_subtype_of(&exceptions::KeyboardInterrupt);
    sys::report_uncaught(py, &Value::from(exception));
    if interrupted { INTERRUPTED } else { 1 }
}

/// What `SystemExit` asks for; texts go to standard error.
fn exit_code(py: Py, exception: &Value) -> i32 {
    let code = protocol::get_attr(py, exception, intern!("code")).unwrap_or_else(|_| Value::none());
    if code.is_none() {
        return 0;
    }
    if code.downcast::<krait_object::types::int::Int>().is_some() {
        return protocol::number::int_of(&code).map_or(-1, |code| code as i32);
    }
    let text = protocol::str(py, &code);
    sys::flush_streams(py);
    if let Ok(text) = text {
        sys::write_stderr_text(py, &text);
    }
    sys::write_stderr(py, "\n");
    1
}

/// Waits for the threads that are not daemons.
pub fn end_threads(py: Py) {
    let name = Value::from(Str::new("threading"));
    let loaded =
        sys::get(py, "modules").and_then(|m| m.downcast::<Dict>().map(|d| d.get(py, &name)));
    if let Some(Ok(Some(threading))) = loaded
        && protocol::call_method_str(py, &threading, "_shutdown", &[]).is_err()
    {
        sys::report_unraisable(
            py,
            Some("Exception ignored on threading shutdown"),
            Some(&threading.to_object()),
        );
    }
}

/// Reports what the program has come to, and ends it; the exit code.
fn finish(py: Py, result: PyResult<()>) -> i32 {
    let code = if result.is_ok() { 0 } else { report(py) };
    if end(py) { code } else { UNWRITTEN }
}

/// Ends the program, where C has not done so: threads, exit functions, streams. Whether all
/// output could be written.
pub fn end(py: Py) -> bool {
    if compile_run::is_finalizing() {
        return true;
    }
    end_threads(py);
    krait_stdlib_os::atexit::run(py);
    crate::interpreters::end_rest(py);
    compile_run::set_finalizing();
    krait_object::gil::keep_for_ever(py);
    krait_stdlib_os::thread::handle::program_ends();
    let mut written = true;
    if let Some(stdout) = sys::get(py, "stdout").filter(|s| !s.is_none() && !is_closed(py, s))
        && protocol::call_method(py, &stdout, intern!("flush"), &[]).is_err()
    {
        sys::report_unraisable(
            py,
            Some("Exception ignored while flushing sys.stdout"),
            None,
        );
        written = false;
    }
    sys::flush_streams(py);
    if !written || !finalize::is_unnoticed(py) {
        finalize::give_up_modules(py);
        sys::flush_streams(py);
    }
    written
}

/// A second program in the process (`Py_Main`): it finds one that runs, as CPython's does.
pub fn main_again(py: Py, arguments: Vec<std::ffi::OsString>) -> i32 {
    if let Err(stop) = crate::options::parse(arguments).and_then(|o| crate::options::check(&o)) {
        stop.tell();
        return i32::from(stop.code);
    }
    let _: PyResult<()> = krait_stdlib_interpreters::already_running(py);
    finish(py, Err(Raised))
}
