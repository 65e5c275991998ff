//! actix: all actors on one arbiter, which is its fastest way (an arbiter is a thread, and actors do not
//! move). Actors have no names.
use actix::prelude::*;
use peers::{arguments, reset, Row, BURST, HANDLED, STOPPED};
use std::sync::atomic::Ordering::Relaxed;
use tokio::sync::oneshot;

#[derive(Message)]
#[rtype(result = "()")]
struct Work;
#[derive(Message)]
#[rtype(result = "()")]
struct Stop;
#[derive(Message)]
#[rtype(result = "()")]
struct Peer(Addr<Ping>);

type Done = Option<oneshot::Sender<()>>;

/// Tells `done` when what was counted has become `all`.
fn counted(now: u64, all: u64, done: &mut Done) {
    if now == all {
        if let Some(d) = done.take() {
            let _ = d.send(());
        }
    }
}

thread_local! {
    static DONE: std::cell::RefCell<Done> = const { std::cell::RefCell::new(None) };
}

/// Counts messages by itself, and all of its kind when it has its share.
struct Sink {
    handled: u64,
    share: u64,
    all: u64,
}
impl Actor for Sink {
    type Context = Context<Self>;
    fn stopped(&mut self, _: &mut Self::Context) {
        let now = STOPPED.fetch_add(1, Relaxed) + 1;
        DONE.with_borrow_mut(|d| counted(now, self.all, d));
    }
}
impl Handler<Work> for Sink {
    type Result = ();
    fn handle(&mut self, _: Work, _: &mut Self::Context) {
        self.handled += 1;
        if self.handled == self.share {
            let now = HANDLED.fetch_add(self.share, Relaxed) + self.share;
            DONE.with_borrow_mut(|d| counted(now, self.all, d));
        }
    }
}
impl Handler<Stop> for Sink {
    type Result = ();
    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

struct Source {
    left: u64,
    next: usize,
    to: Vec<Addr<Sink>>,
}
impl Actor for Source {
    type Context = Context<Self>;
}
impl Handler<Work> for Source {
    type Result = ();
    fn handle(&mut self, _: Work, ctx: &mut Self::Context) {
        for _ in 0..BURST.min(self.left) {
            self.to[self.next].do_send(Work);
            self.next = (self.next + 1) % self.to.len();
            self.left -= 1;
        }
        if self.left > 0 {
            ctx.address().do_send(Work);
        }
    }
}

struct Ping {
    left: u64,
    other: Option<Addr<Ping>>,
}
impl Actor for Ping {
    type Context = Context<Self>;
}
impl Handler<Peer> for Ping {
    type Result = ();
    fn handle(&mut self, m: Peer, _: &mut Self::Context) {
        self.other = Some(m.0);
    }
}
impl Handler<Work> for Ping {
    type Result = ();
    fn handle(&mut self, _: Work, _: &mut Self::Context) {
        if self.left == 0 {
            DONE.with_borrow_mut(|d| counted(0, 0, d));
            return;
        }
        self.left -= 1;
        self.other.as_ref().unwrap().do_send(Work);
    }
}

fn expect() -> oneshot::Receiver<()> {
    let (tx, rx) = oneshot::channel();
    DONE.set(Some(tx));
    rx
}

fn sinks(n: u64, share: u64, all: u64) -> Vec<Addr<Sink>> {
    (0..n).map(|_| Sink { handled: 0, share, all }.start()).collect()
}

async fn flood(name: &str, n: u64, sources: u64, count: u64) {
    reset();
    let to = sinks(count, n / count, n);
    let from: Vec<_> =
        (0..sources).map(|_| Source { left: n / sources, next: 0, to: to.clone() }.start()).collect();
    let done = expect();
    let row = Row::new();
    from.iter().for_each(|f| f.do_send(Work));
    let _ = done.await;
    row.flow(name, n);
}

async fn stop(n: u64) {
    reset();
    let all = sinks(n, u64::MAX, n);
    tokio::task::yield_now().await;
    let done = expect();
    let row = Row::new();
    all.iter().for_each(|a| a.do_send(Stop));
    let _ = done.await;
    row.stop(n);
}

#[actix::main]
async fn main() {
    let (divisor, footprint) = arguments();
    let messages = 1_000_000 / divisor;
    if footprint {
        let row = Row::new();
        let all = sinks(100_000 / divisor, 1, u64::MAX);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        row.footprint(all.len() as u64);
        std::process::exit(0);
    }
    let row = Row::new();
    let all = sinks(10_000, 1, u64::MAX);
    row.flow("Spawn", 10_000);
    drop(all);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    stop(1000).await;
    stop(10_000).await;
    flood("Tell1to1", messages, 1, 1).await;
    flood("Tell4to1", messages, 4, 1).await;
    flood("FanOut1000", messages, 1, 1000).await;
    let a = Ping { left: messages / 5, other: None }.start();
    let b = Ping { left: messages / 5, other: Some(a.clone()) }.start();
    a.send(Peer(b)).await.unwrap();
    let done = expect();
    let row = Row::new();
    a.do_send(Work);
    let _ = done.await;
    row.flow("PingPong", messages / 5);
    std::process::exit(0);
}
