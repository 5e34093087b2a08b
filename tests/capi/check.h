/* Prints results and errors of the calls under test. */
static void show(const char *what, PyObject *value)
{
    if (value == NULL) {
        PyObject *error = PyErr_GetRaisedException();
        printf("%s: ", what);
        if (error == NULL)
            puts("NULL");
        else {
            PyObject *text = PyObject_Str(error);
            printf("%s: %s\n", Py_TYPE(error)->tp_name, text ? PyUnicode_AsUTF8(text) : "?");
            Py_XDECREF(text);
            Py_DECREF(error);
        }
        return;
    }
    PyObject *text = PyObject_ASCII(value);
    printf("%s: %s\n", what, text ? PyUnicode_AsUTF8(text) : "?");
    PyErr_Clear();
    Py_XDECREF(text);
    Py_DECREF(value);
}
static void show_error(void)
{
    if (PyErr_Occurred())
        show("error", NULL);
}
#define SHOW(call) show(#call, (call))
#define SHOW_LONG(call) do { printf("%s: %ld\n", #call, (long)(call)); show_error(); } while (0)
#define SHOW_DOUBLE(call) do { printf("%s: %.17g\n", #call, (double)(call)); show_error(); } while (0)
