//! Every constant of the crate.

use crate::Fact;
use krait_abi::*;

/// Items that are not C's.
pub const OURS: &[&str] = &["Static"];

macro_rules! constants {
    ($($name:ident),* $(,)?) => {
        fn by_name() -> Vec<Fact> {
            vec![$(Fact {
                name: stringify!($name).into(),
                c: stringify!($name).into(),
                rust: $name as i64,
            }),*]
        }

        fn plain_names() -> Vec<&'static str> {
            vec![$(stringify!($name)),*]
        }
    };
}

constants! {
    CO_OPTIMIZED, CO_NEWLOCALS, CO_VARARGS, CO_VARKEYWORDS, CO_NESTED, CO_GENERATOR,
    CO_COROUTINE, CO_ITERABLE_COROUTINE, CO_ASYNC_GENERATOR, CO_FUTURE_DIVISION,
    CO_FUTURE_ABSOLUTE_IMPORT, CO_FUTURE_WITH_STATEMENT, CO_FUTURE_PRINT_FUNCTION,
    CO_FUTURE_UNICODE_LITERALS, CO_FUTURE_BARRY_AS_BDFL, CO_FUTURE_GENERATOR_STOP,
    CO_FUTURE_ANNOTATIONS, CO_NO_MONITORING_EVENTS, CO_HAS_DOCSTRING, CO_METHOD,
    CO_MAXBLOCKS, FRAME_OWNED_BY_INTERPRETER, Py_single_input, Py_file_input, Py_eval_input, Py_func_type_input,
    PyCF_MASK, PyCF_MASK_OBSOLETE, PyCF_SOURCE_IS_UTF8, PyCF_DONT_IMPLY_DEDENT,
    PyCF_ONLY_AST, PyCF_IGNORE_COOKIE, PyCF_TYPE_COMMENTS, PyCF_ALLOW_TOP_LEVEL_AWAIT,
    PyCF_ALLOW_INCOMPLETE_INPUT, PyCF_OPTIMIZED_AST, PyCF_COMPILE_MASK, Py_CONTEXT_SWITCHED,
    _PyDateTime_DATE_DATASIZE, _PyDateTime_TIME_DATASIZE, _PyDateTime_DATETIME_DATASIZE,
    PyWrapperFlag_KEYWORDS, PyDict_EVENT_ADDED, PyDict_EVENT_MODIFIED, PyDict_EVENT_DELETED,
    PyDict_EVENT_CLONED, PyDict_EVENT_CLEARED, PyDict_EVENT_DEALLOCATED,
    PyFunction_EVENT_CREATE, PyFunction_EVENT_DESTROY, PyFunction_EVENT_MODIFY_CODE,
    PyFunction_EVENT_MODIFY_DEFAULTS, PyFunction_EVENT_MODIFY_KWDEFAULTS, _Py_UNLOCKED,
    _Py_LOCKED, PyLong_SHIFT, _PyLong_DECIMAL_SHIFT, _PyLong_DECIMAL_BASE, PyLong_BASE,
    PyLong_MASK, _PyLong_SIGN_MASK, _PyLong_NON_SIZE_BITS, _Py_MANAGED_BUFFER_RELEASED,
    _Py_MANAGED_BUFFER_FREE_FORMAT, _Py_MEMORYVIEW_RELEASED, _Py_MEMORYVIEW_C,
    _Py_MEMORYVIEW_FORTRAN, _Py_MEMORYVIEW_SCALAR, _Py_MEMORYVIEW_PIL,
    _Py_MEMORYVIEW_RESTRICTED, METH_VARARGS, METH_KEYWORDS, METH_NOARGS, METH_O, METH_CLASS,
    METH_STATIC, METH_COEXIST, METH_FASTCALL, METH_STACKLESS, METH_METHOD,
    Py_CLEANUP_SUPPORTED, PYTHON_API_VERSION, PYTHON_ABI_VERSION, Py_mod_create,
    Py_mod_exec, Py_mod_multiple_interpreters, Py_mod_gil,
    Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED,
    Py_MOD_PER_INTERPRETER_GIL_SUPPORTED, Py_MOD_GIL_USED, Py_MOD_GIL_NOT_USED,
    PY_MONITORING_EVENT_PY_START, PY_MONITORING_EVENT_PY_RESUME,
    PY_MONITORING_EVENT_PY_RETURN, PY_MONITORING_EVENT_PY_YIELD, PY_MONITORING_EVENT_CALL,
    PY_MONITORING_EVENT_LINE, PY_MONITORING_EVENT_INSTRUCTION, PY_MONITORING_EVENT_JUMP,
    PY_MONITORING_EVENT_BRANCH_LEFT, PY_MONITORING_EVENT_BRANCH_RIGHT,
    PY_MONITORING_EVENT_STOP_ITERATION, PY_MONITORING_EVENT_RAISE,
    PY_MONITORING_EVENT_EXCEPTION_HANDLED, PY_MONITORING_EVENT_PY_UNWIND,
    PY_MONITORING_EVENT_PY_THROW, PY_MONITORING_EVENT_RERAISE, PY_MONITORING_EVENT_C_RETURN,
    PY_MONITORING_EVENT_C_RAISE, PY_MONITORING_EVENT_BRANCH, Py_INVALID_SIZE, Py_PRINT_RAW,
    _Py_TPFLAGS_STATIC_BUILTIN, Py_TPFLAGS_INLINE_VALUES, Py_TPFLAGS_MANAGED_WEAKREF,
    Py_TPFLAGS_MANAGED_DICT, Py_TPFLAGS_PREHEADER, Py_TPFLAGS_SEQUENCE, Py_TPFLAGS_MAPPING,
    Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_HEAPTYPE,
    Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_VECTORCALL, Py_TPFLAGS_READY, Py_TPFLAGS_READYING,
    Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_METHOD_DESCRIPTOR, Py_TPFLAGS_HAVE_VERSION_TAG,
    Py_TPFLAGS_VALID_VERSION_TAG, Py_TPFLAGS_IS_ABSTRACT, _Py_TPFLAGS_MATCH_SELF,
    Py_TPFLAGS_ITEMS_AT_END, Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_LIST_SUBCLASS,
    Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS,
    Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS,
    Py_TPFLAGS_HAVE_FINALIZE, Py_TPFLAGS_DEFAULT, Py_CONSTANT_NONE, Py_CONSTANT_FALSE,
    Py_CONSTANT_TRUE, Py_CONSTANT_ELLIPSIS, Py_CONSTANT_NOT_IMPLEMENTED, Py_CONSTANT_ZERO,
    Py_CONSTANT_ONE, Py_CONSTANT_EMPTY_STR, Py_CONSTANT_EMPTY_BYTES,
    Py_CONSTANT_EMPTY_TUPLE, Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE, PYGEN_RETURN,
    PYGEN_ERROR, PYGEN_NEXT, PyBUF_MAX_NDIM, PyBUF_SIMPLE, PyBUF_WRITABLE, PyBUF_FORMAT,
    PyBUF_ND, PyBUF_STRIDES, PyBUF_C_CONTIGUOUS, PyBUF_F_CONTIGUOUS, PyBUF_ANY_CONTIGUOUS,
    PyBUF_INDIRECT, PyBUF_CONTIG, PyBUF_CONTIG_RO, PyBUF_STRIDED, PyBUF_STRIDED_RO,
    PyBUF_RECORDS, PyBUF_RECORDS_RO, PyBUF_FULL, PyBUF_FULL_RO, PyBUF_READ, PyBUF_WRITE,
    PyHASH_MULTIPLIER, PyHASH_BITS, PyHASH_MODULUS, PyHASH_INF, PyHASH_IMAG,
    Py_HASH_EXTERNAL, Py_HASH_SIPHASH24, Py_HASH_FNV, Py_HASH_SIPHASH13, PYMEM_DOMAIN_RAW,
    PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ, PyTrace_CALL, PyTrace_EXCEPTION, PyTrace_LINE,
    PyTrace_RETURN, PyTrace_C_CALL, PyTrace_C_EXCEPTION, PyTrace_C_RETURN, PyTrace_OPCODE,
    PyGILState_LOCKED, PyGILState_UNLOCKED, MAX_CO_EXTRA_USERS, _Py_MAX_SCRIPT_PATH_SIZE,
    _Py_STATICALLY_ALLOCATED_FLAG, _Py_IMMORTAL_FLAGS, _Py_IMMORTAL_INITIAL_REFCNT,
    _Py_IMMORTAL_MINIMUM_REFCNT, _Py_STATIC_FLAG_BITS, _Py_STATIC_IMMORTAL_INITIAL_REFCNT,
    PySet_MINSIZE, Py_T_SHORT, Py_T_INT, Py_T_LONG, Py_T_FLOAT, Py_T_DOUBLE, Py_T_STRING,
    _Py_T_OBJECT, Py_T_CHAR, Py_T_BYTE, Py_T_UBYTE, Py_T_USHORT, Py_T_UINT, Py_T_ULONG,
    Py_T_STRING_INPLACE, Py_T_BOOL, Py_T_OBJECT_EX, Py_T_LONGLONG, Py_T_ULONGLONG,
    Py_T_PYSSIZET, _Py_T_NONE, Py_READONLY, Py_AUDIT_READ, _Py_WRITE_RESTRICTED,
    Py_RELATIVE_OFFSET, PY_VECTORCALL_ARGUMENTS_OFFSET, Py_bf_getbuffer,
    Py_bf_releasebuffer, Py_mp_ass_subscript, Py_mp_length, Py_mp_subscript, Py_nb_absolute,
    Py_nb_add, Py_nb_and, Py_nb_bool, Py_nb_divmod, Py_nb_float, Py_nb_floor_divide,
    Py_nb_index, Py_nb_inplace_add, Py_nb_inplace_and, Py_nb_inplace_floor_divide,
    Py_nb_inplace_lshift, Py_nb_inplace_multiply, Py_nb_inplace_or, Py_nb_inplace_power,
    Py_nb_inplace_remainder, Py_nb_inplace_rshift, Py_nb_inplace_subtract,
    Py_nb_inplace_true_divide, Py_nb_inplace_xor, Py_nb_int, Py_nb_invert, Py_nb_lshift,
    Py_nb_multiply, Py_nb_negative, Py_nb_or, Py_nb_positive, Py_nb_power, Py_nb_remainder,
    Py_nb_rshift, Py_nb_subtract, Py_nb_true_divide, Py_nb_xor, Py_sq_ass_item,
    Py_sq_concat, Py_sq_contains, Py_sq_inplace_concat, Py_sq_inplace_repeat, Py_sq_item,
    Py_sq_length, Py_sq_repeat, Py_tp_alloc, Py_tp_base, Py_tp_bases, Py_tp_call,
    Py_tp_clear, Py_tp_dealloc, Py_tp_del, Py_tp_descr_get, Py_tp_descr_set, Py_tp_doc,
    Py_tp_getattr, Py_tp_getattro, Py_tp_hash, Py_tp_init, Py_tp_is_gc, Py_tp_iter,
    Py_tp_iternext, Py_tp_methods, Py_tp_new, Py_tp_repr, Py_tp_richcompare, Py_tp_setattr,
    Py_tp_setattro, Py_tp_str, Py_tp_traverse, Py_tp_members, Py_tp_getset, Py_tp_free,
    Py_nb_matrix_multiply, Py_nb_inplace_matrix_multiply, Py_am_await, Py_am_aiter,
    Py_am_anext, Py_tp_finalize, Py_am_send, Py_tp_vectorcall, Py_tp_token,
    SSTATE_NOT_INTERNED, SSTATE_INTERNED_MORTAL, SSTATE_INTERNED_IMMORTAL,
    SSTATE_INTERNED_IMMORTAL_STATIC, PyUnicode_1BYTE_KIND, PyUnicode_2BYTE_KIND,
    PyUnicode_4BYTE_KIND
}

/// Constants whose values C does not name: what C's expression gives in their stead.
fn by_expression() -> Vec<(&'static str, String, i64)> {
    let state = |field: &str, value: u32| {
        format!(
            "({{ PyASCIIObject o; memset(&o, 0, sizeof o); o.state.{field} = {value}; \
             unsigned u; memcpy(&u, &o.state, 4); u; }})"
        )
    };
    vec![
        (
            "STATE_INTERNED_MASK",
            state("interned", 3),
            STATE_INTERNED_MASK.into(),
        ),
        (
            "STATE_INTERNED_SHIFT",
            state("interned", 1),
            1 << STATE_INTERNED_SHIFT,
        ),
        ("STATE_KIND_MASK", state("kind", 7), STATE_KIND_MASK.into()),
        ("STATE_KIND_SHIFT", state("kind", 1), 1 << STATE_KIND_SHIFT),
        ("STATE_COMPACT", state("compact", 1), STATE_COMPACT.into()),
        ("STATE_ASCII", state("ascii", 1), STATE_ASCII.into()),
        (
            "STATE_STATICALLY_ALLOCATED",
            state("statically_allocated", 1),
            STATE_STATICALLY_ALLOCATED.into(),
        ),
        // The sign bits, by the value C reads from them: 1 - bits times the digit.
        ("SIGN_ZERO", compact_sign(SIGN_ZERO), 0),
        ("SIGN_NEGATIVE", compact_sign(SIGN_NEGATIVE), -1),
        // Must not change what C takes for the value.
        (
            "IMMORTALITY_BIT_MASK",
            compact_sign(IMMORTALITY_BIT_MASK),
            1,
        ),
        (
            "PyDateTime_CAPSULE_NAME",
            format!("strcmp(PyDateTime_CAPSULE_NAME, {PyDateTime_CAPSULE_NAME:?})"),
            0,
        ),
    ]
}

/// C's value of an int of the one digit 1 with these bits below its size.
fn compact_sign(bits: usize) -> String {
    format!(
        "({{ PyLongObject o; memset(&o, 0, sizeof o); o.long_value.ob_digit[0] = 1; \
         o.long_value.lv_tag = (1 << _PyLong_NON_SIZE_BITS) | {bits}; \
         (1 - (long long)(o.long_value.lv_tag & _PyLong_SIGN_MASK)) * o.long_value.ob_digit[0]; }})"
    )
}

pub fn facts() -> Vec<Fact> {
    let mut facts = by_name();
    facts.extend(by_expression().into_iter().map(|(name, c, rust)| Fact {
        name: name.into(),
        c,
        rust,
    }));
    facts
}

pub fn names() -> Vec<&'static str> {
    let mut names = plain_names();
    names.extend(by_expression().iter().map(|(name, _, _)| *name));
    names
}
