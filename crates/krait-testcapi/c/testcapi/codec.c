/* Codecs: their registry, from C. */
#include "groups.h"
#include "../results.h"

#define FUNCTIONS \
    F(O, codec_register, nothing(PyCodec_Register(a))) \
    F(O, codec_unregister, nothing(PyCodec_Unregister(a))) \
    F(O, codec_strict_errors, PyCodec_StrictErrors(a)) \
    F(O, codec_ignore_errors, PyCodec_IgnoreErrors(a)) \
    F(O, codec_replace_errors, PyCodec_ReplaceErrors(a)) \
    F(O, codec_xmlcharrefreplace_errors, PyCodec_XMLCharRefReplaceErrors(a)) \
    F(O, codec_backslashreplace_errors, PyCodec_BackslashReplaceErrors(a)) \
    F(S, codec_known_encoding, PyBool_FromLong(PyCodec_KnownEncoding(s))) \
    F(S, codec_encoder, PyCodec_Encoder(s)) \
    F(S, codec_decoder, PyCodec_Decoder(s)) \
    F(SS, codec_incremental_encoder, PyCodec_IncrementalEncoder(s, t)) \
    F(SS, codec_incremental_decoder, PyCodec_IncrementalDecoder(s, t)) \
    F(S, codec_lookup_error, PyCodec_LookupError(s)) \
    F(SO, codec_register_error, nothing(PyCodec_RegisterError(s, a)))
static PyObject *encode(PyObject *module, PyObject *args);
static PyObject *decode(PyObject *module, PyObject *args);
static PyObject *stream_reader(PyObject *module, PyObject *args);
static PyObject *stream_writer(PyObject *module, PyObject *args);
#define FUNCTIONS_OF_ITS_OWN \
    {"codec_encode", encode, METH_VARARGS, NULL}, \
    {"codec_decode", decode, METH_VARARGS, NULL}, \
    {"codec_stream_reader", stream_reader, METH_VARARGS, NULL}, \
    {"codec_stream_writer", stream_writer, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *encode(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *object;
    const char *encoding, *errors = NULL;
    TAKE("Oz|z", &object, &encoding, &errors)
    return PyCodec_Encode(object, encoding, errors);
}

static PyObject *decode(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *object;
    const char *encoding, *errors = NULL;
    TAKE("Oz|z", &object, &encoding, &errors)
    return PyCodec_Decode(object, encoding, errors);
}

static PyObject *stream_reader(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *encoding, *errors;
    PyObject *stream;
    TAKE("zOz", &encoding, &stream, &errors)
    return PyCodec_StreamReader(encoding, stream, errors);
}

static PyObject *stream_writer(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *encoding, *errors;
    PyObject *stream;
    TAKE("zOz", &encoding, &stream, &errors)
    return PyCodec_StreamWriter(encoding, stream, errors);
}

int testcapi_add_codec(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
