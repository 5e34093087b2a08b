//! The command line, which is that of `python3`.

/// What is to be run.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Program {
    #[default]
    Prompt,
    Command(String),
    Module(String),
    File(String),
    Stdin,
}

/// The command line, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub program: Program,
    /// `sys.argv`
    pub argv: Vec<String>,
    pub orig_argv: Vec<String>,
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
    pub safe_path: bool,
    pub unbuffered: bool,
    pub verbose: i64,
    pub warn_options: Vec<String>,
    pub x_options: Vec<(String, Option<String>)>,
    pub skip_first_line: bool,
}

/// The program ends at once.
pub struct Stop {
    pub code: u8,
    pub text: String,
    pub to_stdout: bool,
}

pub const VERSION: &str = "Python 3.14.7";
/// The same as numbers.
pub const PYTHON: [u64; 3] = [3, 14, 7];

const USAGE: &str = "usage: krait [option] ... [-c cmd | -m mod | file | -] [arg] ...\n\
Options (as of python3):\n\
-b     : issue warnings about converting bytes/bytearray to str (-bb: errors)\n\
-B     : don't write .pyc files on import\n\
-c cmd : program passed in as string (terminates option list)\n\
-E     : ignore PYTHON* environment variables\n\
-h     : print this help message and exit (also --help)\n\
-i     : inspect interactively after running script\n\
-I     : isolate from the user's environment\n\
-m mod : run library module as a script (terminates option list)\n\
-O     : remove assert statements; -OO also docstrings\n\
-P     : don't prepend a potentially unsafe path to sys.path\n\
-q     : don't print version at interactive startup\n\
-s     : don't add the user site directory to sys.path\n\
-S     : don't imply 'import site' on initialization\n\
-u     : force stdout and stderr to be unbuffered\n\
-v     : verbose (trace import statements)\n\
-V     : print the version number and exit (also --version)\n\
-W arg : warning control\n\
-x     : skip first line of source\n\
-X opt : set implementation-specific option\n\
file   : program read from script file\n\
-      : program read from stdin\n\
arg ...: arguments passed to program in sys.argv[1:]";

/// A text of the operating system; bytes that are no UTF-8 become surrogates later, and
/// are replaced here.
fn text(argument: &std::ffi::OsStr) -> String {
    argument.to_string_lossy().into_owned()
}

pub fn parse(arguments: Vec<std::ffi::OsString>) -> Result<Options, Stop> {
    let all: Vec<String> = arguments.iter().map(|a| text(a)).collect();
    let mut options = Options {
        orig_argv: all.clone(),
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
            return Err(Stop {
                code: 0,
                text: VERSION.into(),
                to_stdout: true,
            });
        }
        if argument == "--help" {
            return Err(Stop {
                code: 0,
                text: USAGE.into(),
                to_stdout: true,
            });
        }
        if argument == "--check-hash-based-pycs" {
            at += 1;
            continue;
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
    match all.get(at) {
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
            all.get(*at - 1).cloned().ok_or_else(|| Stop {
                code: 2,
                text: format!("Argument expected for the -{letter} option\n{USAGE}"),
                to_stdout: false,
            })
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
            'h' | '?' => {
                return Err(Stop {
                    code: 0,
                    text: USAGE.into(),
                    to_stdout: true,
                });
            }
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
            'R' => {}
            's' => options.no_user_site = true,
            'S' => options.no_site = true,
            'u' => options.unbuffered = true,
            'v' => options.verbose += 1,
            'V' => {
                return Err(Stop {
                    code: 0,
                    text: VERSION.into(),
                    to_stdout: true,
                });
            }
            'x' => options.skip_first_line = true,
            other => {
                return Err(Stop {
                    code: 2,
                    text: format!("unknown option -{other}\n{USAGE}"),
                    to_stdout: false,
                });
            }
        }
    }
    Ok(None)
}
