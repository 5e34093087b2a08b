//! The command line, which is that of `python3`.

use std::io::Write;

/// What is to be run.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Program {
    #[default]
    Prompt,
    Command(String),
    Module(String),
    File(std::ffi::OsString),
    Stdin,
}

/// The command line, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub program: Program,
    /// `sys.argv`
    pub argv: Vec<String>,
    /// All arguments as they came.
    pub arguments: Vec<std::ffi::OsString>,
    pub bytes_warning: i64,
    pub debug: i64,
    pub dont_write_bytecode: bool,
    pub ignore_environment: bool,
    pub inspect: bool,
    pub isolated: bool,
    pub no_site: bool,
    pub no_user_site: bool,
    pub optimize: i64,
    pub quiet: bool,
    /// Hashes of strings are random whatever PYTHONHASHSEED says.
    pub random_hashes: bool,
    pub safe_path: bool,
    pub unbuffered: bool,
    pub verbose: i64,
    pub warn_options: Vec<String>,
    pub x_options: Vec<(String, Option<String>)>,
    pub skip_first_line: bool,
}

impl Options {
    /// What `-X NAME` was given last.
    pub fn setting(&self, name: &str) -> Option<&(String, Option<String>)> {
        self.x_options.iter().rev().find(|(n, _)| n == name)
    }

    /// `sys.argv` and `sys.orig_argv` in the system's own bytes, which need not be UTF-8.
    pub fn raw_arguments(&self) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        use std::os::unix::ffi::OsStrExt;
        let all: Vec<Vec<u8>> = self
            .arguments
            .iter()
            .map(|a| a.as_bytes().to_vec())
            .collect();
        let own = self.argv.len().saturating_sub(1).min(all.len());
        let first = match &self.program {
            Program::File(file) => Some(file.as_bytes().to_vec()),
            _ => self.argv.first().map(|first| first.as_bytes().to_vec()),
        };
        let argv = first
            .into_iter()
            .chain(all[all.len() - own..].iter().cloned());
        (argv.collect(), all)
    }
}

/// The program ends at once.
pub struct Stop {
    pub code: u8,
    pub text: String,
    pub to_stdout: bool,
}

impl Stop {
    /// Writes the text.
    pub fn tell(&self) {
        let _ = match self.to_stdout {
            true => writeln!(std::io::stdout(), "{}", self.text),
            false => writeln!(std::io::stderr(), "{}", self.text),
        };
    }
}

pub const VERSION: &str = "Python 3.14.10";
/// The same as numbers.
pub const PYTHON: [u64; 3] = [3, 14, 10];

/// The first line of the help.
fn usage() -> String {
    let name = std::env::args_os().next().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    format!("usage: {name} [option] ... [-c cmd | -m mod | file | -] [arg] ...")
}

/// What is wrong with the command line, and where to find help.
fn wrong(what: &str) -> Stop {
    Stop {
        code: 2,
        text: format!("{what}\n{}\nTry `python -h' for more information.", usage()),
        to_stdout: false,
    }
}

fn help(text: String) -> Stop {
    Stop {
        code: 0,
        text,
        to_stdout: true,
    }
}

const OPTIONS: &str = include_str!("help/options.txt");
const ENVIRONMENT: &str = include_str!("help/environment.txt");
const X_OPTIONS: &str = include_str!("help/x_options.txt");

/// The text of one of the options that show help.
fn help_text(option: &str) -> Option<String> {
    let options = || format!("{}\n{OPTIONS}", usage());
    let text = match option {
        "--help" | "-h" | "-?" => options(),
        "--help-env" => ENVIRONMENT.to_string(),
        "--help-xoptions" => X_OPTIONS.to_string(),
        "--help-all" => format!("{}\n{ENVIRONMENT}\n{X_OPTIONS}", options()),
        _ => return None,
    };
    Some(text.trim_end().to_string())
}

/// Which imports are timed (`-X importtime`, PYTHONPROFILEIMPORTTIME): none, those that
/// load (1, or what is no number), or all (2). Fails with what said something else.
pub fn import_time(options: &Options) -> Result<u8, &'static str> {
    let (what, given) = match options.setting("importtime") {
        Some((_, given)) => ("-X importtime", given.clone().unwrap_or_default()),
        None if options.ignore_environment => return Ok(0),
        None => match std::env::var("PYTHONPROFILEIMPORTTIME") {
            Ok(given) if !given.is_empty() => ("PYTHONPROFILEIMPORTTIME", given),
            _ => return Ok(0),
        },
    };
    match given.trim_start().parse::<i64>().unwrap_or(1) {
        level @ 0..=2 => Ok(level as u8),
        _ => Err(what),
    }
}

/// How many lines of each allocation are traced (`-X tracemalloc`, PYTHONTRACEMALLOC); 0
/// where none are. Fails with what said something that is no such number.
pub fn traced_lines(options: &Options) -> Result<u16, &'static str> {
    let (what, given) = match options.setting("tracemalloc") {
        Some((_, given)) => ("-X tracemalloc=NFRAME", given.clone()),
        None if options.ignore_environment => return Ok(0),
        None => match std::env::var("PYTHONTRACEMALLOC") {
            Ok(given) if !given.is_empty() => ("PYTHONTRACEMALLOC", Some(given)),
            _ => return Ok(0),
        },
    };
    match given {
        None => Ok(1),
        Some(given) => given.parse().map_err(|_| what),
    }
}

/// What ends the process at once: which part of the configuration says what.
fn fatal(place: &str, text: &str) -> Stop {
    let state = match place.starts_with("pre") {
        true => "preinitializing",
        false => "preinitialized",
    };
    Stop {
        code: 1,
        text: format!("Fatal Python error: {place}: {text}\nPython runtime state: {state}"),
        to_stdout: false,
    }
}

/// What an option of `-X` or else a variable of the environment says, where one is set.
fn given(options: &Options, option: &str, variable: &str) -> Option<String> {
    match options.setting(option) {
        Some((_, given)) => Some(given.clone().unwrap_or_default()),
        None if options.ignore_environment || variable.is_empty() => None,
        None => std::env::var(variable).ok().filter(|v| !v.is_empty()),
    }
}

/// Refuses settings that have no meaning.
pub fn check(options: &Options) -> Result<(), Stop> {
    check_utf8(options)?;
    if let Err(what) = traced_lines(options) {
        let text = format!("{what}: invalid number of frames");
        return Err(fatal("config_init_tracemalloc", &text));
    }
    if let Err(what) = import_time(options) {
        let text = format!("{what}: values other than 1 and 2 are reserved for future use.");
        return Err(fatal("config_init_import_time", &text));
    }
    let seed = (!options.random_hashes).then(|| given(options, "", "PYTHONHASHSEED"));
    if let Some(seed) = seed.flatten()
        && seed != "random"
        && seed.parse::<u32>().is_err()
    {
        let text = "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";
        return Err(fatal("config_init_hash_seed", text));
    }
    if let Some(count) = given(options, "cpu_count", "PYTHON_CPU_COUNT")
        && count != "default"
        && !count.parse::<i32>().is_ok_and(|count| count > 0)
    {
        let text = "-X cpu_count=n option: n is missing or an invalid number, \
                    n must be greater than 0";
        return Err(fatal("config_init_cpu_count", text));
    }
    let refused = match given(options, "gil", "PYTHON_GIL").as_deref() {
        None | Some("1") => None,
        Some("0") => Some("Disabling the GIL is not supported by this build"),
        Some(_) => Some("PYTHON_GIL / -X gil must be \"0\" or \"1\""),
    };
    if let Some(text) = refused {
        return Err(fatal("config_read_gil", text));
    }
    check_digits(options)
}

/// UTF-8 mode is on or off.
fn check_utf8(options: &Options) -> Result<(), Stop> {
    let (what, given) = match options.setting("utf8") {
        Some((_, None)) => return Ok(()),
        Some((_, Some(given))) => ("-X utf8 option", Some(given.clone())),
        None => (
            "PYTHONUTF8 environment variable",
            self::given(options, "", "PYTHONUTF8"),
        ),
    };
    match given.as_deref() {
        None | Some("0" | "1") => Ok(()),
        Some(_) => Err(fatal(
            "preconfig_init_utf8_mode",
            &format!("invalid {what} value"),
        )),
    }
}

/// The limit of digits of an int in text.
fn check_digits(options: &Options) -> Result<(), Stop> {
    let what = match options.setting("int_max_str_digits") {
        Some(_) => "-X int_max_str_digits",
        None => "PYTHONINTMAXSTRDIGITS",
    };
    let digits = given(options, "int_max_str_digits", "PYTHONINTMAXSTRDIGITS");
    if digits.is_none_or(|digits| matches!(digits.parse::<u32>(), Ok(0 | 640..))) {
        return Ok(());
    }
    let text = format!("{what}: invalid limit; must be >= 640 or 0 for unlimited.");
    Err(fatal("config_init_int_max_str_digits", &text))
}

/// A text of the operating system; bytes that are no UTF-8 become surrogates later, and
/// are replaced here.
fn text(argument: &std::ffi::OsStr) -> String {
    argument.to_string_lossy().into_owned()
}

pub fn parse(arguments: Vec<std::ffi::OsString>) -> Result<Options, Stop> {
    let all: Vec<String> = arguments.iter().map(|a| text(a)).collect();
    let mut options = Options {
        arguments: arguments.clone(),
        ..Options::default()
    };
    let mut at = 1;
    while let Some(argument) = all.get(at) {
        at += 1;
        if argument == "-" {
            options.program = Program::Stdin;
            options.argv = std::iter::once("-".to_string())
                .chain(all[at..].iter().cloned())
                .collect();
            return Ok(options);
        }
        if argument == "--" {
            break;
        }
        if argument == "--version" {
            return Err(help(VERSION.into()));
        }
        if let Some(text) = help_text(argument) {
            return Err(help(text));
        }
        if argument == "--check-hash-based-pycs" {
            at += 1;
            continue;
        }
        if argument.starts_with("--") {
            return Err(wrong(&format!("Unknown option: {argument}")));
        }
        if !argument.starts_with('-') {
            at -= 1;
            break;
        }
        if let Some(done) = short_options(&mut options, &all, &mut at, &argument[1..])? {
            options.program = done;
            return Ok(options);
        }
    }
    match arguments.get(at) {
        Some(file) => {
            options.program = Program::File(file.clone());
            options.argv = all[at..].to_vec();
        }
        None => options.argv = vec![String::new()],
    }
    Ok(options)
}

/// A group of one-letter options; the program where `-c` or `-m` ends them.
fn short_options(
    options: &mut Options,
    all: &[String],
    at: &mut usize,
    group: &str,
) -> Result<Option<Program>, Stop> {
    for (i, letter) in group.char_indices() {
        // An option with a value takes the rest of the group, or the next argument.
        let mut value = || -> Result<String, Stop> {
            let rest = &group[i + letter.len_utf8()..];
            if !rest.is_empty() {
                return Ok(rest.to_string());
            }
            *at += 1;
            all.get(*at - 1)
                .cloned()
                .ok_or_else(|| wrong(&format!("Argument expected for the -{letter} option")))
        };
        match letter {
            'c' => {
                let command = value()?;
                options.argv = std::iter::once("-c".to_string())
                    .chain(all[*at..].iter().cloned())
                    .collect();
                return Ok(Some(Program::Command(command)));
            }
            'm' => {
                let module = value()?;
                options.argv = std::iter::once("-m".to_string())
                    .chain(all[*at..].iter().cloned())
                    .collect();
                return Ok(Some(Program::Module(module)));
            }
            'W' => {
                let option = value()?;
                options.warn_options.push(option);
                return Ok(None);
            }
            'X' => {
                let option = value()?;
                let (name, setting) = match option.split_once('=') {
                    Some((name, setting)) => (name.to_string(), Some(setting.to_string())),
                    None => (option, None),
                };
                options.x_options.push((name, setting));
                return Ok(None);
            }
            'b' => options.bytes_warning += 1,
            'B' => options.dont_write_bytecode = true,
            'd' => options.debug += 1,
            'E' => options.ignore_environment = true,
            'h' | '?' => return Err(help(help_text("-h").unwrap_or_default())),
            'i' => options.inspect = true,
            'I' => {
                options.isolated = true;
                options.ignore_environment = true;
                options.no_user_site = true;
                options.safe_path = true;
            }
            'O' => options.optimize += 1,
            'P' => options.safe_path = true,
            'q' => options.quiet = true,
            'R' => options.random_hashes = true,
            's' => options.no_user_site = true,
            'S' => options.no_site = true,
            'u' => options.unbuffered = true,
            'v' => options.verbose += 1,
            'V' => return Err(help(VERSION.into())),
            'x' => options.skip_first_line = true,
            other => return Err(wrong(&format!("Unknown option: -{other}"))),
        }
    }
    Ok(None)
}
