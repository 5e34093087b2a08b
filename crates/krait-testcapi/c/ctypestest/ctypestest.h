/* `_ctypes_test`: a shared library whose functions tests of `ctypes` call, and a module. */

#define EXPORT __attribute__((visibility("default")))

/* What the last function of arguments.c got. */
extern long long last_signed;
extern unsigned long long last_unsigned;
