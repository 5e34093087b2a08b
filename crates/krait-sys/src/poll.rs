//! Waiting for files to become ready: `select`, `poll`, `epoll`.

use std::mem::MaybeUninit;
use std::time::Duration;

use crate::{Errno, Result, check};

calls! {
    fn epoll_create1(flags: i32) -> i32;
}

/// One more than the highest descriptor that `select` takes.
pub const FD_SETSIZE: i32 = libc::FD_SETSIZE as i32;

pub use libc::pollfd as PollFd;

/// Waits until a file is ready, forever without a timeout; the result is how many are.
/// `revents` of the entries say for what.
pub fn poll(files: &mut [PollFd], timeout: Option<Duration>) -> Result<usize> {
    let timeout = timeout.map(crate::time::timespec_of);
    let limit = timeout.as_ref().map_or(std::ptr::null(), |t| &raw const *t);
    // SAFETY: so many entries are read and written.
    let n = unsafe {
        libc::ppoll(
            files.as_mut_ptr(),
            files.len() as u64,
            limit,
            std::ptr::null(),
        )
    };
    check(n).map(|n| n as usize)
}

struct Set(libc::fd_set);

impl Set {
    fn new(files: &[i32]) -> Result<Set> {
        // SAFETY: a zeroed set is an empty one; descriptors are within its range.
        unsafe {
            let mut set: libc::fd_set = MaybeUninit::zeroed().assume_init();
            for &fd in files {
                if !(0..FD_SETSIZE).contains(&fd) {
                    return Err(Errno(libc::EBADF));
                }
                libc::FD_SET(fd, &mut set);
            }
            Ok(Set(set))
        }
    }

    fn keep(&self, files: &mut Vec<i32>) {
        // SAFETY: the descriptors were checked by `new`.
        files.retain(|&fd| unsafe { libc::FD_ISSET(fd, &self.0) });
    }
}

/// Waits until one of the files is ready; the lists keep those that are.
pub fn select(lists: &mut [Vec<i32>; 3], timeout: Option<Duration>) -> Result<()> {
    let [mut read, mut write, mut except] = [
        Set::new(&lists[0])?,
        Set::new(&lists[1])?,
        Set::new(&lists[2])?,
    ];
    let most = lists.iter().flatten().copied().max().map_or(0, |fd| fd + 1);
    let timeout = timeout.map(crate::time::timespec_of);
    let limit = timeout.as_ref().map_or(std::ptr::null(), |t| &raw const *t);
    // SAFETY: the sets are read and written.
    check(unsafe {
        libc::pselect(
            most,
            &mut read.0,
            &mut write.0,
            &mut except.0,
            limit,
            std::ptr::null(),
        )
    })?;
    for (set, list) in [read, write, except].iter().zip(lists) {
        set.keep(list);
    }
    Ok(())
}

/// Adds, changes or removes a file of an epoll object.
pub fn epoll_ctl(epoll: i32, operation: i32, fd: i32, events: u32) -> Result<()> {
    let mut event = libc::epoll_event {
        events,
        u64: fd as u64,
    };
    // SAFETY: the event is read.
    check(unsafe { libc::epoll_ctl(epoll, operation, fd, &mut event) }).map(drop)
}

/// Waits for events of an epoll object: descriptors with what they are ready for. The
/// timeout is in milliseconds, -1 is forever.
pub fn epoll_wait(epoll: i32, most: usize, timeout: i32) -> Result<Vec<(i32, u32)>> {
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most];
    // SAFETY: at most so many events are filled.
    let n = check(unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), most as i32, timeout) })?;
    events.truncate(n as usize);
    Ok(events.iter().map(|e| (e.u64 as i32, e.events)).collect())
}
