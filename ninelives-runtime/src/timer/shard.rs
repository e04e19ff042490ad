//! The timers of one thread in one runtime, and tokio's timer that wakes them.

use super::wheel::{Key, Wheel};
use crate::moment::Moment;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Wake, Waker};
use std::time::Duration;
use tokio::runtime::{Handle, Id};
use tokio::task::coop;
use tokio::time::{Instant, Sleep, sleep_until};

/// Time is nanoseconds since it was made.
#[derive(Debug)]
pub(super) struct Shard {
    made: Instant,
    /// How often some timers ran out; wraps. What was read before a timer was set and is still
    /// the same says, without the lock, that it has not run out.
    rings: AtomicU32,
    timers: Mutex<Timers>,
}

#[derive(Debug)]
struct Timers {
    wheel: Wheel,
    sleep: Pin<Box<Sleep>>,
    /// When the sleep ends; never when it is not set. No timer is earlier, or the lock is held.
    set_to: u64,
    bell: Waker,
    /// The runtime is gone.
    over: bool,
}

const NEVER: u64 = u64::MAX;

/// What tokio's driver wakes.
struct Bell(Weak<Shard>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let Some(shard) = self.0.upgrade() else {
            return;
        };
        // It may ring more than once.
        let winding = WINDING.get();
        if winding == shard.address() || winding == RANG {
            WINDING.set(RANG);
        } else {
            shard.ring();
        }
    }
}

thread_local! {
    /// The latest: a thread hardly ever goes from one runtime to another.
    static HERE: RefCell<Option<(Id, Arc<Shard>)>> = const { RefCell::new(None) };
}

thread_local! {
    /// The address of the shard that this thread is winding up, under its lock. Where the sleep ends
    /// meanwhile tokio rings the bell right there, which then must not ask for the lock.
    static WINDING: Cell<usize> = const { Cell::new(NONE) };
}

const NONE: usize = 0;
/// No address: shards are aligned.
const RANG: usize = 1;

impl Shard {
    /// The one of this thread and the runtime it is in.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub(super) fn of_this_thread() -> Arc<Self> {
        let runtime = Handle::current().id();
        let known = |here: &RefCell<Option<(Id, Arc<Self>)>>| {
            let here = here.try_borrow().ok()?;
            here.as_ref().filter(|(id, _)| *id == runtime).map(|(_, shard)| shard.clone())
        };
        // There is none while the thread ends, or while another one is being dropped.
        HERE.try_with(known).ok().flatten().unwrap_or_else(Self::anew)
    }

    /// A new one in its place.
    #[cold]
    pub(super) fn anew() -> Arc<Self> {
        let runtime = Handle::current().id();
        let made = Instant::now();
        let sleep = Box::pin(sleep_until(made));
        let shard = Arc::new_cyclic(|shard| Self {
            made,
            rings: AtomicU32::new(0),
            timers: Mutex::new(Timers {
                wheel: Wheel::new(),
                sleep,
                set_to: NEVER,
                bell: Waker::from(Arc::new(Bell(shard.clone()))),
                over: false,
            }),
        });
        let before = HERE.try_with(|here| {
            let mut here = here.try_borrow_mut().ok()?;
            here.replace((runtime, shard.clone()))
        });
        drop(before);
        shard
    }

    /// A moment of a request that first looked at the clock then, as the shard counts time.
    #[inline]
    pub(super) fn time(&self, first: Instant, at: Moment) -> u64 {
        match first.checked_duration_since(self.made) {
            Some(since) => (at + since).nanoseconds(),
            // The shard was made in the course of the request.
            None => at.nanoseconds().saturating_sub(Moment::at(self.made, first).nanoseconds()),
        }
    }

    /// How often some timers ran out.
    #[inline]
    pub(super) fn rings(&self) -> u32 {
        // Relaxed: the wake-up that follows orders it.
        self.rings.load(Ordering::Relaxed)
    }

    /// True when a timer has run out.
    pub(super) fn has_run_out(&self, key: Key) -> bool {
        self.timers().wheel.has_run_out(key)
    }

    /// Sets a timer. `None` when the runtime is gone.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn enter(&self, at: u64, waker: Waker) -> Option<Key> {
        let mut timers = self.timers();
        if timers.over {
            return None;
        }
        let key = timers.wheel.enter(at, waker);
        let due = self.wind(&mut timers, at);
        drop(timers);
        if due {
            self.ring();
        }
        Some(key)
    }

    /// Moves a timer. `None` when the runtime is gone.
    pub(super) fn change(&self, key: Key, at: u64, waker: &Waker) -> Option<()> {
        let mut timers = self.timers();
        if timers.over {
            return None;
        }
        let old = timers.wheel.change(key, at, waker);
        let due = self.wind(&mut timers, at);
        drop(timers);
        // Dropping a waker may drop a task, and with it a timer that asks for this lock.
        drop(old);
        if due {
            self.ring();
        }
        Some(())
    }

    pub(super) fn leave(&self, key: Key) {
        let left = self.timers().wheel.leave(key);
        drop(left);
    }

    /// Wakes those whose time has come, and winds the sleep up for the next one.
    #[cold]
    fn ring(&self) {
        let mut wakers = Vec::new();
        let mut timers = self.timers();
        // Another thread did all this between the end of the sleep and the lock.
        if timers.set_to == NEVER || !timers.sleep.is_elapsed() {
            return;
        }
        let set_to = mem::replace(&mut timers.set_to, NEVER);
        loop {
            let now = self.time(Instant::now(), Moment::FIRST);
            // tokio's timers are never early, but all of them end when their runtime does.
            if now < set_to {
                timers.end(&mut wakers);
                break;
            }
            timers.wheel.advance(now, &mut wakers);
            self.rings.fetch_add(1, Ordering::Relaxed);
            let Some(first) = timers.wheel.first() else {
                break;
            };
            // tokio panics where the runtime goes down at this very moment.
            match catch_unwind(AssertUnwindSafe(|| self.wind(&mut timers, first))) {
                Ok(true) => timers.set_to = NEVER,
                Ok(false) => break,
                Err(_) => {
                    WINDING.set(NONE);
                    timers.end(&mut wakers);
                    break;
                }
            }
        }
        drop(timers);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Has the sleep end by then. True when that time has come already.
    #[inline]
    fn wind(&self, timers: &mut Timers, at: u64) -> bool {
        at < timers.set_to && self.rewind(timers, at)
    }

    #[cold]
    #[inline(never)]
    fn rewind(&self, timers: &mut Timers, at: u64) -> bool {
        timers.set_to = at;
        let Some(at) = self.made.checked_add(Duration::from_nanos(at)) else {
            // So far away that tokio's clock does not go there.
            return false;
        };
        let Timers { sleep, bell, .. } = timers;
        WINDING.set(self.address());
        sleep.as_mut().reset(at);
        // Beside the task's budget: a spent one would ring the bell at once.
        let mut asked = coop::unconstrained(sleep.as_mut());
        let over = Pin::new(&mut asked).poll(&mut Context::from_waker(bell)).is_ready();
        over | (WINDING.replace(NONE) == RANG)
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn timers(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Timers {
    /// Wakes all that wait, so that they look for another runtime.
    fn end(&mut self, wakers: &mut Vec<Waker>) {
        self.over = true;
        self.wheel.advance(NEVER, wakers);
    }
}
