//! The error of formatting and parsing functions: which exception, and its text.

use std::borrow::Cow;

/// The exception class that an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Value,
    Type,
    Overflow,
    Memory,
}

/// A failure with the message CPython gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    pub kind: ErrorKind,
    pub message: Cow<'static, str>,
}

impl TextError {
    /// A `ValueError`.
    #[cold]
    pub fn value(message: impl Into<Cow<'static, str>>) -> Self {
        TextError {
            kind: ErrorKind::Value,
            message: message.into(),
        }
    }

    /// A `TypeError`.
    #[cold]
    pub fn type_error(message: impl Into<Cow<'static, str>>) -> Self {
        TextError {
            kind: ErrorKind::Type,
            message: message.into(),
        }
    }

    /// An `OverflowError`.
    #[cold]
    pub fn overflow(message: impl Into<Cow<'static, str>>) -> Self {
        TextError {
            kind: ErrorKind::Overflow,
            message: message.into(),
        }
    }

    /// A `MemoryError`, which has no text.
    #[cold]
    pub fn memory() -> Self {
        TextError {
            kind: ErrorKind::Memory,
            message: Cow::Borrowed(""),
        }
    }
}
