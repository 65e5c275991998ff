// Hollywood: an engine has no stop; each actor is stopped by its poison pill.
package main

import (
	"io"
	"log/slog"
	"sync/atomic"

	"github.com/anthdm/hollywood/actor"

	"peers/rows"
)

type work struct{}

type library struct {
	engine  *actor.Engine
	pids    []*actor.PID
	stopped *atomic.Int64
}

type peer struct {
	handle  rows.Handler
	stopped *atomic.Int64
}

func (p *peer) Receive(ctx *actor.Context) {
	switch m := ctx.Message().(type) {
	case *work:
		p.handle(ctx.PID(), m, func(to any, msg any) { ctx.Send(to.(*actor.PID), msg) })
	case actor.Stopped:
		p.stopped.Add(1)
	}
}

func fresh(stopped *atomic.Int64) rows.Library {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	engine, err := actor.NewEngine(actor.NewEngineConfig())
	if err != nil {
		panic(err)
	}
	return &library{engine: engine, stopped: stopped}
}

func (l *library) Spawn(name string, h rows.Handler) any {
	pid := l.engine.Spawn(func() actor.Receiver { return &peer{h, l.stopped} }, "peer", actor.WithID(name))
	l.pids = append(l.pids, pid)
	return pid
}

func (l *library) Tell(to any, msg any) { l.engine.Send(to.(*actor.PID), msg) }

func (l *library) StopAll() {
	for _, pid := range l.pids {
		l.engine.Stop(pid)
	}
	for l.stopped.Load() < int64(len(l.pids)) {
		rows.Yield()
	}
}

func main() { rows.Main(fresh, &work{}, &work{}) }
