/* What is a macro or an inline function in C: references, and checks of types. */
#define Py_None (&_Py_NoneStruct)
#define Py_True (&_Py_TrueStruct)
#define Py_False (&_Py_FalseStruct)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#define Py_Ellipsis (&_Py_EllipsisObject)
#define Py_RETURN_NONE return Py_None
#define Py_RETURN_TRUE return Py_True
#define Py_RETURN_FALSE return Py_False

#define _PyObject_CAST(object) ((PyObject *)(object))
#define Py_TYPE(object) (_PyObject_CAST(object)->ob_type)
#define Py_SIZE(object) (((PyVarObject *)(object))->ob_size)
#define Py_IS_TYPE(object, type) (Py_TYPE(object) == (type))
#define Py_REFCNT(object) ((Py_ssize_t)_PyObject_CAST(object)->ob_refcnt)
#define Py_INCREF(object) Py_IncRef(_PyObject_CAST(object))
#define Py_DECREF(object) Py_DecRef(_PyObject_CAST(object))
#define Py_XINCREF(object) Py_IncRef(_PyObject_CAST(object))
#define Py_XDECREF(object) Py_DecRef(_PyObject_CAST(object))
#define Py_SET_REFCNT(object, count) _Py_SetRefcnt(_PyObject_CAST(object), (count))

static inline PyObject *krait_new_reference(PyObject *object)
{
    Py_IncRef(object);
    return object;
}
#define Py_NewRef(object) krait_new_reference(_PyObject_CAST(object))
#define Py_XNewRef(object) krait_new_reference(_PyObject_CAST(object))

#define Py_SETREF(place, value) \
    do { PyObject *old_ = _PyObject_CAST(place); (place) = (value); Py_DecRef(old_); } while (0)
#define Py_XSETREF(place, value) Py_SETREF(place, value)
#define Py_CLEAR(place) Py_SETREF(place, NULL)
#define Py_VISIT(object) \
    do { if (object) { int r_ = visit(_PyObject_CAST(object), arg); if (r_) { return r_; } } } while (0)

#define PyType_HasFeature(type, flag) (((type)->tp_flags & (flag)) != 0)
#define PyType_FastSubclass(type, flag) PyType_HasFeature(type, flag)
#define PyType_IS_GC(type) PyType_HasFeature(type, Py_TPFLAGS_HAVE_GC)
#define PyObject_TypeCheck(object, type) (Py_IS_TYPE(object, type) || PyType_IsSubtype(Py_TYPE(object), type))
#define PyObject_New(struct_name, type) ((struct_name *)_PyObject_New(type))
#define PyObject_GC_New(struct_name, type) ((struct_name *)_PyObject_GC_New(type))

#define PyLong_Check(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_LONG_SUBCLASS)
#define PyLong_CheckExact(object) Py_IS_TYPE(object, &PyLong_Type)
#define PyList_Check(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_LIST_SUBCLASS)
#define PyList_CheckExact(object) Py_IS_TYPE(object, &PyList_Type)
#define PyTuple_Check(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_TUPLE_SUBCLASS)
#define PyTuple_CheckExact(object) Py_IS_TYPE(object, &PyTuple_Type)
#define PyBytes_Check(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_BYTES_SUBCLASS)
#define PyBytes_CheckExact(object) Py_IS_TYPE(object, &PyBytes_Type)
#define PyUnicode_Check(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_UNICODE_SUBCLASS)
#define PyUnicode_CheckExact(object) Py_IS_TYPE(object, &PyUnicode_Type)
#define PyDict_Check(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_DICT_SUBCLASS)
#define PyDict_CheckExact(object) Py_IS_TYPE(object, &PyDict_Type)
#define PyType_Check(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_TYPE_SUBCLASS)
#define PyExceptionInstance_Check(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_BASE_EXC_SUBCLASS)
#define PyByteArray_Check(object) PyObject_TypeCheck(object, &PyByteArray_Type)
#define PyByteArray_CheckExact(object) Py_IS_TYPE(object, &PyByteArray_Type)
#define PyComplex_Check(object) PyObject_TypeCheck(object, &PyComplex_Type)
#define PyComplex_CheckExact(object) Py_IS_TYPE(object, &PyComplex_Type)
#define PyFloat_Check(object) PyObject_TypeCheck(object, &PyFloat_Type)
#define PyFloat_CheckExact(object) Py_IS_TYPE(object, &PyFloat_Type)
#define PySet_CheckExact(object) Py_IS_TYPE(object, &PySet_Type)
#define PySet_Check(object) PyObject_TypeCheck(object, &PySet_Type)
#define PyFrozenSet_CheckExact(object) Py_IS_TYPE(object, &PyFrozenSet_Type)
#define PyFrozenSet_Check(object) PyObject_TypeCheck(object, &PyFrozenSet_Type)
#define PyAnySet_CheckExact(object) (PySet_CheckExact(object) || PyFrozenSet_CheckExact(object))
#define PyAnySet_Check(object) (PySet_Check(object) || PyFrozenSet_Check(object))
#define PySlice_Check(object) Py_IS_TYPE(object, &PySlice_Type)
#define PyMemoryView_Check(object) Py_IS_TYPE(object, &PyMemoryView_Type)
#define PyWeakref_CheckRef(object) PyObject_TypeCheck(object, &_PyWeakref_RefType)
#define PyWeakref_CheckRefExact(object) Py_IS_TYPE(object, &_PyWeakref_RefType)
#define PyWeakref_CheckProxy(object) \
    (Py_IS_TYPE(object, &_PyWeakref_ProxyType) || Py_IS_TYPE(object, &_PyWeakref_CallableProxyType))
#define PyWeakref_Check(object) (PyWeakref_CheckRef(object) || PyWeakref_CheckProxy(object))
#define PyCode_Check(object) Py_IS_TYPE(object, &PyCode_Type)
#define PyFunction_Check(object) Py_IS_TYPE(object, &PyFunction_Type)
#define PyFrame_Check(object) Py_IS_TYPE(object, &PyFrame_Type)

#define PyTuple_GET_SIZE(tuple) Py_SIZE(tuple)
#define PyTuple_GET_ITEM(tuple, i) (((PyTupleObject *)(tuple))->ob_item[i])
#define PyTuple_SET_ITEM(tuple, i, value) ((void)(PyTuple_GET_ITEM(tuple, i) = (value)))
#define PyList_GET_SIZE(list) Py_SIZE(list)
#define PyList_GET_ITEM(list, i) (((PyListObject *)(list))->ob_item[i])
#define PyList_SET_ITEM(list, i, value) ((void)(PyList_GET_ITEM(list, i) = (value)))

#define PY_VECTORCALL_ARGUMENTS_OFFSET ((size_t)1 << (8 * sizeof(size_t) - 1))
#define Py_BEGIN_ALLOW_THREADS { PyThreadState *saved_ = PyEval_SaveThread();
#define Py_END_ALLOW_THREADS PyEval_RestoreThread(saved_); }
#define PyMapping_DelItem(object, key) PyObject_DelItem(object, key)
#define PyMapping_DelItemString(object, key) PyObject_DelItemString(object, key)
