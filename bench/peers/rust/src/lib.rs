//! What the peers in Rust have in common: clocks, a counting allocator, and the printing of akbench's
//! rows. The work is that of bench/suite_message.c and suite_shutdown.c.
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

pub const BURST: u64 = 1000;
/// PostStops that ran, and messages that sinks have handled.
pub static STOPPED: AtomicU64 = AtomicU64::new(0);
pub static HANDLED: AtomicU64 = AtomicU64::new(0);

static BYTES: AtomicU64 = AtomicU64::new(0);
static MALLOCS: AtomicU64 = AtomicU64::new(0);

struct Counting;
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size() as u64, Relaxed);
        MALLOCS.fetch_add(1, Relaxed);
        System.alloc(layout)
    }
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        System.dealloc(p, layout)
    }
}
#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn cpu_ns() -> u64 {
    let mut u: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut u) };
    let ns = |t: libc::timeval| t.tv_sec as u64 * 1_000_000_000 + t.tv_usec as u64 * 1000;
    ns(u.ru_utime) + ns(u.ru_stime)
}

fn resident() -> i64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<i64>().unwrap() * 4096
}

/// A measurement that runs from `new` to one of the prints.
pub struct Row {
    cpu: u64,
    bytes: u64,
    mallocs: u64,
    resident: i64,
    begin: Instant,
}

impl Row {
    pub fn new() -> Row {
        Row {
            bytes: BYTES.load(Relaxed),
            mallocs: MALLOCS.load(Relaxed),
            resident: resident(),
            cpu: cpu_ns(),
            begin: Instant::now(),
        }
    }
    pub fn flow(self, name: &str, n: u64) {
        let (wall, cpu) = (self.begin.elapsed().as_nanos() as f64, (cpu_ns() - self.cpu) as f64);
        println!("Benchmark{name} {n} {:.1} ns/op {:.1} cpu-ns/op", wall / n as f64, cpu / n as f64);
    }
    pub fn stop(self, n: u64) {
        let (wall, cpu) = (self.begin.elapsed().as_nanos() as f64, (cpu_ns() - self.cpu) as f64);
        println!(
            "BenchmarkShutdownLatency_{n}Actors 1 {wall:.0} ns/op {:.4} ms/shutdown {:.1} cpu-ns/entity {} bytes/alloc {} count/alloc",
            wall / 1e6,
            cpu / n as f64,
            BYTES.load(Relaxed) - self.bytes,
            MALLOCS.load(Relaxed) - self.mallocs
        );
    }
    pub fn footprint(self, n: u64) {
        println!("BenchmarkActorMemoryFootprint 1 {} rss-bytes/actor", (resident() - self.resident) / n as i64);
    }
}

/// The divisor of the amounts of work, and whether only the footprint is wanted.
pub fn arguments() -> (u64, bool) {
    let mut args = std::env::args().skip(1);
    (args.next().map_or(1, |a| a.parse().unwrap()), args.next().is_some())
}

/// Zeroes the counters for a new row.
pub fn reset() {
    STOPPED.store(0, Relaxed);
    HANDLED.store(0, Relaxed);
}
