//! The bulkhead against a naive model, under random histories.

use super::{BulkheadConfig, BulkheadLayer};
use crate::error::{PolicyError, Reason};
use crate::seeds::Seeds;
use crate::testing::{ms, paused};
use fastrand::Rng;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::{Future, poll_fn};
use std::mem;
use std::ops::Range;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;
use tower::{Layer, service_fn};

/// One step of a history; an index picks among the requests there are.
#[derive(Clone, Debug)]
enum Step {
    Arrive,
    Finish(usize),
    Cancel(usize),
    Pass(u64),
    Resize(u32),
}

impl Step {
    fn random(random: &mut Rng) -> Self {
        match random.u8(..10) {
            0..=3 => Self::Arrive,
            4 | 5 => Self::Finish(random.usize(..)),
            6 | 7 => Self::Cancel(random.usize(..)),
            8 => Self::Pass(random.u64(1..20)),
            _ => Self::Resize(random.u32(1..6)),
        }
    }
}

/// How the requests of one step ended, by their numbers.
type Ends = BTreeMap<usize, End>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Answered,
    Full,
    WaitOver,
}

/// The bulkhead as one would explain it.
struct Model {
    limit: usize,
    queue: usize,
    wait: u64,
    now: u64,
    inside: Vec<usize>,
    line: VecDeque<(usize, u64)>,
    entered: Vec<usize>,
    ends: Ends,
}

impl Model {
    fn admit(&mut self) {
        while self.inside.len() < self.limit
            && let Some((request, _)) = self.line.pop_front()
        {
            self.inside.push(request);
            self.entered.push(request);
        }
    }

    fn arrive(&mut self, request: usize) {
        if self.inside.len() >= self.limit && self.line.len() >= self.queue {
            self.ends.insert(request, End::Full);
            return;
        }
        self.line.push_back((request, self.now + self.wait));
        self.admit();
    }

    fn leave(&mut self, request: usize) {
        self.inside.retain(|inside| *inside != request);
        self.line.retain(|(waiting, _)| *waiting != request);
        self.admit();
    }

    fn pass(&mut self, time: u64) {
        self.now += time;
        while let Some((request, _)) = self.line.pop_front_if(|(_, until)| *until <= self.now) {
            self.ends.insert(request, End::WaitOver);
        }
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What the service does: `None` once it may answer, else who waits for that.
#[derive(Default)]
struct Service {
    entered: Vec<usize>,
    working: BTreeMap<usize, Option<Waker>>,
}

type Request = (Pin<Box<dyn Future<Output = Result<(), PolicyError<String>>>>>, Arc<Woken>);

/// The bulkhead itself, every request polled only when it was woken.
struct Real {
    layer: BulkheadLayer,
    service: Rc<RefCell<Service>>,
    requests: BTreeMap<usize, Request>,
    ends: Ends,
}

impl Real {
    fn arrive(&mut self, request: usize) {
        let service = self.service.clone();
        let guarded = self.layer.layer(service_fn(move |request: usize| {
            service.borrow_mut().entered.push(request);
            service.borrow_mut().working.insert(request, None);
            let service = service.clone();
            poll_fn(move |task| match service.borrow_mut().working.get_mut(&request) {
                Some(waker) => {
                    *waker = Some(task.waker().clone());
                    Poll::Pending
                }
                None => Poll::Ready(Ok(())),
            })
        }));
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        self.requests.insert(request, (Box::pin(guarded.send(request)), woken));
    }

    fn finish(&mut self, request: usize) {
        let waker = self.service.borrow_mut().working.remove(&request);
        waker.flatten().unwrap().wake();
    }

    fn cancel(&mut self, request: usize) {
        self.requests.remove(&request);
        self.service.borrow_mut().working.remove(&request);
    }

    /// Polls whoever was woken, until nobody is.
    fn settle(&mut self) {
        loop {
            let turn = self
                .requests
                .iter_mut()
                .find(|(_, (_, woken))| woken.0.swap(false, Ordering::SeqCst));
            let Some((&request, (future, woken))) = turn else {
                return;
            };
            let waker = Waker::from(woken.clone());
            let Poll::Ready(answer) = future.as_mut().poll(&mut Context::from_waker(&waker)) else {
                continue;
            };
            let end = match answer {
                Ok(()) => End::Answered,
                Err(error) => match error.rejected().unwrap().reason() {
                    Reason::BulkheadFull { .. } => End::Full,
                    Reason::QueueWaitOver { .. } => End::WaitOver,
                    other => unreachable!("{other:?}"),
                },
            };
            self.ends.insert(request, end);
            self.requests.remove(&request);
        }
    }
}

/// Both, driven through one history of at most so many steps.
async fn compare(seed: u64, steps: u32) {
    let mut random = Rng::with_seed(seed);
    let (limit, queue, wait) = (random.u32(1..5), random.u32(0..5), random.u64(1..40));
    let config = BulkheadConfig::new(limit).queue(queue);
    let mut real = Real {
        layer: config.wait(Duration::from_millis(wait)).build().unwrap(),
        service: Rc::default(),
        requests: BTreeMap::new(),
        ends: Ends::new(),
    };
    let mut model = Model {
        limit: limit as usize,
        queue: queue as usize,
        wait,
        now: 0,
        inside: Vec::new(),
        line: VecDeque::new(),
        entered: Vec::new(),
        ends: Ends::new(),
    };
    for request in 0..random.usize(1..=steps as usize) {
        match Step::random(&mut random) {
            Step::Arrive => {
                model.arrive(request);
                real.arrive(request);
            }
            Step::Finish(index) if !model.inside.is_empty() => {
                let request = model.inside[index % model.inside.len()];
                model.ends.insert(request, End::Answered);
                model.leave(request);
                real.finish(request);
            }
            Step::Cancel(index) if !real.requests.is_empty() => {
                let all = real.requests.keys();
                let request = *all.clone().nth(index % all.len()).unwrap();
                model.leave(request);
                real.cancel(request);
            }
            Step::Pass(time) => {
                model.pass(time);
                tokio::time::advance(ms(time)).await;
            }
            Step::Resize(limit) => {
                model.limit = limit as usize;
                model.admit();
                real.layer.max_concurrency().set(limit).unwrap();
            }
            Step::Finish(_) | Step::Cancel(_) => {}
        }
        real.settle();
        assert_eq!(mem::take(&mut real.ends), mem::take(&mut model.ends));
        let entered = mem::take(&mut real.service.borrow_mut().entered);
        assert_eq!(entered, mem::take(&mut model.entered));
        assert_eq!(real.layer.in_flight(), model.inside.len() as u64);
        assert_eq!(real.layer.queued(), model.line.len());
    }
    real.requests.clear();
    assert_eq!((real.layer.in_flight(), real.layer.queued()), (0, 0));
}

/// Plays histories, in two halves side by side.
fn histories(count: u64, steps: u32) {
    let half = |seeds: Range<u64>| {
        paused(async {
            for seed in Seeds::new(seeds) {
                compare(seed, steps).await;
            }
        });
    };
    thread::scope(|scope| {
        scope.spawn(|| half(0..count / 2));
        half(count / 2..count);
    });
    println!("{count} histories of up to {steps} steps agree");
}

#[test]
fn short_histories_agree_with_the_model() {
    histories(1_000_000, 16);
}

#[test]
fn long_histories_agree_with_the_model() {
    histories(500, 400);
}
