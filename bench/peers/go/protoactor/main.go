// protoactor-go: a system has no stop that waits for its actors; each is stopped by its future.
package main

import (
	"log/slog"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"

	"peers/rows"
)

type work struct{}

type library struct {
	system  *actor.ActorSystem
	pids    []*actor.PID
	stopped *atomic.Int64
}

type peer struct {
	handle  rows.Handler
	stopped *atomic.Int64
}

func (p *peer) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *work:
		p.handle(ctx.Self(), m, func(to any, msg any) { ctx.Send(to.(*actor.PID), msg) })
	case *actor.Stopped:
		p.stopped.Add(1)
	}
}

func fresh(stopped *atomic.Int64) rows.Library {
	quiet := func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }
	return &library{system: actor.NewActorSystem(actor.WithLoggerFactory(quiet)), stopped: stopped}
}

func (l *library) Spawn(name string, h rows.Handler) any {
	props := actor.PropsFromProducer(func() actor.Actor { return &peer{h, l.stopped} })
	pid, err := l.system.Root.SpawnNamed(props, name)
	if err != nil {
		panic(err)
	}
	l.pids = append(l.pids, pid)
	return pid
}

func (l *library) Tell(to any, msg any) { l.system.Root.Send(to.(*actor.PID), msg) }

func (l *library) StopAll() {
	for _, pid := range l.pids {
		l.system.Root.Stop(pid)
	}
	for l.stopped.Load() < int64(len(l.pids)) {
		rows.Yield()
	}
	l.system.Shutdown()
}

func main() { rows.Main(fresh, &work{}, &work{}) }
