//! `tell`, `seek` and `truncate` of text streams.

use krait_object::{Bytes, Layout, Owned, Py, PyResult, Value, intern, protocol, raise};

use super::codec::Decoder;
use super::cookie::Cookie;
use super::{Snapshot, This};
use crate::fault::unsupported;
use crate::raw_call::{self, call0, call1, me};

fn flush(py: Py, this: &This) -> PyResult<()> {
    call0(py, &me(this.as_object()), intern!("flush")).map(drop)
}

pub fn tell(py: Py, this: &This) -> PyResult {
    this.check_open(py)?;
    if !this.seekable.get() {
        return unsupported(py, "underlying stream is not seekable");
    }
    if !this.telling.get() {
        return raise!(py, OSError, "telling position disabled by next() call");
    }
    this.write_pending(py)?;
    flush(py, this)?;
    let position = call0(py, &this.buffer.value(), intern!("tell"))?;
    let (decoder, snapshot) = (
        this.decoder.borrow().clone(),
        this.snapshot.borrow().clone(),
    );
    let (Some(decoder), Some(snapshot)) = (decoder, snapshot) else {
        return Ok(position);
    };
    let start = raw_call::offset(py, &position)? - snapshot.input.len() as i64;
    let mut cookie = Cookie {
        start,
        flags: snapshot.flags,
        ..Cookie::default()
    };
    let skip = this.used.get();
    if skip > 0 {
        let saved = decoder.state(py)?;
        let found = find_start(py, this.ratio.get(), &decoder, &snapshot, skip, &mut cookie);
        let pending = py.thread().take_exception();
        let restored = decoder.set_state(py, saved.0.as_slice(), saved.1);
        if let Some(exception) = pending {
            drop(py.thread().take_exception());
            py.thread().set_exception(exception);
        } else {
            restored?;
        }
        found?;
    }
    Ok(cookie.value())
}

/// Decodes a part of the chunk, for its number of characters.
fn decode(py: Py, decoder: &Decoder, bytes: &[u8], is_final: bool) -> PyResult<usize> {
    decoder
        .decode_bytes(py, &Bytes::new(bytes), is_final)
        .map(|text| text.len())
}

/// Finds a place at or before the position where the decoder's state is simple: no bytes
/// held back. From there as few bytes as possible are to be decoded again.
fn find_start(
    py: Py,
    ratio: f64,
    decoder: &Decoder,
    snapshot: &Snapshot,
    used: usize,
    cookie: &mut Cookie,
) -> PyResult<()> {
    let input = snapshot.input.as_slice();
    let mut skip = used;
    let mut bytes = ((ratio * skip as f64) as usize).min(input.len());
    let mut back = 1;
    // A guess by the average width, corrected backwards.
    while bytes > 0 {
        decoder.set_state(py, &[], snapshot.flags)?;
        let count = decode(py, decoder, &input[..bytes], false)?;
        if count <= skip {
            let (held, flags) = decoder.state(py)?;
            if held.is_empty() {
                cookie.flags = flags;
                skip -= count;
                break;
            }
            bytes = bytes.saturating_sub(held.len());
            back = 1;
        } else {
            bytes = bytes.saturating_sub(back);
            back *= 2;
        }
    }
    if bytes == 0 {
        decoder.set_state(py, &[], snapshot.flags)?;
    }
    cookie.start += bytes as i64;
    cookie.skip = skip as i64;
    if skip == 0 {
        return Ok(());
    }
    // Then byte by byte, noting each safe place.
    let mut count = 0;
    for byte in &input[bytes..] {
        cookie.feed += 1;
        count += decode(py, decoder, std::slice::from_ref(byte), false)?;
        let (held, flags) = decoder.state(py)?;
        if held.is_empty() && count <= skip {
            cookie.start += cookie.feed;
            skip -= count;
            cookie.flags = flags;
            cookie.feed = 0;
            count = 0;
        }
        if count >= skip {
            cookie.skip = skip as i64;
            return Ok(());
        }
    }
    count += decode(py, decoder, &[], true)?;
    cookie.at_end = true;
    cookie.skip = skip as i64;
    if count < skip {
        return raise!(py, OSError, "can't reconstruct logical file position");
    }
    Ok(())
}

fn seek_end(py: Py, this: &This) -> PyResult {
    flush(py, this)?;
    this.forget_decoded();
    this.forget_snapshot();
    let decoder = this.decoder.borrow().clone();
    if let Some(decoder) = decoder {
        decoder.reset(py)?;
    }
    let arguments = [Value::int(0), Value::int(2)];
    let position = protocol::call_method(py, &this.buffer.value(), intern!("seek"), &arguments)?;
    let encoder = this.encoder.borrow().clone();
    if let Some(encoder) = encoder {
        encoder.at_start(py, protocol::equal(py, &position, &Value::int(0))?)?;
    }
    Ok(position)
}

pub fn seek(py: Py, this: &This, cookie: &Value, whence: Option<i32>) -> PyResult {
    this.check_open(py)?;
    if !this.seekable.get() {
        return unsupported(py, "underlying stream is not seekable");
    }
    let is_zero = |value: &Value| protocol::equal(py, value, &Value::int(0));
    let cookie = match whence.unwrap_or(0) {
        0 => cookie.clone(),
        1 => {
            if !is_zero(cookie)? {
                return unsupported(py, "can't do nonzero cur-relative seeks");
            }
            call0(py, &me(this.as_object()), intern!("tell"))?
        }
        2 => {
            if !is_zero(cookie)? {
                return unsupported(py, "can't do nonzero end-relative seeks");
            }
            return seek_end(py, this);
        }
        other => {
            return raise!(
                py,
                ValueError,
                "invalid whence ({other}, should be 0, 1 or 2)"
            );
        }
    };
    let negative = protocol::rich_compare(py, &cookie, &Value::int(0), protocol::CompareOp::Lt)?;
    if protocol::truth(py, &negative)? {
        let shown = protocol::repr(py, &cookie)?;
        return raise!(py, ValueError, "negative seek position {}", shown.to_rust());
    }
    flush(py, this)?;
    let place = Cookie::parse(py, &cookie)?;
    call1(
        py,
        &this.buffer.value(),
        intern!("seek"),
        Value::int(place.start),
    )?;
    this.forget_decoded();
    this.forget_snapshot();
    let decoder = this.decoder.borrow().clone();
    if let Some(decoder) = &decoder {
        if place.start == 0 && place.flags == 0 {
            decoder.reset(py)?;
        } else {
            decoder.set_state(py, &[], place.flags)?;
        }
    }
    restore_chunk(py, this, decoder, place)?;
    let encoder = this.encoder.borrow().clone();
    if let Some(encoder) = encoder {
        encoder.at_start(py, place.start == 0 && place.flags == 0)?;
    }
    Ok(cookie)
}

/// Decodes again what lies between a position's safe place and the character.
fn restore_chunk(py: Py, this: &This, decoder: Option<Decoder>, place: Cookie) -> PyResult<()> {
    let Some(decoder) = decoder else {
        return Ok(());
    };
    let mut input: Owned<Bytes> = Bytes::new(&[]);
    if place.skip > 0 {
        let data = call1(
            py,
            &this.buffer.value(),
            intern!("read"),
            Value::int(place.feed),
        )?;
        input = match data.into_object().downcast_owned::<Bytes>() {
            Ok(bytes) => bytes,
            Err(other) => {
                let got = other.ty().name();
                return raise!(
                    py,
                    TypeError,
                    "underlying read() should have returned a bytes object, not '{got}'"
                );
            }
        };
    }
    drop(this.snapshot.replace(Some(Snapshot {
        flags: place.flags,
        input: input.clone(),
    })));
    if place.skip > 0 {
        let text = decoder.decode_bytes(py, &input, place.at_end)?;
        let count = text.len() as i64;
        this.set_decoded(text);
        if count < place.skip {
            return raise!(py, OSError, "can't restore logical file position");
        }
        this.used.set(place.skip as usize);
    }
    Ok(())
}

pub fn truncate(py: Py, this: &This, size: Option<&Value>) -> PyResult {
    this.check_ready(py)?;
    flush(py, this)?;
    call1(
        py,
        &this.buffer.value(),
        intern!("truncate"),
        size.cloned().unwrap_or_else(Value::none),
    )
}
