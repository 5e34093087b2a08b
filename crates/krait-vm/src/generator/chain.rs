//! Generators that wait for one another by `yield from` or `await` are suspended and resumed
//! as a whole, whatever their number.
//!
//! The innermost one is the chain's tip, the outermost its root. While a chain is suspended
//! its members are linked as if they ran; only the root is taken off the thread's frames and
//! is `Suspended`, the others stay `Running`. Whoever looks at a member by itself
//! (`Generator::status`) takes the chain apart first.

use krait_object::py::Py;

use super::{Generator, Status};
use crate::frame::{Frame, flag};
use crate::stack::Stack;

impl Generator {
    /// The generator whose frame runs when this one is resumed.
    #[inline(always)]
    pub(crate) fn tip(&self) -> &Generator {
        let tip = self.tip.get();
        if tip.is_null() {
            return self;
        }
        // SAFETY: the tip of a suspended chain is kept alive by those that wait for it.
        unsafe { &*tip }
    }

    /// The next generator outwards, which waits for this one; nothing where native code or
    /// a loop does.
    #[inline(always)]
    unsafe fn awaiter<'a>(&self) -> Option<&'a Generator> {
        // SAFETY: the generator is linked; `SEND` is an instruction of generators.
        unsafe {
            let frame = self.record();
            if (*frame).flags & flag::SEND == 0 {
                return None;
            }
            Some(&*(*(*frame).previous).generator)
        }
    }

    /// Suspends this generator, whose frame is the innermost one, and all that wait for it;
    /// gives the outermost.
    ///
    /// # Safety
    /// As said, and the frame is saved.
    #[inline(always)]
    pub(crate) unsafe fn suspend_chain(&self, py: Py, stack: *mut Stack) -> &Generator {
        // SAFETY: the contract: all members are linked, and alive by those that wait.
        unsafe {
            let (mut root, mut depth) = (self, 1);
            loop {
                // A root that was noted stands for those in between.
                let noted = root.root.get();
                if !noted.is_null() && std::ptr::eq((*noted).tip.get(), root) {
                    depth += (*noted).depth.get() - 1;
                    root = &*noted;
                }
                let Some(awaiter) = root.awaiter() else { break };
                root.tip.set(std::ptr::null());
                depth += 1;
                root = awaiter;
            }
            if std::ptr::eq(root, self) {
                self.unlink(py, stack, Status::Suspended);
                return self;
            }
            self.root.set(root);
            root.tip.set(self);
            root.depth.set(depth);
            let frame = root.record();
            (*stack).current = (*frame).previous;
            (*frame).previous = std::ptr::null_mut();
            (*stack).limit = (*stack).limit.wrapping_add(depth as usize);
            root.status.set(Status::Suspended);
            let handled = root.handled.get();
            (*py.thread().raw()).exc_info = (*handled).previous_item;
            (*handled).previous_item = std::ptr::null_mut();
            root
        }
    }

    /// This generator, the tip of a running chain, has come to its end: the one that waits
    /// for it is the tip now.
    ///
    /// # Safety
    /// It is still linked.
    #[inline(always)]
    pub(crate) unsafe fn hand_over_tip(&self) {
        let root = self.root.get();
        // SAFETY: the contract; a noted root is alive.
        unsafe {
            if root.is_null() || !std::ptr::eq((*root).tip.get(), self) {
                return;
            }
            let Some(awaiter) = self.awaiter() else {
                return;
            };
            if std::ptr::eq(awaiter, root) {
                (*root).tip.set(std::ptr::null());
            } else {
                (*root).tip.set(awaiter);
                (*root).depth.set((*root).depth.get() - 1);
                awaiter.root.set(root);
            }
        }
    }

    /// Takes the suspended chain apart of which this is the root: each member is suspended
    /// by itself then.
    #[cold]
    #[inline(never)]
    pub(crate) fn take_apart(&self) {
        let tip = self.tip.replace(std::ptr::null());
        // SAFETY: members of a suspended chain are alive, and linked up to the root.
        unsafe {
            let mut at = tip;
            while let Some(member) = at.as_ref()
                && !std::ptr::eq(member, self)
            {
                let frame = member.record();
                at = (*(*frame).previous).generator;
                (*frame).previous = std::ptr::null_mut();
                (*member.handled.get()).previous_item = std::ptr::null_mut();
                member.status.set(Status::Suspended);
                member.root.set(std::ptr::null());
                member.tip.set(std::ptr::null());
            }
        }
        self.root.set(std::ptr::null());
    }

    /// Where the generator is; it is not part of a suspended chain afterwards.
    pub fn status(&self) -> Status {
        match self.status.get() {
            Status::Suspended if !self.tip.get().is_null() => {
                self.take_apart();
                Status::Suspended
            }
            Status::Running => {
                // SAFETY: a running generator is linked, or a member of a suspended chain,
                // which is linked up to its root.
                unsafe { self.status_of_member() }
            }
            status => status,
        }
    }

    /// # Safety
    /// The generator is linked.
    unsafe fn status_of_member(&self) -> Status {
        // SAFETY: the contract.
        unsafe {
            let mut frame: *mut Frame = self.record();
            while (*frame).flags & flag::SEND != 0 && !(*frame).previous.is_null() {
                frame = (*frame).previous;
            }
            if (*frame).flags & flag::GENERATOR != 0 {
                let root = &*(*frame).generator;
                if root.status.get() == Status::Suspended {
                    root.take_apart();
                }
            }
        }
        self.status.get()
    }
}
