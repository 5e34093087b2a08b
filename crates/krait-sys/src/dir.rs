//! Reading folders.

use std::ffi::CStr;

use crate::{Result, errno};

/// An open folder.
pub struct Dir {
    handle: *mut libc::DIR,
    /// Whether it is a copy of a descriptor of the caller's, whose position is put back.
    rewind: bool,
}

// SAFETY: a DIR may be used from any thread, one at a time; `&mut` sees to that.
unsafe impl Send for Dir {}

/// A folder's entry.
pub struct Entry {
    pub name: Vec<u8>,
    pub inode: u64,
    /// `DT_*`; `DT_UNKNOWN` where the file system does not say.
    pub kind: u8,
}

impl Dir {
    pub fn open(path: &CStr) -> Result<Dir> {
        // SAFETY: a C string.
        let handle = unsafe { libc::opendir(path.as_ptr()) };
        if handle.is_null() {
            Err(errno())
        } else {
            Ok(Dir {
                handle,
                rewind: false,
            })
        }
    }

    /// Reads the folder of a descriptor, which stays the caller's.
    pub fn open_fd(fd: i32) -> Result<Dir> {
        let copy = crate::file::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0)?;
        // SAFETY: the copy passes to the folder.
        let handle = unsafe { libc::fdopendir(copy) };
        if handle.is_null() {
            let error = errno();
            let _ = crate::file::close(copy);
            return Err(error);
        }
        Ok(Dir {
            handle,
            rewind: true,
        })
    }

    /// The next entry but `.` and `..`; `None` at the end.
    pub fn read(&mut self) -> Result<Option<Entry>> {
        loop {
            crate::set_errno(0);
            // SAFETY: an open folder; the entry is copied before the next call.
            unsafe {
                let entry = libc::readdir(self.handle);
                if entry.is_null() {
                    let error = errno();
                    return if error.0 == 0 { Ok(None) } else { Err(error) };
                }
                let name = CStr::from_ptr((&raw const (*entry).d_name).cast()).to_bytes();
                if name == b"." || name == b".." {
                    continue;
                }
                return Ok(Some(Entry {
                    name: name.to_vec(),
                    inode: (*entry).d_ino,
                    kind: (*entry).d_type,
                }));
            }
        }
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // SAFETY: open until here.
        unsafe {
            if self.rewind {
                libc::rewinddir(self.handle);
            }
            libc::closedir(self.handle);
        }
    }
}
