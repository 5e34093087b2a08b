//! The table of exception classes: name, base, struct, what the class adds, doc.

#![expect(non_upper_case_globals, reason = "the classes are named as in Python")]

use super::layout::{self, Exception};
use super::{base, group, imports, memory, names, os, stop, syntax, unicode};
use crate::native::TypeBuilder;
use crate::types::descriptor;
use crate::types::typeobject::{OBJECT, StaticType, Type};
use krait_abi::{Py_TPFLAGS_BASE_EXC_SUBCLASS, PyBaseExceptionObject};

/// Declares the statics and what goes over all of them. A line
/// `LookupError: Exception, BaseException, plain, "text";` becomes
/// `pub static LookupError: StaticType`, an entry of `TABLE`, and a call of `define_one`.
macro_rules! exceptions {
    ($($name:ident: $base:ident, $layout:ident, $define:path, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            pub static $name: StaticType = StaticType::new();
        )*

        static TABLE: &[(&str, &StaticType)] = &[$((stringify!($name), &$name)),*];

        pub(super) fn define() {
            $(define_one::<layout::$layout>(&$name, stringify!($name), &$base, $doc, $define);)*
        }
    };
}

fn define_one<L: Exception>(
    ty: &'static StaticType,
    name: &'static str,
    base: &'static Type,
    doc: &'static str,
    add: fn(&mut TypeBuilder<L>),
) {
    let mut b = TypeBuilder::<L>::new(ty, name, size_of::<L>());
    b.base(base)
        .subclassable()
        .flags(Py_TPFLAGS_BASE_EXC_SUBCLASS)
        .doc(doc)
        .dealloc_raw(layout::dealloc::<L>)
        .gc_raw(layout::traverse::<L>, layout::clear::<L>)
        .with_raw(|raw| {
            raw.tp_dictoffset = std::mem::offset_of!(PyBaseExceptionObject, dict) as isize
        });
    if std::ptr::eq(ty, &BaseException) {
        b.attr_value("__dict__", descriptor::native_dict_getset());
    }
    add(&mut b);
    b.silent().finish();
}

/// For classes that add nothing.
fn plain<L: Exception>(_b: &mut TypeBuilder<L>) {}

/// The exception classes as the builtins module names them.
pub fn exception_names() -> impl Iterator<Item = (&'static str, &'static Type)> {
    let aliases: [(&str, &'static StaticType); 2] =
        [("IOError", &OSError), ("EnvironmentError", &OSError)];
    TABLE.iter().copied().chain(aliases).map(|(name, ty)| {
        let ty: &'static Type = ty;
        (name, ty)
    })
}

exceptions! {
    BaseException: OBJECT, BaseException, base::define, "Common base of all exceptions.";
    Exception: BaseException, BaseException, plain, "Common base of all exceptions that do not end the program.";
    BaseExceptionGroup: BaseException, BaseExceptionGroup, group::define, "Several unrelated exceptions, raised together.";
    ExceptionGroup: BaseExceptionGroup, BaseExceptionGroup, group::define_exception_group, "Several unrelated exceptions that do not end the program.";
    GeneratorExit: BaseException, BaseException, plain, "Asks a generator to end.";
    KeyboardInterrupt: BaseException, BaseException, plain, "The user interrupted the program.";
    SystemExit: BaseException, SystemExit, stop::define_system_exit, "Asks the interpreter to end.";

    ArithmeticError: Exception, BaseException, plain, "Base of arithmetic errors.";
    AssertionError: Exception, BaseException, plain, "An assertion failed.";
    AttributeError: Exception, AttributeError, names::define_attribute_error, "An attribute was not found.";
    BufferError: Exception, BaseException, plain, "Error of the buffer protocol.";
    EOFError: Exception, BaseException, plain, "The input ended instead of giving a line.";
    ImportError: Exception, ImportError, imports::define, "An import cannot find a module, or a name in a module.";
    LookupError: Exception, BaseException, plain, "Base of errors of looking up.";
    MemoryError: Exception, BaseException, memory::define, "Memory is exhausted.";
    NameError: Exception, NameError, names::define_name_error, "A name was not found globally.";
    OSError: Exception, OSError, os::define, "Base of errors that the system reports.";
    ReferenceError: Exception, BaseException, plain, "A weak proxy was used after its referent went away.";
    RuntimeError: Exception, BaseException, plain, "An error at run time that has no class of its own.";
    StopAsyncIteration: Exception, BaseException, plain, "The end of an asynchronous iterator, from __anext__().";
    StopIteration: Exception, StopIteration, stop::define_stop_iteration, "The end of an iterator, from __next__().";
    SyntaxError: Exception, SyntaxError, syntax::define, "The syntax is not valid.";
    SystemError: Exception, BaseException, plain, "An error inside the interpreter.\n\nPlease report it with the traceback, the version of Python, and the system.";
    TypeError: Exception, BaseException, plain, "An argument has the wrong type.";
    ValueError: Exception, BaseException, plain, "An argument has the right type but a wrong value.";
    Warning: Exception, BaseException, plain, "Base of warning categories.";

    FloatingPointError: ArithmeticError, BaseException, plain, "A floating-point operation failed.";
    OverflowError: ArithmeticError, BaseException, plain, "A result is too large to be represented.";
    ZeroDivisionError: ArithmeticError, BaseException, plain, "The divisor of a division or remainder was zero.";

    ModuleNotFoundError: ImportError, ImportError, plain, "A module was not found.";
    IndexError: LookupError, BaseException, plain, "An index of a sequence is out of range.";
    KeyError: LookupError, BaseException, stop::define_key_error, "A key of a mapping was not found.";
    UnboundLocalError: NameError, NameError, plain, "A local name was used before it was bound.";
    NotImplementedError: RuntimeError, BaseException, plain, "A method or function that has not been written yet.";
    RecursionError: RuntimeError, BaseException, plain, "Calls are nested too deeply.";
    PythonFinalizationError: RuntimeError, BaseException, plain, "An operation is not possible while Python shuts down.";

    IndentationError: SyntaxError, SyntaxError, plain, "The indentation is not valid.";
    TabError: IndentationError, SyntaxError, plain, "Tabs and spaces are mixed inconsistently.";
    _IncompleteInputError: SyntaxError, SyntaxError, plain, "The input is not complete.";

    UnicodeError: ValueError, BaseException, plain, "An error of Unicode text.";
    UnicodeEncodeError: UnicodeError, CodecError, unicode::define_encode, "Text cannot be encoded.";
    UnicodeDecodeError: UnicodeError, CodecError, unicode::define_decode, "Bytes cannot be decoded.";
    UnicodeTranslateError: UnicodeError, CodecError, unicode::define_translate, "Text cannot be translated.";

    BlockingIOError: OSError, OSError, plain, "An operation on a non-blocking object would block.";
    ChildProcessError: OSError, OSError, plain, "An operation on a child process failed.";
    ConnectionError: OSError, OSError, plain, "Base of errors of connections.";
    FileExistsError: OSError, OSError, plain, "The file exists already.";
    FileNotFoundError: OSError, OSError, plain, "The file was not found.";
    InterruptedError: OSError, OSError, plain, "A signal interrupted the operation.";
    IsADirectoryError: OSError, OSError, plain, "A file operation was asked of a directory.";
    NotADirectoryError: OSError, OSError, plain, "A directory operation was asked of something else.";
    PermissionError: OSError, OSError, plain, "The rights for an operation are missing.";
    ProcessLookupError: OSError, OSError, plain, "The process was not found.";
    TimeoutError: OSError, OSError, plain, "The time allowed has run out.";
    BrokenPipeError: ConnectionError, OSError, plain, "The other end of the pipe is closed.";
    ConnectionAbortedError: ConnectionError, OSError, plain, "The connection was aborted.";
    ConnectionRefusedError: ConnectionError, OSError, plain, "The connection was refused.";
    ConnectionResetError: ConnectionError, OSError, plain, "The connection was reset.";

    UserWarning: Warning, BaseException, plain, "A warning of the program's own.";
    DeprecationWarning: Warning, BaseException, plain, "A warning of deprecated features, for developers.";
    PendingDeprecationWarning: Warning, BaseException, plain, "A warning of features that will be deprecated.";
    SyntaxWarning: Warning, BaseException, plain, "A warning of doubtful syntax.";
    RuntimeWarning: Warning, BaseException, plain, "A warning of doubtful behaviour at run time.";
    FutureWarning: Warning, BaseException, plain, "A warning of constructs whose meaning will change.";
    ImportWarning: Warning, BaseException, plain, "A warning of probable mistakes in imports.";
    UnicodeWarning: Warning, BaseException, plain, "A warning about Unicode text.";
    BytesWarning: Warning, BaseException, plain, "A warning of bytes and text being mixed.";
    ResourceWarning: Warning, BaseException, plain, "A warning of resources in use.";
    EncodingWarning: Warning, BaseException, plain, "A warning of encodings that were not given.";
}
