//! Sockets. Addresses are the bytes of their C structs; their meaning is the callers'.

use crate::{Result, check, count};

calls! {
    fn socket(domain: i32, kind: i32, protocol: i32) -> i32;
    fn listen(fd: i32, backlog: i32) -> i32;
    fn shutdown(fd: i32, how: i32) -> i32;
}

const ADDRESS: usize = size_of::<libc::sockaddr_storage>();

/// Room for any address, aligned as the C struct.
#[repr(C, align(8))]
struct Room([u8; ADDRESS]);

/// Calls with room for an address; the result is with the bytes that were filled.
fn with_room<R>(
    call: impl FnOnce(*mut libc::sockaddr, *mut u32) -> Result<R>,
) -> Result<(R, Vec<u8>)> {
    let mut room = Room([0; ADDRESS]);
    let mut size = ADDRESS as u32;
    let result = call(room.0.as_mut_ptr().cast(), &mut size)?;
    Ok((result, room.0[..(size as usize).min(ADDRESS)].to_vec()))
}

/// An address that may be less aligned than the C struct.
fn aligned(address: &[u8]) -> (Room, u32) {
    let mut room = Room([0; ADDRESS]);
    let size = address.len().min(ADDRESS);
    room.0[..size].copy_from_slice(&address[..size]);
    (room, size as u32)
}

pub fn bind(fd: i32, address: &[u8]) -> Result<i32> {
    let (room, size) = aligned(address);
    // SAFETY: so many bytes are read.
    check(unsafe { libc::bind(fd, room.0.as_ptr().cast(), size) })
}

pub fn connect(fd: i32, address: &[u8]) -> Result<i32> {
    let (room, size) = aligned(address);
    // SAFETY: so many bytes are read.
    check(unsafe { libc::connect(fd, room.0.as_ptr().cast(), size) })
}

/// The new socket and its peer's address.
pub fn accept(fd: i32, flags: i32) -> Result<(i32, Vec<u8>)> {
    // SAFETY: the room has the size given.
    with_room(|room, size| check(unsafe { libc::accept4(fd, room, size, flags) }))
}

pub fn getsockname(fd: i32) -> Result<Vec<u8>> {
    // SAFETY: the room has the size given.
    with_room(|room, size| check(unsafe { libc::getsockname(fd, room, size) })).map(|r| r.1)
}

pub fn getpeername(fd: i32) -> Result<Vec<u8>> {
    // SAFETY: the room has the size given.
    with_room(|room, size| check(unsafe { libc::getpeername(fd, room, size) })).map(|r| r.1)
}

pub fn send(fd: i32, data: &[u8], flags: i32) -> Result<usize> {
    // SAFETY: so many bytes are read.
    count(unsafe { libc::send(fd, data.as_ptr().cast(), data.len(), flags) })
}

pub fn sendto(fd: i32, data: &[u8], flags: i32, address: &[u8]) -> Result<usize> {
    let (room, size) = aligned(address);
    // SAFETY: so many bytes are read.
    count(unsafe {
        libc::sendto(
            fd,
            data.as_ptr().cast(),
            data.len(),
            flags,
            room.0.as_ptr().cast(),
            size,
        )
    })
}

pub fn recv(fd: i32, buffer: &mut [u8], flags: i32) -> Result<usize> {
    // SAFETY: the buffer has so many bytes.
    count(unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), flags) })
}

/// Receives up to `size` bytes into a new vector.
pub fn recv_vec(fd: i32, size: usize, flags: i32) -> Result<Vec<u8>> {
    let mut buffer = Vec::<u8>::new();
    if buffer.try_reserve_exact(size).is_err() {
        return Err(crate::Errno(libc::ENOMEM));
    }
    // SAFETY: there is room for so many bytes; as many as were received become part of it.
    unsafe {
        let n = count(libc::recv(fd, buffer.as_mut_ptr().cast(), size, flags))?;
        buffer.set_len(n.min(size));
    }
    Ok(buffer)
}

pub fn recvfrom(fd: i32, buffer: &mut [u8], flags: i32) -> Result<(usize, Vec<u8>)> {
    with_room(|room, size| {
        // SAFETY: buffer and room have the sizes given.
        count(unsafe {
            libc::recvfrom(
                fd,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                flags,
                room,
                size,
            )
        })
    })
}

pub fn socketpair(domain: i32, kind: i32, protocol: i32) -> Result<(i32, i32)> {
    // SAFETY: two numbers are filled.
    let pair: [i32; 2] = crate::filled(|out: *mut [i32; 2]| unsafe {
        libc::socketpair(domain, kind, protocol, out.cast())
    })?;
    Ok((pair[0], pair[1]))
}

/// Fills the buffer with an option's value; the result is its size.
pub fn getsockopt(fd: i32, level: i32, name: i32, buffer: &mut [u8]) -> Result<usize> {
    let mut size = buffer.len() as u32;
    // SAFETY: the buffer has the size given.
    check(unsafe { libc::getsockopt(fd, level, name, buffer.as_mut_ptr().cast(), &mut size) })?;
    Ok(size as usize)
}

pub fn setsockopt(fd: i32, level: i32, name: i32, value: &[u8]) -> Result<i32> {
    // SAFETY: so many bytes are read.
    check(unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), value.len() as u32) })
}

/// `setsockopt` without a value but with a size.
pub fn setsockopt_none(fd: i32, level: i32, name: i32, size: u32) -> Result<i32> {
    // SAFETY: nothing is read.
    check(unsafe { libc::setsockopt(fd, level, name, std::ptr::null(), size) })
}

/// Sends data with control messages.
pub fn sendmsg(
    fd: i32,
    parts: &[&[u8]],
    control: &[u8],
    flags: i32,
    address: Option<&[u8]>,
) -> Result<usize> {
    let vectors: Vec<libc::iovec> = parts
        .iter()
        .map(|p| libc::iovec {
            iov_base: p.as_ptr().cast_mut().cast(),
            iov_len: p.len(),
        })
        .collect();
    let mut address = address.map(aligned);
    // SAFETY: the header describes parts, control bytes and address, which are only read.
    unsafe {
        let mut header: libc::msghdr = std::mem::zeroed();
        header.msg_iov = vectors.as_ptr().cast_mut();
        header.msg_iovlen = vectors.len();
        if let Some((room, size)) = &mut address {
            header.msg_name = room.0.as_mut_ptr().cast();
            header.msg_namelen = *size;
        }
        if !control.is_empty() {
            header.msg_control = control.as_ptr().cast_mut().cast();
            header.msg_controllen = control.len();
        }
        count(libc::sendmsg(fd, &header, flags))
    }
}

/// What `recvmsg` got.
pub struct Received {
    pub size: usize,
    pub control: Vec<u8>,
    pub flags: i32,
    pub address: Vec<u8>,
}

/// Receives data into the parts, with up to `control` bytes of control messages.
pub fn recvmsg(fd: i32, parts: &mut [&mut [u8]], control: usize, flags: i32) -> Result<Received> {
    let mut vectors: Vec<libc::iovec> = parts
        .iter_mut()
        .map(|p| libc::iovec {
            iov_base: p.as_mut_ptr().cast(),
            iov_len: p.len(),
        })
        .collect();
    // Words, so that the headers of control messages are aligned.
    let mut words = vec![0u64; control.div_ceil(8)];
    let mut room = Room([0; ADDRESS]);
    // SAFETY: the header describes buffers that live during the call.
    let (size, header) = unsafe {
        let mut header: libc::msghdr = std::mem::zeroed();
        header.msg_iov = vectors.as_mut_ptr();
        header.msg_iovlen = vectors.len();
        header.msg_name = room.0.as_mut_ptr().cast();
        header.msg_namelen = ADDRESS as u32;
        if control > 0 {
            header.msg_control = words.as_mut_ptr().cast();
            header.msg_controllen = control;
        }
        (count(libc::recvmsg(fd, &mut header, flags))?, header)
    };
    let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_ne_bytes()).collect();
    bytes.truncate(header.msg_controllen.min(control));
    let address = room.0[..(header.msg_namelen as usize).min(ADDRESS)].to_vec();
    Ok(Received {
        size,
        control: bytes,
        flags: header.msg_flags,
        address,
    })
}
