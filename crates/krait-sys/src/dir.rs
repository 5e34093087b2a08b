//! Reading folders.

use std::ffi::CStr;

use crate::{Errno, Result, errno};

/// An open folder.
pub struct Dir {
    /// Null where nothing is on the disk.
    handle: *mut libc::DIR,
    /// Whether it is a copy of a descriptor of the caller's, whose position is put back.
    rewind: bool,
    /// Names that follow, and whether they are folders.
    rest: Vec<(String, bool)>,
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
    /// Opens a folder; where one that is not on the disk has this path (`stand_in`), its
    /// names follow.
    pub fn open(path: &CStr) -> Result<Dir> {
        let opened = Dir::open_real(path);
        match (opened, crate::stand_in::names(path)) {
            (Err(Errno(libc::ENOENT)), Some(names)) => Ok(Dir {
                handle: std::ptr::null_mut(),
                rewind: false,
                rest: names,
            }),
            (Ok(mut dir), Some(names)) => {
                dir.rest = names;
                Ok(dir)
            }
            (opened, _) => opened,
        }
    }

    fn open_real(path: &CStr) -> Result<Dir> {
        // SAFETY: a C string.
        let handle = unsafe { libc::opendir(path.as_ptr()) };
        if handle.is_null() {
            Err(errno())
        } else {
            Ok(Dir::new(handle, false))
        }
    }

    fn new(handle: *mut libc::DIR, rewind: bool) -> Dir {
        Dir {
            handle,
            rewind,
            rest: Vec::new(),
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
        Ok(Dir::new(handle, true))
    }

    /// The next entry but `.` and `..`; `None` at the end.
    pub fn read(&mut self) -> Result<Option<Entry>> {
        if !self.handle.is_null()
            && let Some(entry) = self.read_own()?
        {
            self.rest.retain(|(name, _)| name.as_bytes() != entry.name);
            return Ok(Some(entry));
        }
        Ok(self.rest.pop().map(|(name, folder)| Entry {
            name: name.into_bytes(),
            inode: 0,
            kind: if folder { libc::DT_DIR } else { libc::DT_REG },
        }))
    }

    fn read_own(&mut self) -> Result<Option<Entry>> {
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
        if self.handle.is_null() {
            return;
        }
        // SAFETY: open until here.
        unsafe {
            if self.rewind {
                libc::rewinddir(self.handle);
            }
            libc::closedir(self.handle);
        }
    }
}
