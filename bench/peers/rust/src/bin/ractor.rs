//! ractor on tokio with as many workers as cores. Actors have no names.
use peers::{arguments, reset, Row, BURST, HANDLED, STOPPED};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

enum Msg {
    Work,
    Other(ActorRef<Msg>),
}

/// What an actor does with Work.
enum Role {
    Sink { share: u64 },
    Source { to: Vec<ActorRef<Msg>> },
    Ping { other: Option<ActorRef<Msg>> },
}
struct State {
    role: Role,
    left: u64,
    next: usize,
}
struct Peer;

impl Actor for Peer {
    type Msg = Msg;
    type State = State;
    type Arguments = State;
    async fn pre_start(&self, _: ActorRef<Msg>, s: State) -> Result<State, ActorProcessingErr> {
        Ok(s)
    }
    async fn post_stop(&self, _: ActorRef<Msg>, _: &mut State) -> Result<(), ActorProcessingErr> {
        STOPPED.fetch_add(1, Relaxed);
        Ok(())
    }
    async fn handle(&self, me: ActorRef<Msg>, m: Msg, s: &mut State) -> Result<(), ActorProcessingErr> {
        if let Msg::Other(o) = m {
            s.role = Role::Ping { other: Some(o) };
            return Ok(());
        }
        match &s.role {
            Role::Sink { share } => {
                s.left += 1;
                if s.left == *share {
                    HANDLED.fetch_add(*share, Relaxed);
                }
            }
            Role::Source { to } => {
                for _ in 0..BURST.min(s.left) {
                    to[s.next].cast(Msg::Work)?;
                    s.next = (s.next + 1) % to.len();
                    s.left -= 1;
                }
                if s.left > 0 {
                    me.cast(Msg::Work)?;
                }
            }
            Role::Ping { other } => {
                if s.left == 0 {
                    HANDLED.fetch_add(1, Relaxed);
                } else {
                    s.left -= 1;
                    other.as_ref().unwrap().cast(Msg::Work)?;
                }
            }
        }
        Ok(())
    }
}

async fn spawn(role: Role, left: u64) -> ActorRef<Msg> {
    Actor::spawn(None, Peer, State { role, left, next: 0 }).await.unwrap().0
}

async fn sinks(n: u64, share: u64) -> Vec<ActorRef<Msg>> {
    let mut all = Vec::with_capacity(n as usize);
    for _ in 0..n {
        all.push(spawn(Role::Sink { share }, 0).await);
    }
    all
}

async fn until(counter: &std::sync::atomic::AtomicU64, n: u64) {
    while counter.load(Relaxed) < n {
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
}

async fn flood(name: &str, n: u64, sources: u64, count: u64) {
    reset();
    let to = sinks(count, n / count).await;
    let mut from = Vec::new();
    for _ in 0..sources {
        from.push(spawn(Role::Source { to: to.clone() }, n / sources).await);
    }
    let row = Row::new();
    from.iter().for_each(|f| f.cast(Msg::Work).unwrap());
    until(&HANDLED, n).await;
    row.flow(name, n);
    to.iter().chain(&from).for_each(|a| a.stop(None));
}

async fn stop(n: u64) {
    reset();
    let all = sinks(n, u64::MAX).await;
    let row = Row::new();
    all.iter().for_each(|a| a.stop(None));
    until(&STOPPED, n).await;
    row.stop(n);
}

#[tokio::main]
async fn main() {
    let (divisor, footprint) = arguments();
    let messages = 1_000_000 / divisor;
    if footprint {
        let row = Row::new();
        let all = sinks(100_000 / divisor, u64::MAX).await;
        row.footprint(all.len() as u64);
        std::process::exit(0);
    }
    let row = Row::new();
    let all = sinks(10_000, u64::MAX).await;
    row.flow("Spawn", 10_000);
    all.iter().for_each(|a| a.stop(None));
    until(&STOPPED, 10_000).await;
    stop(1000).await;
    stop(10_000).await;
    flood("Tell1to1", messages, 1, 1).await;
    flood("Tell4to1", messages, 4, 1).await;
    flood("FanOut1000", messages, 1, 1000).await;
    reset();
    let a = spawn(Role::Ping { other: None }, messages / 5).await;
    let b = spawn(Role::Ping { other: Some(a.clone()) }, messages / 5).await;
    a.cast(Msg::Other(b)).unwrap();
    let row = Row::new();
    a.cast(Msg::Work).unwrap();
    until(&HANDLED, 1).await;
    row.flow("PingPong", messages / 5);
}
