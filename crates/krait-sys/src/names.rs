//! Names of hosts, services, protocols and interfaces.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;

use crate::{Errno, Result, bytes_of};

/// An error number of `getaddrinfo`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GaiError {
    pub code: i32,
    /// The system's error where the code is `EAI_SYSTEM`.
    pub errno: Errno,
}

/// The text of an error of `getaddrinfo`.
pub fn gai_text(code: i32) -> Vec<u8> {
    // SAFETY: a static text.
    unsafe { bytes_of(libc::gai_strerror(code)) }
}

/// One of the addresses that `getaddrinfo` finds.
pub struct Found {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
    pub canonical: Vec<u8>,
    pub address: Vec<u8>,
}

/// Frees what `getaddrinfo` gave.
struct List(*mut libc::addrinfo);

impl Drop for List {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: it came from `getaddrinfo`.
            unsafe { libc::freeaddrinfo(self.0) }
        }
    }
}

pub fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    family: i32,
    kind: i32,
    protocol: i32,
    flags: i32,
) -> std::result::Result<Vec<Found>, GaiError> {
    let text = |t: Option<&CStr>| t.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: C strings and a struct are read; the list is copied before it is freed.
    unsafe {
        let mut hints: libc::addrinfo = MaybeUninit::zeroed().assume_init();
        hints.ai_family = family;
        hints.ai_socktype = kind;
        hints.ai_protocol = protocol;
        hints.ai_flags = flags;
        let mut list = List(std::ptr::null_mut());
        let code = libc::getaddrinfo(text(host), text(service), &hints, &mut list.0);
        if code != 0 {
            return Err(GaiError {
                code,
                errno: crate::errno(),
            });
        }
        let mut found = Vec::new();
        let mut at = list.0;
        while !at.is_null() {
            let entry = &*at;
            let address =
                std::slice::from_raw_parts(entry.ai_addr.cast::<u8>(), entry.ai_addrlen as usize);
            found.push(Found {
                family: entry.ai_family,
                kind: entry.ai_socktype,
                protocol: entry.ai_protocol,
                canonical: bytes_of(entry.ai_canonname),
                address: address.to_vec(),
            });
            at = entry.ai_next;
        }
        Ok(found)
    }
}

/// Host and service of an address.
pub fn getnameinfo(
    address: &[u8],
    flags: i32,
) -> std::result::Result<(Vec<u8>, Vec<u8>), GaiError> {
    let (mut host, mut service) = ([0u8; 1025], [0u8; 64]);
    let mut room = [0u64; 16];
    let size = address.len().min(128);
    for (place, chunk) in room.iter_mut().zip(address[..size].chunks(8)) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        *place = u64::from_ne_bytes(word);
    }
    // SAFETY: an aligned address is read, the texts have the sizes given.
    let code = unsafe {
        libc::getnameinfo(
            room.as_ptr().cast(),
            size as u32,
            host.as_mut_ptr().cast(),
            host.len() as u32,
            service.as_mut_ptr().cast(),
            service.len() as u32,
            flags,
        )
    };
    if code != 0 {
        return Err(GaiError {
            code,
            errno: crate::errno(),
        });
    }
    Ok((
        crate::file::until_zero(&host),
        crate::file::until_zero(&service),
    ))
}

/// A host's names and addresses.
pub struct Host {
    pub name: Vec<u8>,
    pub aliases: Vec<Vec<u8>>,
    pub family: i32,
    pub addresses: Vec<Vec<u8>>,
}

/// The text of an error of the functions for hosts.
pub fn host_text(code: i32) -> Vec<u8> {
    // SAFETY: a static text.
    unsafe { bytes_of(hstrerror(code)) }
}

unsafe extern "C" {
    fn hstrerror(code: i32) -> *const c_char;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        size: u32,
        family: i32,
        out: *mut libc::hostent,
        buffer: *mut c_char,
        room: usize,
        found: *mut *mut libc::hostent,
        error: *mut i32,
    ) -> i32;
    fn gethostbyname_r(
        name: *const c_char,
        out: *mut libc::hostent,
        buffer: *mut c_char,
        room: usize,
        found: *mut *mut libc::hostent,
        error: *mut i32,
    ) -> i32;
    fn inet_aton(text: *const c_char, out: *mut libc::in_addr) -> i32;
    fn inet_pton(family: i32, text: *const c_char, out: *mut libc::c_void) -> i32;
    fn inet_ntop(
        family: i32,
        address: *const libc::c_void,
        out: *mut c_char,
        size: u32,
    ) -> *const c_char;
}

/// # Safety
/// The entry's strings and lists are in place.
unsafe fn host(raw: &libc::hostent) -> Host {
    let (mut aliases, mut addresses) = (Vec::new(), Vec::new());
    // SAFETY: the contract; the lists end with null.
    unsafe {
        let mut alias = raw.h_aliases;
        while !alias.is_null() && !(*alias).is_null() {
            aliases.push(bytes_of(*alias));
            alias = alias.add(1);
        }
        let mut address = raw.h_addr_list;
        while !address.is_null() && !(*address).is_null() {
            addresses.push(
                std::slice::from_raw_parts((*address).cast::<u8>(), raw.h_length as usize).to_vec(),
            );
            address = address.add(1);
        }
        Host {
            name: bytes_of(raw.h_name),
            aliases,
            family: raw.h_addrtype,
            addresses,
        }
    }
}

fn find_host(
    call: impl Fn(*mut libc::hostent, *mut c_char, usize, *mut *mut libc::hostent, *mut i32) -> i32,
) -> std::result::Result<Host, i32> {
    let mut size = 16384;
    loop {
        let mut buffer = vec![0u8; size];
        let mut raw = MaybeUninit::<libc::hostent>::uninit();
        let (mut found, mut error) = (std::ptr::null_mut(), 0);
        let code = call(
            raw.as_mut_ptr(),
            buffer.as_mut_ptr().cast(),
            size,
            &mut found,
            &mut error,
        );
        if code == libc::ERANGE && size < 1 << 20 {
            size *= 2;
        } else if found.is_null() {
            return Err(error);
        } else {
            // SAFETY: filled; its strings are in the buffer.
            return Ok(unsafe { host(&*found) });
        }
    }
}

/// A host by name (IPv4); fails with a code for `host_text`.
pub fn host_by_name(name: &CStr) -> std::result::Result<Host, i32> {
    // SAFETY: the buffers and the name live during the call.
    find_host(|raw, buffer, size, found, error| unsafe {
        gethostbyname_r(name.as_ptr(), raw, buffer, size, found, error)
    })
}

/// A host by the bytes of its address.
pub fn host_by_address(family: i32, address: &[u8]) -> std::result::Result<Host, i32> {
    // SAFETY: the buffers and the address live during the call.
    find_host(|raw, buffer, size, found, error| unsafe {
        gethostbyaddr_r(
            address.as_ptr().cast(),
            address.len() as u32,
            family,
            raw,
            buffer,
            size,
            found,
            error,
        )
    })
}

static DATABASE: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// A service's port.
pub fn service_port(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let _lock = DATABASE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let protocol = protocol.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: C strings; the entry is copied under the lock.
    unsafe {
        let entry = libc::getservbyname(name.as_ptr(), protocol);
        (!entry.is_null()).then(|| u16::from_be((*entry).s_port as u16))
    }
}

/// The service of a port.
pub fn service_name(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let _lock = DATABASE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let protocol = protocol.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: C strings; the entry is copied under the lock.
    unsafe {
        let entry = libc::getservbyport(i32::from(port.to_be()), protocol);
        (!entry.is_null()).then(|| bytes_of((*entry).s_name))
    }
}

/// A protocol's number.
pub fn protocol_number(name: &CStr) -> Option<i32> {
    let _lock = DATABASE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    // SAFETY: a C string; the entry is copied under the lock.
    unsafe {
        let entry = libc::getprotobyname(name.as_ptr());
        (!entry.is_null()).then(|| (*entry).p_proto)
    }
}

/// The network interfaces: number and name.
pub fn interfaces() -> Result<Vec<(u32, Vec<u8>)>> {
    // SAFETY: the list ends with a zero number, and is freed after it was copied.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            return Err(crate::errno());
        }
        let (mut at, mut all) = (list, Vec::new());
        while (*at).if_index != 0 {
            all.push(((*at).if_index, bytes_of((*at).if_name)));
            at = at.add(1);
        }
        libc::if_freenameindex(list);
        Ok(all)
    }
}

pub fn interface_number(name: &CStr) -> Option<u32> {
    // SAFETY: a C string.
    Some(unsafe { libc::if_nametoindex(name.as_ptr()) }).filter(|&n| n != 0)
}

pub fn interface_name(number: u32) -> Result<Vec<u8>> {
    let mut name = [0u8; 64];
    // SAFETY: the buffer has more than the size of an interface's name.
    unsafe {
        if libc::if_indextoname(number, name.as_mut_ptr().cast()).is_null() {
            return Err(crate::errno());
        }
    }
    Ok(crate::file::until_zero(&name))
}

/// An IPv4 address of the forms that the C library takes (`127.1`, `0x7f000001`).
pub fn ipv4_of(text: &CStr) -> Option<[u8; 4]> {
    let mut out = libc::in_addr { s_addr: 0 };
    // SAFETY: a C string is read, the struct filled.
    (unsafe { inet_aton(text.as_ptr(), &mut out) } != 0).then(|| out.s_addr.to_ne_bytes())
}

/// The bytes of an address; `Ok(None)` where the text is none.
pub fn address_of(family: i32, text: &CStr) -> Result<Option<Vec<u8>>> {
    let mut out = [0u8; 16];
    // SAFETY: a C string is read; the longest address has 16 bytes.
    match unsafe { inet_pton(family, text.as_ptr(), out.as_mut_ptr().cast()) } {
        -1 => Err(crate::errno()),
        0 => Ok(None),
        _ => Ok(Some(
            out[..if family == libc::AF_INET { 4 } else { 16 }].to_vec(),
        )),
    }
}

/// The text of an address's bytes; these must be as many as the family has.
pub fn text_of(family: i32, address: &[u8]) -> Result<Vec<u8>> {
    let mut out = [0u8; 64];
    let mut room = [0u8; 16];
    let size = address.len().min(16);
    room[..size].copy_from_slice(&address[..size]);
    // SAFETY: 16 bytes are there to be read, the buffer has the size given.
    unsafe {
        if inet_ntop(
            family,
            room.as_ptr().cast(),
            out.as_mut_ptr().cast(),
            out.len() as u32,
        )
        .is_null()
        {
            return Err(crate::errno());
        }
    }
    Ok(crate::file::until_zero(&out))
}
