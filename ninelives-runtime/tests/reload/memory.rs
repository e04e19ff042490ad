//! What becomes of texts that are no longer in force.

use crate::{Text, calls};
use ninelives_runtime::dynamic::{BoxedService, Calls, Host, PolicyBook};
use ninelives_runtime::testing::{AsSaid, Failure, Script, ok};
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

/// One of those that are alive.
struct One(Arc<AtomicUsize>);

impl One {
    fn new(alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Self(alive.clone())
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A service whose clones count as one.
#[derive(Clone)]
struct Counted(#[expect(dead_code, reason = "that it is alive is what matters")] Arc<One>);

impl Service<()> for Counted {
    type Response = &'static str;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<&'static str, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok("counted")
        })
    }
}

/// A book whose texts say `@stack`, and how many stacks of them are alive: the layer of that name
/// gives each a service of its own.
fn counting_stacks() -> (PolicyBook, Arc<AtomicUsize>) {
    let alive = Arc::new(AtomicUsize::new(0));
    let counted = alive.clone();
    let stack = layer_fn(move |_: BoxedService<_, _, _>| Counted(Arc::new(One::new(&counted))));
    let host = Host::new().calls(calls().layer("stack", stack));
    (PolicyBook::from_text("policy it = pass + @stack;", host).unwrap(), alive)
}

fn reload(book: &PolicyBook, number: u32) {
    book.reload(format!("policy it = bulkhead({}) + @stack;", number % 1_000 + 1)).unwrap();
}

#[tokio::test(start_paused = true)]
async fn of_an_idle_service_one_stack_is_alive_and_the_next_call_ends_it() {
    const CLONES: usize = 8;
    let (book, alive) = counting_stacks();
    let stacks = || alive.load(Ordering::SeqCst);
    let policy: Text = book.policy("it").unwrap();
    let service = policy.layer(Script::new([ok("own")]));
    let mut clones = vec![service; CLONES];
    let mut number = 0;
    for clone in &mut clones {
        number += 1;
        reload(&book, number);
        assert_eq!(clone.ready().await.unwrap().call(()).await, Ok("counted"));
        assert_eq!(stacks(), 1, "clones that idle keep none");
    }
    let unpolled = clones[0].clone().call(());
    for _ in 0..100_000 {
        number += 1;
        reload(&book, number);
    }
    assert_eq!(book.generation(), u64::from(number) + 1);
    assert_eq!(stacks(), 1, "nobody called, so none was built");
    assert_eq!(clones[3].ready().await.unwrap().call(()).await, Ok("counted"));
    assert_eq!(stacks(), 2, "its own, and the one in force when the other future was made");
    assert_eq!(unpolled.await, Ok("counted"));
    assert_eq!(stacks(), 1);
    drop(clones);
    assert_eq!(stacks(), 0);
}

/// Clones of it are counted.
#[derive(Clone)]
struct Shared(Arc<()>);

impl Service<()> for Shared {
    type Response = usize;
    type Error = Failure;
    type Future = Ready<Result<usize, Failure>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Ok(Arc::strong_count(&self.0)))
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_book_one_text_is_alive() {
    let alive = Arc::new(());
    let calls = Calls::<(), usize, Failure>::new().classify(AsSaid);
    let host = Host::new().calls(calls.service("shared", Shared(alive.clone())));
    let text = |limit: u32| format!("policy it = bulkhead({limit}) + to(@shared);");
    let book = PolicyBook::from_text(text(1), host).unwrap();
    let policy = book.policy::<(), usize, Failure>("it").unwrap();
    let service = policy.layer(Shared(Arc::default()));
    // The host has one, the text in force one, and the stack that was built last.
    let all = Arc::strong_count(&alive);
    for round in 2..100 {
        book.reload(text(round)).unwrap();
        book.reload("policy it = to(@shared) | to(@nowhere);").unwrap_err();
        book.reload("policy other = to(@shared);").unwrap_err();
        assert_eq!(Arc::strong_count(&alive), all);
        if round % 3 == 0 {
            assert!(service.send(()).await.unwrap() > all, "a request has one of its own");
            assert_eq!(Arc::strong_count(&alive), all);
        }
    }
    drop((service, policy, book));
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn reloads_leave_no_memory_behind() {
    let (book, _alive) = counting_stacks();
    let policy: Text = book.policy("it").unwrap();
    let mut service = policy.layer(Script::new([ok("own")]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut rounds = |count: u32| {
        allocation_counter::measure(|| {
            for number in 0..count {
                reload(&book, number);
                if number % 10 == 0 {
                    assert_eq!(runtime.block_on(service.call(())), Ok("counted"));
                }
            }
        })
    };
    rounds(1_000);
    let later = rounds(5_000);
    assert!(later.bytes_current.abs() < 4_096, "{} bytes stay", later.bytes_current);
}
