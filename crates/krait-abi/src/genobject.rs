//! `cpython/genobject.h`: generators are only names to C.

opaque!(
    /// A generator.
    PyGenObject,
    /// A coroutine.
    PyCoroObject,
    /// An asynchronous generator.
    PyAsyncGenObject,
);
