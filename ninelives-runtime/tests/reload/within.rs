//! Code of the host that asks for another text while one is put in force, or while a stack of it is
//! built or runs: nobody waits for himself.

use crate::{Text, calls};
use ninelives_runtime::classify::Class;
use ninelives_runtime::dynamic::{Calls, Host, PolicyBook};
use ninelives_runtime::testing::{AsSaid, Failure, Script, err, hang, ok};
use std::future::{Ready, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tower::layer::layer_fn;
use tower::{Layer, Service};

/// The book, once there is one, and how often to reload it.
#[derive(Clone, Default)]
struct Again(Arc<(OnceLock<PolicyBook>, AtomicU64)>);

impl Again {
    /// Reloads with a text that no reload had, as long as there are reloads left.
    fn reload(&self, with: &str) {
        let Some(book) = self.0.0.get() else { return };
        let left =
            self.0.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if let Ok(left) = left {
            book.reload(format!("policy it = timeout({left}s) + {with};")).unwrap();
        }
    }

    fn arm(&self, book: &PolicyBook, times: u64) {
        let _ = self.0.0.set(book.clone());
        self.0.1.store(times, Ordering::SeqCst);
    }
}

/// Fails where `test` is still not through after a minute.
fn in_time(test: impl FnOnce() + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _entered = runtime.enter();
        test();
        done.send(()).unwrap();
    });
    let answer = is_done.recv_timeout(Duration::from_secs(60));
    assert_ne!(answer, Err(mpsc::RecvTimeoutError::Timeout), "it waits for itself");
    thread.join().unwrap();
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Handle::current().block_on(future)
}

#[test]
fn a_handler_may_reload_the_text_it_runs_under() {
    in_time(|| {
        let again = Again::default();
        let handler = again.clone();
        let host = Host::new().calls(calls().handler("again", move |_, _| {
            handler.reload("fallback(@again)");
            "again"
        }));
        let book = PolicyBook::from_text("policy it = pass | fallback(@again);", host).unwrap();
        let policy: Text = book.policy("it").unwrap();
        let service = policy.layer(Script::new([err(Class::Transient)]));
        again.arm(&book, 3);
        for generation in [2, 3, 4, 4] {
            assert_eq!(block_on(service.send(())), Ok("again"));
            assert_eq!(book.generation(), generation);
        }
    });
}

#[test]
fn a_layer_may_reload_while_the_stack_is_built() {
    in_time(|| {
        let again = Again::default();
        let layer = again.clone();
        let layer = layer_fn(move |service| {
            layer.reload("@again");
            service
        });
        let host = Host::new().calls(calls().layer("again", layer));
        let book = PolicyBook::from_text("policy it = pass + @again;", host).unwrap();
        again.arm(&book, 3);
        let policy: Text = book.policy("it").unwrap();
        let service = policy.layer(Script::new([ok("own")]));
        for generation in [3, 4, 4] {
            assert_eq!(block_on(service.send(())), Ok("own"));
            assert_eq!(book.generation(), generation);
        }
    });
}

/// The waker of a request that waits; it asks the book.
struct Curious {
    book: PolicyBook,
    woken: AtomicU64,
}

impl Wake for Curious {
    fn wake(self: Arc<Self>) {
        self.woken.fetch_add(1, Ordering::SeqCst);
        let _ = self.book.status();
        self.book.registry().set("it.bulkhead.queue", 2_u32).unwrap();
    }
}

#[test]
fn a_request_that_a_larger_limit_lets_in_may_ask_the_book_as_it_is_woken() {
    in_time(|| {
        let text = |limit| format!("policy it = bulkhead({limit}, queue = 1, wait = 1h);");
        let book = PolicyBook::from_text(text(1), Host::new().calls(calls())).unwrap();
        let policy: Text = book.policy("it").unwrap();
        let service = policy.layer(Script::new([hang()]));
        let curious = Arc::new(Curious { book: book.clone(), woken: AtomicU64::new(0) });
        let waker = Waker::from(curious.clone());
        let mut task = Context::from_waker(&waker);
        let mut inside = pin!(service.send(()));
        let mut queued = pin!(service.send(()));
        assert!(inside.as_mut().poll(&mut task).is_pending());
        assert!(queued.as_mut().poll(&mut task).is_pending());
        book.reload(text(2)).unwrap();
        assert_eq!(curious.woken.load(Ordering::SeqCst), 1);
        assert!(queued.as_mut().poll(&mut task).is_pending());
        let mut next = pin!(service.send(()));
        assert!(next.as_mut().poll(&mut task).is_pending());
        book.registry().set("it.bulkhead.max_concurrency", 3_u32).unwrap();
        assert_eq!(curious.woken.load(Ordering::SeqCst), 2);
    });
}

/// A service that reloads when it is cloned, as it is when a text is bound, and when it is dropped.
struct Restless {
    cloned: Again,
    dropped: Again,
}

impl Clone for Restless {
    fn clone(&self) -> Self {
        self.cloned.reload("to(@restless)");
        Self { cloned: self.cloned.clone(), dropped: self.dropped.clone() }
    }
}

impl Drop for Restless {
    fn drop(&mut self) {
        self.dropped.reload("to(@restless)");
    }
}

impl Service<()> for Restless {
    type Response = &'static str;
    type Error = Failure;
    type Future = Ready<Result<&'static str, Failure>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Ok("restless"))
    }
}

#[test]
fn a_service_may_reload_while_a_text_is_bound_and_when_one_ends() {
    for cloned in [true, false] {
        in_time(move || {
            let again = [Again::default(), Again::default()];
            let [on_clone, on_drop] = again.clone();
            let restless = Restless { cloned: on_clone, dropped: on_drop };
            let calls = Calls::<(), &str, Failure>::new().classify(AsSaid);
            let host = Host::new().calls(calls.service("restless", restless));
            let book = PolicyBook::from_text("policy it = to(@restless);", host).unwrap();
            let policy = book.policy::<(), &str, Failure>("it").unwrap();
            let service = policy.layer(Script::new([ok("own")]));
            again[usize::from(!cloned)].arm(&book, 3);
            book.reload("policy it = timeout(1h) + to(@restless);").unwrap();
            assert_eq!(block_on(service.send(())), Ok("restless"));
            book.reload("policy it = timeout(2h) + to(@restless);").unwrap();
            assert_eq!(block_on(service.send(())), Ok("restless"));
            assert_eq!(book.generation(), 1 + 2 + 3, "each took its turn");
        });
    }
}
