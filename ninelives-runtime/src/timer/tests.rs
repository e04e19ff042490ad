use super::*;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::{Poll, Wake, Waker};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{advance, sleep_until, timeout};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn paused() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// A future that is over at `at`, by a timer of ours.
fn until(at: Instant) -> impl Future<Output = Instant> + Unpin {
    let mut timer = Timer::default();
    poll_fn(move |task| {
        if timer.runs_out(at, Moment::FIRST, task) {
            Poll::Ready(Instant::now())
        } else {
            Poll::Pending
        }
    })
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn it_runs_out_when_tokios_own_does() {
    paused().block_on(async {
        let began = Instant::now();
        let mut random = fastrand::Rng::with_seed(1);
        let tasks: Vec<_> = (0..2_000)
            .map(|_| {
                let at = began + Duration::from_nanos(random.u64(0..100_000_000_000));
                tokio::spawn(async move {
                    let mut theirs = pin!(sleep_until(at));
                    let mut ours = until(at);
                    let mut over = [None; 2];
                    poll_fn(|task| {
                        if over[0].is_none() && theirs.as_mut().poll(task).is_ready() {
                            over[0] = Some(Instant::now());
                        }
                        if over[1].is_none() && Pin::new(&mut ours).poll(task).is_ready() {
                            over[1] = Some(Instant::now());
                        }
                        if over.contains(&None) { Poll::Pending } else { Poll::Ready(()) }
                    })
                    .await;
                    (at, over[0].unwrap(), over[1].unwrap())
                })
            })
            .collect();
        for task in tasks {
            let (at, theirs, ours) = task.await.unwrap();
            assert!(at <= ours && ours < at + ms(1), "{:?} late", ours - at);
            assert_eq!(ours, theirs);
        }
    });
}

#[test]
fn a_request_that_is_older_than_the_timers_of_its_thread_is_woken_in_time() {
    paused().block_on(async {
        let first = Instant::now();
        advance(ms(20)).await;
        let mut timer = Timer::default();
        poll_fn(|task| match timer.runs_out(first, Moment::FIRST + ms(50), task) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        assert_eq!(Instant::now() - first, ms(50));
    });
}

#[test]
fn it_has_run_out_as_soon_as_the_clock_was_advanced() {
    paused().block_on(async {
        let mut timer = Timer::default();
        let task = Context::from_waker(Waker::noop());
        assert!(!timer.runs_out(Instant::now(), Moment::FIRST + ms(10), &task));
        advance(ms(9)).await;
        assert!(!timer.has_run_out());
        advance(ms(1)).await;
        assert!(timer.has_run_out());
        assert!(timer.runs_out(Instant::now(), Moment::FIRST, &task), "what is over has run out");
        assert!(
            !timer.runs_out(Instant::now(), Moment::FIRST + ms(10), &task),
            "and can be set anew"
        );
        advance(ms(10)).await;
        assert!(timer.has_run_out());
    });
}

#[test]
fn one_that_is_set_earlier_is_early() {
    paused().block_on(async {
        let began = Instant::now();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        let mut timer = Timer::default();
        assert!(!timer.runs_out(began + ms(500), Moment::FIRST, &Context::from_waker(&waker)));
        assert!(!timer.runs_out(began + ms(50), Moment::FIRST, &Context::from_waker(&waker)));
        advance(ms(50)).await;
        assert!(timer.has_run_out());
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        advance(ms(500)).await;
        assert_eq!(woken.0.load(Ordering::Relaxed), 1, "it runs out once");
    });
}

#[test]
fn those_that_stay_do_not_depend_on_those_that_leave_or_are_not_polled() {
    paused().block_on(async {
        let began = Instant::now();
        let mut first = until(began + ms(10));
        let mut unpolled = until(began + ms(20));
        let mut task = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut first).poll(&mut task).is_pending());
        assert!(Pin::new(&mut unpolled).poll(&mut task).is_pending());
        let last = tokio::spawn(until(began + ms(30)));
        tokio::task::yield_now().await;
        drop(first);
        // Nobody polls the second one when its time has come: the third one is woken all the same.
        assert_eq!(timeout(ms(1_000), last).await.unwrap().unwrap(), began + ms(30));
    });
}

#[test]
fn a_dropped_timer_leaves_nothing_behind() {
    paused().block_on(async {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        for _ in 0..100 {
            let mut timer = Timer::default();
            let _ = timer.runs_out(
                Instant::now(),
                Moment::FIRST + ms(10),
                &Context::from_waker(&waker),
            );
        }
        drop(waker);
        assert_eq!(Arc::strong_count(&woken), 1);
        advance(ms(20)).await;
        assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn each_runtime_of_a_thread_has_its_own_time() {
    let (one, other) = (paused(), paused());
    for _ in 0..3 {
        for runtime in [&one, &other] {
            runtime.block_on(async {
                let began = Instant::now();
                assert_eq!(until(began + ms(10)).await, began + ms(10));
            });
        }
    }
}

#[test]
fn a_timer_goes_on_in_another_runtime_when_its_own_is_gone() {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut timer = Timer::default();
    paused().block_on(async {
        assert!(!timer.runs_out(
            Instant::now(),
            Moment::FIRST + ms(10),
            &Context::from_waker(&waker)
        ));
    });
    assert_eq!(woken.0.load(Ordering::Relaxed), 1, "woken as its runtime went down");
    paused().block_on(async {
        let at = Instant::now() + ms(10);
        assert!(!timer.runs_out(at, Moment::FIRST, &Context::from_waker(&waker)));
        advance(ms(10)).await;
        assert!(timer.has_run_out());
    });
}

#[test]
fn a_timer_ends_on_any_thread() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let (finished, done) = mpsc::channel();
    for number in 0..1_000 {
        let finished = finished.clone();
        runtime.spawn(async move {
            let mut random = fastrand::Rng::with_seed(number);
            for _ in 0..20 {
                let at = Instant::now() + Duration::from_micros(random.u64(0..3_000));
                let long = until(at + ms(60_000));
                let short = until(at);
                assert!(short.await >= at);
                drop(long);
                tokio::task::yield_now().await;
            }
            finished.send(number).unwrap();
        });
    }
    let numbers = (0..1_000).map(|_| done.recv_timeout(ms(60_000)).unwrap());
    assert_eq!(numbers.sum::<u64>(), 499_500);
}

#[test]
#[should_panic(expected = "there is no reactor running")]
fn it_needs_a_runtime() {
    let _ = Timer::default().runs_out(
        Instant::now(),
        Moment::FIRST,
        &Context::from_waker(Waker::noop()),
    );
}
