//! What can happen to a connection.

use fastrand::Rng;
use std::time::Duration;

/// How far a request has come when it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// The client has sent it, and the server has seen nothing of it.
    Request,
    /// The server has answered it, and the client has seen nothing of that.
    Response,
}

/// What happens to one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The request goes on after that time.
    Delay(Duration),
    /// A black hole: what is sent is taken, and nothing comes back.
    Drop(Leg),
    /// A reset.
    Reset(Leg),
    /// The way back is closed, in order, and the way there stays open.
    HalfClose(Leg),
    /// So many bytes of the answer arrive, and then its end.
    Truncate(u64),
}

impl Fault {
    /// Any fault, and half of the time none. Delays are of some milliseconds.
    pub fn random(rng: &mut Rng) -> Self {
        let leg = if rng.bool() { Leg::Request } else { Leg::Response };
        match rng.u8(..10) {
            0 => Self::Delay(Duration::from_millis(rng.u64(1..30))),
            1 => Self::Drop(leg),
            2 => Self::Reset(leg),
            3 => Self::HalfClose(leg),
            4 => Self::Truncate(rng.u64(..200)),
            _ => Self::None,
        }
    }
}
