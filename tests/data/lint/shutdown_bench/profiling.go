package bench

import (
	"context"
	"os"
	"runtime/pprof"
)

// Each was meant to be called by a benchmark, and none is.

func ProfileShutdown(ctx context.Context, system *System, name string) error {
	if os.Getenv("PROFILE_SHUTDOWN") == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return system.Stop(ctx)
}

func ProfileRebalancing(name string, rebalance func() error) error { return profile(name, rebalance) }
func ProfileQuery(name string, query func() error) error           { return profile(name, query) }

func profile(name string, what func() error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := what(); err != nil {
		return err
	}
	return pprof.WriteHeapProfile(f)
}
