// GoAkt: actors are named; the system's Stop is what its own benchmark times. This is v3; run.sh makes
// v4 of it by its import path.
package main

import (
	"context"
	"sync/atomic"

	"github.com/tochemey/goakt/v3/actor"
	"github.com/tochemey/goakt/v3/log"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"peers/rows"
)

type peer struct {
	handle  rows.Handler
	stopped *atomic.Int64
}

func (p *peer) PreStart(*actor.Context) error { return nil }
func (p *peer) PostStop(*actor.Context) error { p.stopped.Add(1); return nil }
func (p *peer) Receive(ctx *actor.ReceiveContext) {
	if _, ok := ctx.Message().(*emptypb.Empty); ok {
		p.handle(ctx.Self(), ctx.Message(), func(to any, msg any) {
			ctx.Tell(to.(*actor.PID), msg.(proto.Message))
		})
	}
}

type library struct {
	system  actor.ActorSystem
	stopped *atomic.Int64
}

func fresh(stopped *atomic.Int64) rows.Library {
	system, err := actor.NewActorSystem("peer", actor.WithLogger(log.DiscardLogger),
		actor.WithActorInitMaxRetries(1))
	if err == nil {
		err = system.Start(context.Background())
	}
	if err != nil {
		panic(err)
	}
	return &library{system, stopped}
}

func (l *library) Spawn(name string, h rows.Handler) any {
	pid, err := l.system.Spawn(context.Background(), name, &peer{h, l.stopped}, actor.WithLongLived())
	if err != nil {
		panic(err)
	}
	return pid
}

func (l *library) Tell(to any, msg any) {
	_ = actor.Tell(context.Background(), to.(*actor.PID), msg.(proto.Message))
}

func (l *library) StopAll() { _ = l.system.Stop(context.Background()) }

func main() { rows.Main(fresh, new(emptypb.Empty), new(emptypb.Empty)) }
