//! Attributes of contexts.

use krait_object::native::TypeBuilder;
use krait_object::protocol::{self, number};
use krait_object::{Dict, Object, Owned, Py, PyResult, Str, Value, errors, exceptions, raise};
use krait_tls::config::Mode;

use super::{MAXIMUM, MINIMUM, PROTOCOL_TLS, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, This};

/// The value that is set; attributes cannot be deleted.
fn given(py: Py, value: Option<&Object>) -> PyResult {
    match value {
        Some(value) => Ok(Value::unboxed(value)),
        None => raise!(
            py,
            AttributeError,
            "attributes of '_ssl._SSLContext' objects cannot be deleted"
        ),
    }
}

fn int(py: Py, value: &Value, name: &str) -> PyResult<i64> {
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i32::try_from(w).ok()) {
        Some(n) => Ok(i64::from(n)),
        None => number::integer_overflow(py, wide, name, false),
    }
}

fn unsigned(py: Py, value: &Value) -> PyResult<u64> {
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| u64::try_from(w).ok()) {
        Some(n) => Ok(n),
        None => number::integer_overflow(py, wide, "C unsigned long", true),
    }
}

fn mode_number(mode: Mode) -> i64 {
    match mode {
        Mode::None => 0,
        Mode::Optional => 1,
        Mode::Required => 2,
    }
}

fn set_verify_mode(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let mode = match int(py, &given(py, value)?, "C int")? {
        0 if this.check_hostname.get() => {
            return raise!(
                py,
                ValueError,
                "Cannot set verify_mode to CERT_NONE when check_hostname is enabled."
            );
        }
        0 => Mode::None,
        1 => Mode::Optional,
        2 => Mode::Required,
        _ => return raise!(py, ValueError, "invalid value for verify_mode"),
    };
    this.mode.set(mode);
    Ok(())
}

fn set_check_hostname(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let on = protocol::truth(py, &given(py, value)?)?;
    if on && this.mode.get() == Mode::None {
        this.mode.set(Mode::Required);
    }
    this.check_hostname.set(on);
    Ok(())
}

/// Switches that turn old protocols off.
const DEPRECATED_OPTIONS: u64 =
    0x200_0000 | 0x400_0000 | 0x1000_0000 | super::OP_NO_TLSV1_2 | super::OP_NO_TLSV1_3;

fn set_options(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let value = given(py, value)?;
    if !number::is_index(&value) {
        let got = value.ty().short_name();
        return raise!(py, TypeError, "an integer is required (got type {got})");
    }
    let options = unsigned(py, &value)?;
    let new = options & !this.options.get();
    if new & DEPRECATED_OPTIONS != 0 {
        let text = "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated";
        errors::warn(py, &exceptions::DeprecationWarning, text, 2)?;
    }
    this.options.set(options);
    Ok(())
}

/// The bounds of versions: those that may be named, though only two are spoken here.
fn set_bound(py: Py, this: &This, value: Option<&Object>, is_minimum: bool) -> PyResult<()> {
    let version = int(py, &given(py, value)?, "C int")?;
    if !matches!(
        this.protocol,
        PROTOCOL_TLS | PROTOCOL_TLS_CLIENT | PROTOCOL_TLS_SERVER
    ) {
        return raise!(
            py,
            ValueError,
            "The context's protocol doesn't support modification of highest and lowest version."
        );
    }
    let old = match version {
        0x300 => Some("SSLv3"),
        0x301 => Some("TLSv1"),
        0x302 => Some("TLSv1_1"),
        0x303 | 0x304 | MINIMUM | MAXIMUM => None,
        _ => return raise!(py, ValueError, "Unsupported TLS/SSL version 0x{version:x}"),
    };
    if let Some(name) = old {
        let text = format!("ssl.TLSVersion.{name} is deprecated");
        errors::warn(py, &exceptions::DeprecationWarning, &text, 2)?;
    }
    // The lowest and highest of all are those that are spoken.
    if is_minimum {
        let version = if version == MAXIMUM {
            super::TLSV1_3
        } else {
            version
        };
        this.minimum.set(version);
    } else {
        let version = if version == MINIMUM {
            super::TLSV1_2
        } else {
            version
        };
        this.maximum.set(version);
    }
    Ok(())
}

fn set_tickets(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let count = int(py, &given(py, value)?, "C int")?;
    let Ok(count) = usize::try_from(count) else {
        return raise!(py, ValueError, "value must be non-negative");
    };
    if this.protocol != PROTOCOL_TLS_SERVER {
        return raise!(py, ValueError, "SSLContext is not a server context.");
    }
    this.tickets.set(count);
    Ok(())
}

fn set_sni_callback(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let callback = given(py, value)?;
    if this.protocol == PROTOCOL_TLS_CLIENT {
        return raise!(
            py,
            ValueError,
            "sni_callback cannot be set on TLS_CLIENT context"
        );
    }
    let new = if callback.is_none() {
        None
    } else if protocol::call::is_callable(&callback) {
        Some(callback)
    } else {
        *this.sni_callback.borrow_mut() = None;
        return raise!(py, TypeError, "not a callable object");
    };
    let old = this.sni_callback.replace(new);
    drop(old);
    Ok(())
}

fn stats(py: Py, this: &This) -> PyResult<Owned<Dict>> {
    let (dict, counts) = (Dict::new(), &this.counts);
    for (name, count) in [
        ("number", 0),
        ("connect", counts.connect.get()),
        ("connect_good", counts.connect_good.get()),
        ("connect_renegotiate", 0),
        ("accept", counts.accept.get()),
        ("accept_good", counts.accept_good.get()),
        ("accept_renegotiate", 0),
        ("hits", counts.hits.get()),
        ("misses", 0),
        ("timeouts", 0),
        ("cache_full", 0),
    ] {
        dict.set_value(py, &Value::from(Str::intern(name)), Value::int(count))?;
    }
    Ok(dict)
}

fn no_psk(py: Py) -> PyResult<()> {
    raise!(
        py,
        NotImplementedError,
        "TLS-PSK is not supported by your OpenSSL version."
    )
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.getter("protocol", |_py: Py, this: &This| this.protocol)
        // Keys of 112 bits of security and more: what ring accepts.
        .getter("security_level", |_py: Py, _this: &This| 2i64)
        .getset(
            "verify_mode",
            |_py: Py, this: &This| mode_number(this.mode.get()),
            set_verify_mode,
        )
        .getset(
            "check_hostname",
            |_py: Py, this: &This| this.check_hostname.get(),
            set_check_hostname,
        )
        .getset(
            "_host_flags",
            |_py: Py, this: &This| this.host_flags.get(),
            |py: Py, this: &This, value: Option<&Object>| {
                let flags = unsigned(py, &given(py, value)?)?;
                this.host_flags.set(flags as u32);
                Ok(())
            },
        )
        .getset(
            "verify_flags",
            |_py: Py, this: &This| this.verify_flags.get(),
            |py: Py, this: &This, value: Option<&Object>| {
                let flags = unsigned(py, &given(py, value)?)?;
                this.verify_flags.set(flags);
                Ok(())
            },
        )
        .getset(
            "options",
            |_py: Py, this: &This| this.options.get(),
            set_options,
        )
        .getset(
            "minimum_version",
            |_py: Py, this: &This| this.minimum.get(),
            |py: Py, this: &This, value: Option<&Object>| set_bound(py, this, value, true),
        )
        .getset(
            "maximum_version",
            |_py: Py, this: &This| this.maximum.get(),
            |py: Py, this: &This, value: Option<&Object>| set_bound(py, this, value, false),
        )
        .getset(
            "num_tickets",
            |_py: Py, this: &This| this.tickets.get(),
            set_tickets,
        )
        .getset(
            "sni_callback",
            |_py: Py, this: &This| this.sni_callback.borrow().clone(),
            set_sni_callback,
        )
        // None is how `ssl` tells that there is no authentication after the handshake.
        .getset(
            "post_handshake_auth",
            |_py: Py, _this: &This| Value::none(),
            |py: Py, _this: &This, value: Option<&Object>| {
                given(py, value)?;
                raise!(
                    py,
                    NotImplementedError,
                    "Post-handshake auth is not supported by your OpenSSL version."
                )
            },
        )
        .method("session_stats($self, /)", stats)
        .method(
            "set_psk_client_callback($self, /, callback)",
            |py: Py, _this: &This, _callback: &Value| no_psk(py),
        )
        .method(
            "set_psk_server_callback($self, /, callback, identity_hint=None)",
            |py: Py, _this: &This, _callback: &Value, _hint: Option<&Value>| no_psk(py),
        );
}
