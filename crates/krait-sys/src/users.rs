//! The user and group databases.
//!
//! The functions that walk a whole database keep their place in the C library; a lock
//! keeps walks apart.

use std::ffi::CStr;
use std::sync::{Mutex, PoisonError};

use crate::{Errno, Result, bytes_of};

static WALK: Mutex<()> = Mutex::new(());

/// An entry of the user database.
pub struct User {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub uid: u32,
    pub gid: u32,
    pub gecos: Vec<u8>,
    pub home: Vec<u8>,
    pub shell: Vec<u8>,
}

/// An entry of the group database.
pub struct Group {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}

/// # Safety
/// The entry's strings are in place.
unsafe fn user(raw: &libc::passwd) -> User {
    // SAFETY: the contract.
    unsafe {
        User {
            name: bytes_of(raw.pw_name),
            password: bytes_of(raw.pw_passwd),
            uid: raw.pw_uid,
            gid: raw.pw_gid,
            gecos: bytes_of(raw.pw_gecos),
            home: bytes_of(raw.pw_dir),
            shell: bytes_of(raw.pw_shell),
        }
    }
}

/// # Safety
/// The entry's strings are in place, its list of members ends with null.
unsafe fn group(raw: &libc::group) -> Group {
    let mut members = Vec::new();
    // SAFETY: the contract.
    unsafe {
        let mut member = raw.gr_mem;
        while !member.is_null() && !(*member).is_null() {
            members.push(bytes_of(*member));
            member = member.add(1);
        }
        Group {
            name: bytes_of(raw.gr_name),
            password: bytes_of(raw.gr_passwd),
            gid: raw.gr_gid,
            members,
        }
    }
}

/// Calls a function of the `_r` kind with a growing buffer.
fn lookup<Raw, T>(
    call: impl Fn(*mut Raw, *mut libc::c_char, usize, *mut *mut Raw) -> i32,
    convert: unsafe fn(&Raw) -> T,
) -> Result<Option<T>> {
    let mut size = 1024;
    loop {
        let mut buffer = vec![0u8; size];
        let mut raw = std::mem::MaybeUninit::<Raw>::uninit();
        let mut found = std::ptr::null_mut();
        match call(
            raw.as_mut_ptr(),
            buffer.as_mut_ptr().cast(),
            size,
            &mut found,
        ) {
            0 if found.is_null() => return Ok(None),
            // SAFETY: the entry was filled, its strings are in the buffer.
            0 => return Ok(Some(unsafe { convert(&*found) })),
            libc::ERANGE if size < 1 << 24 => size *= 2,
            // What C libraries say where there is no entry.
            libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok(None),
            error => return Err(Errno(error)),
        }
    }
}

pub fn user_by_id(uid: u32) -> Result<Option<User>> {
    // SAFETY: the buffers live during the call.
    lookup(
        |raw, buffer, size, found| unsafe { libc::getpwuid_r(uid, raw, buffer, size, found) },
        user,
    )
}

pub fn user_by_name(name: &CStr) -> Result<Option<User>> {
    // SAFETY: the buffers and the name live during the call.
    lookup(
        |raw, buffer, size, found| unsafe {
            libc::getpwnam_r(name.as_ptr(), raw, buffer, size, found)
        },
        user,
    )
}

pub fn group_by_id(gid: u32) -> Result<Option<Group>> {
    // SAFETY: the buffers live during the call.
    lookup(
        |raw, buffer, size, found| unsafe { libc::getgrgid_r(gid, raw, buffer, size, found) },
        group,
    )
}

pub fn group_by_name(name: &CStr) -> Result<Option<Group>> {
    // SAFETY: the buffers and the name live during the call.
    lookup(
        |raw, buffer, size, found| unsafe {
            libc::getgrnam_r(name.as_ptr(), raw, buffer, size, found)
        },
        group,
    )
}

pub fn all_users() -> Vec<User> {
    let _walk = WALK.lock().unwrap_or_else(PoisonError::into_inner);
    let mut users = Vec::new();
    // SAFETY: the lock keeps other walks out; an entry is copied before the next call.
    unsafe {
        libc::setpwent();
        loop {
            let entry = libc::getpwent();
            if entry.is_null() {
                break;
            }
            users.push(user(&*entry));
        }
        libc::endpwent();
    }
    users
}

pub fn all_groups() -> Vec<Group> {
    let _walk = WALK.lock().unwrap_or_else(PoisonError::into_inner);
    let mut groups = Vec::new();
    // SAFETY: the lock keeps other walks out; an entry is copied before the next call.
    unsafe {
        libc::setgrent();
        loop {
            let entry = libc::getgrent();
            if entry.is_null() {
                break;
            }
            groups.push(group(&*entry));
        }
        libc::endgrent();
    }
    groups
}
