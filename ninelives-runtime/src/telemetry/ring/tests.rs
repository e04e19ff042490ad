use super::*;
use std::sync::atomic::AtomicBool;

fn event(number: u64) -> [u64; WORDS] {
    [number; WORDS]
}

#[test]
fn ring_keeps_as_many_as_it_has_room_for_and_refuses_the_rest() {
    let ring = Ring::new(3);
    assert_eq!(ring.capacity(), 4);
    for lap in 0..3 {
        for number in 0..4 {
            assert!(ring.add(event(10 * lap + number)).kept);
        }
        assert!(!ring.add(event(99)).kept);
        for number in 0..4 {
            assert_eq!(ring.take(4 * lap + number), Some(event(10 * lap + number)));
        }
        assert_eq!(ring.take(4 * (lap + 1)), None);
    }
    assert_eq!(ring.added(), 12);
}

#[test]
fn only_who_finds_nobody_looking_wakes_the_reader() {
    let ring = Ring::new(2);
    assert!(ring.add(event(0)).wake);
    assert!(!ring.add(event(1)).wake);
    assert!(!ring.look_away(1));
    assert_eq!(ring.take(0), Some(event(0)));
    assert_eq!(ring.take(1), Some(event(1)));
    assert!(ring.look_away(2));
    assert!(ring.add(event(2)).wake);
    ring.abandon();
    assert!(ring.add(event(3)).wake);
    ring.abandon();
    assert_eq!(ring.add(event(4)), Added { kept: false, wake: true });
    assert_eq!(ring.add(event(5)), Added { kept: false, wake: false });
}

/// Four threads, a tiny ring, a reader that is at it all the time: each event was read, in the
/// order of its thread, or its writer knows that it was not kept.
#[test]
fn every_event_of_four_threads_is_read_or_known_to_be_lost() {
    const THREADS: u64 = 4;
    const EACH: u64 = 50_000;
    let ring = Ring::new(8);
    let over = AtomicBool::new(false);
    let (kept, read) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut position, mut read) = (0, Vec::new());
            loop {
                let last = over.load(Ordering::Acquire);
                while let Some(words) = ring.take(position) {
                    assert!(words.iter().all(|word| *word == words[0]), "torn: {words:?}");
                    read.push(words[0]);
                    position += 1;
                }
                if last {
                    return read;
                }
                std::thread::yield_now();
            }
        });
        let writers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let ring = &ring;
                let add = move |number: &u64| ring.add(event(*number)).kept;
                scope.spawn(move || {
                    (EACH * thread..EACH * (thread + 1)).filter(add).collect::<Vec<_>>()
                })
            })
            .collect();
        let kept: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        over.store(true, Ordering::Release);
        (kept, reader.join().unwrap())
    });
    for thread in 0..THREADS {
        let of_thread = |events: &[u64]| {
            events.iter().copied().filter(|event| event / EACH == thread).collect::<Vec<_>>()
        };
        assert_eq!(of_thread(&read), of_thread(&kept));
    }
    assert_eq!(read.len() as u64, ring.added());
}
