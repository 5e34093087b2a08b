//! `calls!`: safe functions of the same name over C functions that take numbers and C
//! strings only, which they do not keep.

/// `calls! { fn dup(fd: i32) -> i32; }` is
/// `pub fn dup(fd: i32) -> Result<i32> { check(libc::dup(fd)) }`.
macro_rules! calls {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $t:ty),* $(,)?) -> $r:ty;)*) => { $(
        $(#[$doc])*
        #[doc = concat!("The C library's `", stringify!($name), "`.")]
        pub fn $name($($arg: $t),*) -> $crate::Result<$r> {
            // SAFETY: numbers and C strings only, which live during the call.
            $crate::check(unsafe { libc::$name($($crate::CArg::raw($arg)),*) })
        }
    )* };
}
