//! Every struct of the crate with all its fields.
//!
//! `Name { a, b }` checks the size of the struct and the offset and size of each field.
//! `Name as "struct Name" { ... }` gives C's spelling where it is no `typedef`.
//! `Name (base) { ... }` leaves out the field `base`, whose fields C has in its place.

use crate::Fact;
use krait_abi::*;

/// The size of the field that `_field` reads.
fn size_of_field<T, F>(_field: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

fn size_fact(name: &str, c_type: &str, size: usize) -> Fact {
    Fact {
        name: format!("sizeof({name})"),
        c: format!("sizeof({c_type})"),
        rust: size as i64,
    }
}

fn field_facts(c_type: &str, field: &str, offset: usize, size: usize) -> [Fact; 2] {
    let field = field.trim_start_matches("r#");
    let name = format!("{}.{field}", c_type.trim_start_matches("struct "));
    [
        Fact {
            c: format!("offsetof({c_type}, {field})"),
            rust: offset as i64,
            name: format!("offsetof({name})"),
        },
        Fact {
            c: format!("sizeof((({c_type} *)0)->{field})"),
            rust: size as i64,
            name: format!("sizeof({name})"),
        },
    ]
}

macro_rules! c_name {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident $c_name:literal) => {
        $c_name
    };
}

macro_rules! structs {
    ($($name:ident $(as $c_name:literal)? $(($base:ident))? { $($field:ident),* })*) => {
        pub fn facts() -> Vec<Fact> {
            let mut facts = Vec::new();
            $({
                // Does not compile when a field is missing from the list.
                let _complete = |value: $name| {
                    let $name { $($field: _,)* $($base: _)? } = value;
                };
                let c_type = c_name!($name $($c_name)?);
                facts.push(size_fact(stringify!($name), c_type, size_of::<$name>()));
                $(facts.extend(field_facts(
                    c_type,
                    stringify!($field),
                    std::mem::offset_of!($name, $field),
                    size_of_field(|value: &$name| &value.$field),
                ));)*
            })*
            facts.extend(types());
            facts
        }

        pub fn names() -> Vec<&'static str> {
            vec![$(stringify!($name)),*]
        }
    };
}

macro_rules! type_sizes {
    ($($name:ident)*) => {
        /// Types that are only a number or a pointer.
        fn types() -> Vec<Fact> {
            vec![$(size_fact(stringify!($name), stringify!($name), size_of::<$name>())),*]
        }
    };
}

type_sizes! {
    Py_ssize_t Py_hash_t Py_uhash_t Py_UCS1 Py_UCS2 Py_UCS4 digit sdigit twodigits stwodigits
    PySendResult PyGILState_STATE PyDict_WatchEvent PyFunction_WatchEvent PyContextEvent
    PyMemAllocatorDomain PyCFunction vectorcallfunc traverseproc Py_tracefunc getter setter
    PyStructSequence PyEnvironmentErrorObject
}

structs! {
    PyObject { ob_refcnt, ob_overflow, ob_flags, ob_type }
    PyVarObject { ob_base, ob_size }
    PyType_Slot { slot, pfunc }
    _Py_Identifier { string, index, mutex }
    PyType_Spec { name, basicsize, itemsize, flags, slots }
    PyNumberMethods {
        nb_add, nb_subtract, nb_multiply, nb_remainder, nb_divmod, nb_power,
        nb_negative, nb_positive, nb_absolute, nb_bool, nb_invert, nb_lshift, nb_rshift,
        nb_and, nb_xor, nb_or, nb_int, nb_reserved, nb_float, nb_inplace_add,
        nb_inplace_subtract, nb_inplace_multiply, nb_inplace_remainder,
        nb_inplace_power, nb_inplace_lshift, nb_inplace_rshift, nb_inplace_and,
        nb_inplace_xor, nb_inplace_or, nb_floor_divide, nb_true_divide,
        nb_inplace_floor_divide, nb_inplace_true_divide, nb_index, nb_matrix_multiply,
        nb_inplace_matrix_multiply
    }
    PySequenceMethods {
        sq_length, sq_concat, sq_repeat, sq_item, was_sq_slice, sq_ass_item,
        was_sq_ass_slice, sq_contains, sq_inplace_concat, sq_inplace_repeat
    }
    PyMappingMethods { mp_length, mp_subscript, mp_ass_subscript }
    PyAsyncMethods { am_await, am_aiter, am_anext, am_send }
    PyBufferProcs { bf_getbuffer, bf_releasebuffer }
    PyTypeObject {
        ob_base, tp_name, tp_basicsize, tp_itemsize, tp_dealloc, tp_vectorcall_offset,
        tp_getattr, tp_setattr, tp_as_async, tp_repr, tp_as_number, tp_as_sequence,
        tp_as_mapping, tp_hash, tp_call, tp_str, tp_getattro, tp_setattro, tp_as_buffer,
        tp_flags, tp_doc, tp_traverse, tp_clear, tp_richcompare, tp_weaklistoffset,
        tp_iter, tp_iternext, tp_methods, tp_members, tp_getset, tp_base, tp_dict,
        tp_descr_get, tp_descr_set, tp_dictoffset, tp_init, tp_alloc, tp_new, tp_free,
        tp_is_gc, tp_bases, tp_mro, tp_cache, tp_subclasses, tp_weaklist, tp_del,
        tp_version_tag, tp_finalize, tp_vectorcall, tp_watched, tp_versions_used
    }
    _specialization_cache as "struct _specialization_cache" { getitem, getitem_version, init }
    PyHeapTypeObject {
        ht_type, as_async, as_number, as_mapping, as_sequence, as_buffer, ht_name,
        ht_slots, ht_qualname, ht_cached_keys, ht_module, _ht_tpname, ht_token,
        _spec_cache
    }
    PyMethodDef { ml_name, ml_meth, ml_flags, ml_doc }
    PyCFunctionObject { ob_base, m_ml, m_self, m_module, m_weakreflist, vectorcall }
    PyCMethodObject { func, mm_class }
    PyGetSetDef { name, get, set, doc, closure }
    PyMemberDef { name, r#type, offset, flags, doc }
    wrapperbase as "struct wrapperbase" {
        name, offset, function, wrapper, doc, flags, name_strobj
    }
    PyDescrObject { ob_base, d_type, d_name, d_qualname }
    PyMethodDescrObject { d_common, d_method, vectorcall }
    PyMemberDescrObject { d_common, d_member }
    PyGetSetDescrObject { d_common, d_getset }
    PyWrapperDescrObject { d_common, d_base, d_wrapped }
    _PyLongValue { lv_tag, ob_digit }
    PyLongObject { ob_base, long_value }
    PyLongLayout { bits_per_digit, digit_size, digits_order, digit_endianness }
    PyLongExport { value, negative, ndigits, digits, _reserved }
    PyFloatObject { ob_base, ob_fval }
    Py_complex { real, imag }
    PyComplexObject { ob_base, cval }
    PyASCIIObject { ob_base, length, hash, state }
    PyCompactUnicodeObject { _base, utf8_length, utf8 }
    PyUnicodeObject { _base, data }
    _PyUnicodeWriter {
        buffer, data, kind, maxchar, size, pos, min_length, min_char, overallocate,
        readonly
    }
    PyBytesObject { ob_base, ob_shash, ob_sval }
    PyByteArrayObject { ob_base, ob_alloc, ob_bytes, ob_start, ob_exports }
    PyTupleObject { ob_base, ob_hash, ob_item }
    PyListObject { ob_base, ob_item, allocated }
    PyDictObject { ob_base, ma_used, _ma_watcher_tag, ma_keys, ma_values }
    setentry { key, hash }
    PySetObject { ob_base, fill, used, mask, table, hash, finger, smalltable, weakreflist }
    PyCellObject { ob_base, ob_ref }
    PySliceObject { ob_base, start, stop, step }
    PyModuleDef_Base { ob_base, m_init, m_index, m_copy }
    PyModuleDef_Slot { slot, value }
    PyModuleDef { m_base, m_name, m_doc, m_size, m_methods, m_slots, m_traverse, m_clear, m_free }
    Py_buffer {
        buf, obj, len, itemsize, readonly, ndim, format, shape, strides, suboffsets,
        internal
    }
    _PyManagedBufferObject { ob_base, flags, exports, master }
    PyMemoryViewObject { ob_base, mbuf, hash, flags, exports, view, weakreflist, ob_array }
    PyWeakReference { ob_base, wr_object, wr_callback, hash, wr_prev, wr_next, vectorcall }
    PyBaseExceptionObject {
        ob_base, dict, args, notes, traceback, context, cause, suppress_context
    }
    PyBaseExceptionGroupObject (base) { msg, excs, excs_str }
    PySyntaxErrorObject (base) {
        msg, filename, lineno, offset, end_lineno, end_offset, text,
        print_file_and_line, metadata
    }
    PyImportErrorObject (base) { msg, name, path, name_from }
    PyUnicodeErrorObject (base) { encoding, object, start, end, reason }
    PySystemExitObject (base) { code }
    PyOSErrorObject (base) { myerrno, strerror, filename, filename2, written }
    PyStopIterationObject (base) { value }
    PyNameErrorObject (base) { name }
    PyAttributeErrorObject (base) { obj, name }
    PyMethodObject { ob_base, im_func, im_self, im_weakreflist, vectorcall }
    PyInstanceMethodObject { ob_base, func }
    PyFrameConstructor {
        fc_globals, fc_builtins, fc_name, fc_qualname, fc_code, fc_defaults,
        fc_kwdefaults, fc_closure
    }
    PyFunctionObject {
        ob_base, func_globals, func_builtins, func_name, func_qualname, func_code,
        func_defaults, func_kwdefaults, func_closure, func_doc, func_dict,
        func_weakreflist, func_module, func_annotations, func_annotate, func_typeparams,
        vectorcall, func_version
    }
    _PyCoCached { _co_code, _co_varnames, _co_cellvars, _co_freevars }
    PyCodeObject {
        ob_base, co_consts, co_names, co_exceptiontable, co_flags, co_argcount,
        co_posonlyargcount, co_kwonlyargcount, co_stacksize, co_firstlineno,
        co_nlocalsplus, co_framesize, co_nlocals, co_ncellvars, co_nfreevars,
        co_version, co_localsplusnames, co_localspluskinds, co_filename, co_name,
        co_qualname, co_linetable, co_weakreflist, co_executors, _co_cached,
        _co_instrumentation_version, _co_monitoring, _co_unique_id, _co_firsttraceable,
        co_extra, co_code_adaptive
    }
    PyCompilerFlags { cf_flags, cf_feature_version }
    PyTracebackObject { ob_base, tb_next, tb_frame, tb_lasti, tb_lineno }
    _PyRemoteDebuggerSupport { debugger_pending_call, debugger_script_path }
    _PyErr_StackItem { exc_value, previous_item }
    _PyStackChunk { previous, size, top, data }
    PyThreadState {
        prev, next, interp, eval_breaker, _status, holds_gil, _whence, state,
        py_recursion_remaining, py_recursion_limit, recursion_headroom, tracing,
        what_event, current_frame, c_profilefunc, c_tracefunc, c_profileobj, c_traceobj,
        current_exception, exc_info, dict, gilstate_counter, async_exc, thread_id,
        native_thread_id, delete_later, critical_section,
        coroutine_origin_tracking_depth, async_gen_firstiter, async_gen_finalizer,
        context, context_ver, id, datastack_chunk, datastack_top, datastack_limit,
        exc_state, current_executor, dict_global_version, threading_local_key,
        threading_local_sentinel, remote_debugger_support, datastack_cached_chunk
    }
    PyDateTime_Delta { ob_base, hashcode, days, seconds, microseconds }
    PyDateTime_TZInfo { ob_base }
    _PyDateTime_BaseTZInfo { ob_base, hashcode, hastzinfo }
    _PyDateTime_BaseTime { ob_base, hashcode, hastzinfo, data }
    PyDateTime_Time { ob_base, hashcode, hastzinfo, data, fold, tzinfo }
    PyDateTime_Date { ob_base, hashcode, hastzinfo, data }
    _PyDateTime_BaseDateTime { ob_base, hashcode, hastzinfo, data }
    PyDateTime_DateTime { ob_base, hashcode, hastzinfo, data, fold, tzinfo }
    PyDateTime_CAPI {
        DateType, DateTimeType, TimeType, DeltaType, TZInfoType, TimeZone_UTC,
        Date_FromDate, DateTime_FromDateAndTime, Time_FromTime, Delta_FromDelta,
        TimeZone_FromTimeZone, DateTime_FromTimestamp, Date_FromTimestamp,
        DateTime_FromDateAndTimeAndFold, Time_FromTimeAndFold
    }
    _inittab as "struct _inittab" { name, initfunc }
    _frozen as "struct _frozen" { name, code, size, is_package }
    PyStructSequence_Field { name, doc }
    PyStructSequence_Desc { name, doc, fields, n_in_sequence }
    PyMemAllocatorEx { ctx, malloc, calloc, realloc, free }
    PyObjectArenaAllocator { ctx, alloc, free }
    PyHash_FuncDef { hash, name, hash_bits, seed_bits }
    PyMutex { _bits }
    _PyOnceFlag { v }
    _PyArg_Parser {
        format, keywords, fname, custom_msg, once, is_kwtuple_owned, pos, min, max,
        kwtuple, next
    }
    PyMonitoringState { active, opaque }
    PyFrameObject {
        ob_base, f_back, f_frame, f_trace, f_lineno, f_trace_lines, f_trace_opcodes,
        f_extra_locals, f_locals_cache, f_overwritten_fast_locals, _f_frame_data
    }
    _PyInterpreterFrame {
        f_executable, previous, f_funcobj, f_globals, f_builtins, f_locals, frame_obj,
        instr_ptr, stackpointer, return_offset, owner, visited, localsplus
    }
}
